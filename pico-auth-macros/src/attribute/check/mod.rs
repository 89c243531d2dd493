//! Mistakes that show only when rules, function and other attributes are seen together.

mod block;
mod signature;
mod together;

pub(super) use block::{block, on_block, own_rules};
pub(super) use signature::signature;
pub(super) use together::together;

use syn::{Attribute, Meta, Path, ReturnType, Type};

use super::model::{Function, Rule};
use super::parse::separated;
use super::written::is_rule;
use super::{expand, tripwire};
use crate::diagnostics::Diagnostics;
use crate::names;

/// Attributes that keep a copy of the function's body under another name, which no rule protects.
const COPYING: [&str; 8] = [
    "cached",
    "concurrent_cached",
    "io_cached",
    "memoise",
    "memoize",
    "memoized",
    "once",
    "once_cached",
];

/// Attributes that copy the function's body into code that never runs, to check its types. The
/// tripwire must not go along, so they come first.
const CHECKING: [&str; 2] = ["debug_handler", "debug_middleware"];

/// Takes the attributes out that only check types. Not a `cfg_attr` that has others in it, too: they
/// would run where the tripwire is not set.
pub(in crate::attribute) fn take_checking(function: &mut Function) -> Vec<Attribute> {
    let (checking, others) = std::mem::take(&mut function.attributes)
        .into_iter()
        .partition(|attribute| {
            let paths = paths(&attribute.meta);
            let mut others = paths.iter().filter(|path| !path.is_ident("cfg_attr"));
            let last = others.next().and_then(|path| path.segments.last());
            others.next().is_none()
                && last.is_some_and(|last| CHECKING.iter().any(|name| last.ident == name))
        });
    function.attributes = others;
    checking
}

/// Refuses a function from which another attribute has taken the rule that stood above this one.
pub(in crate::attribute) fn not_dropped(
    rules: &[Rule],
    function: &Function,
    diagnostics: &mut Diagnostics,
) {
    let Some(rule) = rules.first() else { return };
    if is_dropped(function) {
        let attribute = rule.kind.attribute();
        diagnostics.report_at(
            rule.span,
            format!(
                "an attribute above `#[{attribute}]` has dropped another access rule of this \
                 function: put that attribute on a private function, and call that from this one"
            ),
        );
    }
}

/// Whether a rule was on its way, of which no attribute is left.
fn is_dropped(function: &Function) -> bool {
    tripwire::is_set(&function.body) && !function.attributes.iter().any(is_rule)
}

/// Refuses attributes that copy the body.
pub(in crate::attribute) fn not_copied(
    rules: &[Rule],
    function: &Function,
    diagnostics: &mut Diagnostics,
) {
    let Some(rule) = rules.first() else { return };
    let ours = rule.kind.attribute();
    if function.attributes.iter().any(is_rule) {
        return; // the sibling that ran before has said it
    }
    for path in all_paths(&function.attributes) {
        let Some(name) = path.segments.last().map(|last| last.ident.to_string()) else {
            continue;
        };
        if COPYING.contains(&name.as_str()) {
            diagnostics.report(
                &path,
                format!(
                    "`#[{name}]` copies the body of this function into one that `#[{ours}]` does not \
                     protect: put `#[{name}]` on a private function and call that from this one"
                ),
            );
        }
    }
}

/// The paths of attributes, and of those inside a `cfg_attr`.
fn all_paths(attributes: &[Attribute]) -> impl Iterator<Item = Path> {
    let metas = attributes.iter().map(|attribute| &attribute.meta);
    metas.flat_map(paths)
}

fn paths(attribute: &Meta) -> Vec<Path> {
    let mut all = vec![attribute.path().clone()];
    if let Meta::List(list) = attribute
        && list.path.is_ident("cfg_attr")
    {
        for conditional in separated(list.tokens.clone()).into_iter().skip(1) {
            if let Ok(inner) = syn::parse2::<Meta>(conditional) {
                all.extend(paths(&inner));
            }
        }
    }
    all
}

/// Refuses a function that has been through the macros before.
pub(in crate::attribute) fn not_secured_before(
    rules: &[Rule],
    function: &Function,
) -> syn::Result<()> {
    let Some(rule) = rules.first() else {
        return Ok(());
    };
    let mut body = function.body.clone().into_iter().skip(1);
    let in_body = body
        .next()
        .is_some_and(|word| word.to_string() == names::RULE_TYPE);
    let in_type = matches!(&function.signature.output, ReturnType::Type(_, ty) if carries_rule(ty));
    if !in_body && !in_type {
        return Ok(());
    }
    let attribute = rule.kind.attribute();
    Err(syn::Error::new(
        rule.span,
        format!(
            "this function already has its access rule: put `#[{attribute}]` directly beside the \
             other rule, several attributes must all hold"
        ),
    ))
}

/// Whether the type is the one that the macros write: `impl ::pico_auth::__private::SecuredFuture`.
fn carries_rule(ty: &Type) -> bool {
    expand::bounds(ty).any(|path| {
        let mut segments = path.segments.iter().rev();
        segments
            .next()
            .is_some_and(|last| last.ident == "SecuredFuture")
            && segments
                .next()
                .is_some_and(|parent| parent.ident == "__private")
    })
}
