//! The rule attributes, from the user's tokens to the protected function.
//!
//! 1. [`public`]: an attribute checks its arguments and moves itself below all other attributes of
//!    the function, as `#[::pico_auth::__private::__rule(requires_role("admin"))]`. So the other
//!    macros see the function as the user wrote it, in whatever order the attributes stand. Should one
//!    of them not carry the rule along, the [`tripwire`] does not compile. Those that only check types
//!    come first, and the attribute behind them is [`checked`]. Where no macro is left below, there is
//!    nothing to move, and step 2 follows at once. Stacked attributes share one `__rule`, so that none
//!    can be lost alone.
//! 2. [`rule`]: all macros of the function have run. [`check`] looks at the rules side by side and at
//!    the signature, and [`expand`] builds one policy and the function that is behind it.
//!
//! On an `impl` block, an attribute does the same among those of the [`block`], with a tripwire in each
//! body; then it goes to the functions, as if it stood above their own attributes.

mod block;
mod check;
mod expand;
mod model;
mod parse;
mod reasons;
mod tripwire;
mod written;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Path};

use crate::diagnostics::Diagnostics;
use crate::{fallback, paths};

pub(crate) use expand::{declared, nameable};
use model::Rule;
pub(crate) use model::{Function, Kind, Name};
use parse::Item;
pub(crate) use parse::{Head, granted, parenthesized, separated, stray_comma, word_in_place_of_fn};
use written::Written;

/// Expands a public attribute, `#[requires_role(..)]` and the like.
pub(crate) fn public(kind: Kind, arguments: &TokenStream, item: &TokenStream) -> TokenStream {
    let written = Written::here(kind, arguments);
    match parse::item(kind, item.clone()) {
        Ok(Item::Function(function)) => moved(vec![written], *function, false),
        Ok(Item::Block(block)) => block::moved(written, *block),
        Err(error) => fallback::item(error, item),
    }
}

/// Expands the form that an attribute has behind those that only check types. One that is here still is
/// one that the compiler does not know: it says so, and would come back for ever.
pub(crate) fn checked(arguments: &TokenStream, item: &TokenStream) -> TokenStream {
    let Some((written, kind)) = read(arguments) else {
        return fallback::item(not_written(paths::CHECKED), item);
    };
    match parse::function(kind, item.clone()) {
        Ok(function) => moved(written, function, true),
        Err(error) => fallback::item(error, item),
    }
}

/// `is_checked`: the attributes that only check types have run, as far as they ever will.
fn moved(written: Vec<Written>, mut function: Function, is_checked: bool) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let rules: Vec<Rule> = written
        .iter()
        .map(|written| {
            if written.origin.is_block() {
                written.known_rule()
            } else {
                written.rule(&mut diagnostics)
            }
        })
        .collect();
    let checking = check::take_checking(&mut function);
    if !checking.is_empty() && !is_checked {
        let attribute = written::form(paths::CHECKED, &written);
        return quote!(#(#checking)* #attribute #function);
    }
    if let Err(error) = check::not_secured_before(&rules, &function) {
        return fallback::item(error, &function.into_token_stream());
    }
    check::not_copied(&rules, &function, &mut diagnostics);
    check::not_dropped(&rules, &function, &mut diagnostics);
    let mut attributes = function.attributes.iter();
    if diagnostics.is_empty() && attributes.all(|attribute| is_inert(attribute.path())) {
        return expanded(rules, function);
    }
    if diagnostics.is_empty() {
        tripwire::set(&rules, &[], &mut function);
    }
    fallback::beside(diagnostics, moved_below(written, function))
}

/// The function with its rules in their final form below all other attributes.
fn moved_below(written: Vec<Written>, mut function: Function) -> TokenStream {
    let attribute = written::waiting(&mut function.attributes, written);
    let above = std::mem::take(&mut function.attributes);
    quote!(#(#above)* #attribute #function)
}

/// Expands the final form of the attributes, when all macros above it have run.
pub(crate) fn rule(arguments: &TokenStream, item: &TokenStream) -> TokenStream {
    let broken = |error| fallback::item(error, &tripwire::taken_out(item.clone()));
    let Some((mut written, kind)) = read(arguments) else {
        return broken(not_written(paths::RULE));
    };
    let mut function = match parse::item(kind, item.clone()) {
        Ok(Item::Function(function)) => *function,
        Ok(Item::Block(block)) => return block::ruled(written, *block),
        Err(error) => return broken(error),
    };
    if function.attributes.iter().any(is_public) {
        tripwire::set(&known(&written), &[], &mut function);
        return moved_below(written, function);
    }
    function.body = tripwire::taken_out(function.body);
    written.extend(written::taken(&mut function.attributes));
    expanded(known(&written), function)
}

/// Reads the rules of a hidden form, and the kind of the first.
fn read(arguments: &TokenStream) -> Option<(Vec<Written>, Kind)> {
    let written = Written::read(arguments.clone())?;
    let kind = written.first()?.kind;
    Some((written, kind))
}

fn known(written: &[Written]) -> Vec<Rule> {
    written.iter().map(Written::known_rule).collect()
}

/// The function behind its rules. Nothing but the compiler sees it from here on.
fn expanded(rules: Vec<Rule>, mut function: Function) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let rules = check::together(rules, &mut diagnostics);
    check::signature(&rules, &function, &mut diagnostics);
    let missing = reasons::check(&rules, &mut function);
    let expanded = if diagnostics.is_empty() {
        expand::function(&rules, function)
    } else {
        function.into_token_stream()
    };
    // The rule itself is right: without it, there would be a second error where the function is used.
    diagnostics.absorb(missing);
    fallback::beside(diagnostics, expanded)
}

fn not_written(attribute: &str) -> syn::Error {
    syn::Error::new(
        Span::call_site(),
        format!(
            "`{attribute}` is what the attributes of pico-auth become: write one of them, such as \
             `#[requires_role(\"admin\")]`"
        ),
    )
}

/// Whether an attribute is the compiler's own and leaves the function as it is. Below such ones there is
/// nothing to wait for: most functions are done in one pass. (A macro that takes one of these names is
/// ambiguous and does not compile.)
fn is_inert(path: &Path) -> bool {
    const INERT: [&str; 10] = [
        "allow",
        "cold",
        "deny",
        "deprecated",
        "doc",
        "expect",
        "forbid",
        "inline",
        "must_use",
        "warn",
    ];
    let name = path.get_ident();
    name.is_some_and(|name| INERT.iter().any(|inert| name == inert))
}

/// Whether an attribute of this crate still waits below: some macro has reordered them.
fn is_public(attribute: &Attribute) -> bool {
    kind_of(attribute.path()).is_some()
}

/// The attribute of this crate that has this path, as far as a macro can tell.
fn kind_of(path: &Path) -> Option<Kind> {
    let name = path.segments.last()?;
    Kind::from_attribute(&name.ident.to_string())
}
