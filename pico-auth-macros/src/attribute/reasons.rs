//! Reasons that must be given: a switch for the whole build, which `.cargo/config.toml` sets.

use std::env;
use std::ffi::OsStr;

use quote::quote;

use super::model::{Function, Kind, Rule};
use crate::diagnostics::Diagnostics;

/// Where this variable is set, and neither empty nor `0`, nothing is open without a reason.
const REQUIRED: &str = "PICO_AUTH_REQUIRE_REASONS";

/// Refuses what is open to everybody and does not say why, where the switch is on. Where it is off, cargo is
/// told what it depends on, so that it compiles anew once it is on.
pub(super) fn check(rules: &[Rule], function: &mut Function) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let open = rules.iter().find(|rule| rule.kind == Kind::AllowAnonymous);
    let Some(rule) = open.filter(|rule| rule.reason.is_none()) else {
        return diagnostics;
    };
    if is_on(env::var_os(REQUIRED).as_deref()) {
        diagnostics.report_at(
            rule.span,
            format!(
                "this function is open to everybody and does not say why, and {REQUIRED} is set: write \
                 `#[allow_anonymous(reason = \"load balancer probe\")]`, in your words"
            ),
        );
        return diagnostics;
    }
    let private = rule.root.private();
    function.lift_inner_attributes();
    let body = &function.body;
    function.body = quote! {
        const _: #private::Option<&#private::str> = #private::option_env!(#REQUIRED);
        #body
    };
    diagnostics
}

fn is_on(value: Option<&OsStr>) -> bool {
    value.is_some_and(|value| !value.is_empty() && value != "0")
}

#[cfg(test)]
mod tests {
    use super::{OsStr, is_on};

    #[test]
    fn the_switch_is_on_where_it_is_set_to_something() {
        for (value, expected) in [
            (None, false),
            (Some(""), false),
            (Some("0"), false),
            (Some("1"), true),
            (Some("true"), true),
        ] {
            assert_eq!(is_on(value.map(OsStr::new)), expected, "{value:?}");
        }
    }
}
