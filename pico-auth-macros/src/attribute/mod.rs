//! The rule attributes, from the user's tokens to the protected function.
//!
//! 1. [`public`]: an attribute checks its arguments and moves itself below all other attributes of
//!    the function, as `#[::pico_auth::__private::__rule(requires_role("admin"))]`. So the other
//!    macros see the function as the user wrote it, in whatever order the attributes stand. Should one
//!    of them not carry the rule along, the [`tripwire`] does not compile. Those that only check types
//!    come first, and the attribute behind them is [`checked`].
//! 2. [`rule`]: the first `__rule` to run absorbs those stacked with it. All macros of the function
//!    have run by now. [`check`] looks at the rules side by side and at the signature, and [`expand`]
//!    builds one policy and the function that is behind it.

mod check;
mod expand;
mod model;
mod parse;
mod tripwire;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Attribute;

use crate::diagnostics::Diagnostics;
use crate::{fallback, names, paths};

pub(crate) use model::Kind;
use model::{Function, Rule};
pub(crate) use parse::separated;

/// Expands a public attribute, `#[requires_role(..)]` and the like.
pub(crate) fn public(kind: Kind, arguments: &TokenStream, item: &TokenStream) -> TokenStream {
    moved(kind, arguments, item, false)
}

/// Expands the form that an attribute has behind those that only check types. One that is here still is
/// one that the compiler does not know: it says so, and would come back for ever.
pub(crate) fn checked(arguments: &TokenStream, item: &TokenStream) -> TokenStream {
    let word = arguments.clone().into_iter().next();
    let kind = word.and_then(|word| Kind::from_attribute(&word.to_string()));
    let Some(kind) = kind else {
        return fallback::item(not_written(paths::CHECKED), item);
    };
    moved(kind, &inner_arguments(arguments.clone()), item, true)
}

/// `is_checked`: the attributes that only check types have run, as far as they ever will.
fn moved(kind: Kind, arguments: &TokenStream, item: &TokenStream, is_checked: bool) -> TokenStream {
    let arguments = &parse::parenthesized(arguments.clone());
    let mut function = match parse::function(kind, item.clone()) {
        Ok(function) => function,
        Err(error) => return fallback::item(error, item),
    };
    let mut diagnostics = Diagnostics::default();
    let rule = parse::rule(kind, Span::call_site(), arguments.clone(), &mut diagnostics);
    let checking = check::take_checking(&mut function);
    if !checking.is_empty() && !is_checked {
        return behind(&checking, paths::CHECKED, &rule, arguments, &function);
    }
    if let Err(error) = check::not_secured_before(&rule, &function) {
        return fallback::item(error, item);
    }
    check::not_copied(&rule, &function, &mut diagnostics);
    check::not_dropped(&rule, &function, &mut diagnostics);
    if diagnostics.is_empty() {
        tripwire::set(&rule.root.private(), &mut function);
    }
    let moved = moved_below(&rule, arguments, function);
    fallback::beside(diagnostics, moved)
}

/// The function with the attribute in its final form below all others. Arguments with mistakes go
/// along: they name nobody who may pass.
fn moved_below(rule: &Rule, arguments: &TokenStream, mut function: Function) -> TokenStream {
    let above = std::mem::take(&mut function.attributes);
    behind(&above, paths::RULE, rule, arguments, &function)
}

/// The function with the attribute in the form `name`, behind those `above` it.
fn behind(
    above: &[Attribute],
    name: &str,
    rule: &Rule,
    arguments: &TokenStream,
    function: &Function,
) -> TokenStream {
    let private = rule.root.private();
    let [name, kind] = [name, rule.kind.attribute()].map(names::word);
    quote! {
        #(#above)*
        #[#private::#name(#kind(#arguments))]
        #function
    }
}

/// Expands the final form of the attributes, when all macros above it have run.
pub(crate) fn rule(arguments: &TokenStream, item: &TokenStream) -> TokenStream {
    let item = &tripwire::taken_out(item.clone());
    let Some(first) = written_rule(arguments.clone()) else {
        return fallback::item(not_written(paths::RULE), item);
    };
    let mut function = match parse::function(first.kind, item.clone()) {
        Ok(function) => function,
        Err(error) => return fallback::item(error, item),
    };
    if function.attributes.iter().any(is_public) {
        tripwire::set(&first.root.private(), &mut function);
        return moved_below(&first, &inner_arguments(arguments.clone()), function);
    }
    let mut rules = vec![first];
    function.attributes.retain(|attribute| {
        let absorbed = sibling(attribute);
        let keep = absorbed.is_none();
        rules.extend(absorbed);
        keep
    });

    let mut diagnostics = Diagnostics::default();
    let rules = check::together(rules, &mut diagnostics);
    check::signature(&rules, &function, &mut diagnostics);
    let expanded = if diagnostics.is_empty() {
        expand::function(&rules, function)
    } else {
        function.into_token_stream()
    };
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

/// Reads `requires_role("admin")`. Mistakes in it were reported when the public attribute ran.
fn written_rule(arguments: TokenStream) -> Option<Rule> {
    let word = arguments.clone().into_iter().next()?;
    let kind = Kind::from_attribute(&word.to_string())?;
    let arguments = inner_arguments(arguments);
    Some(parse::rule(
        kind,
        word.span(),
        arguments,
        &mut Diagnostics::default(),
    ))
}

/// What stands in the parentheses of `requires_role("admin")`.
fn inner_arguments(arguments: TokenStream) -> TokenStream {
    match arguments.into_iter().nth(1) {
        Some(TokenTree::Group(group)) => group.stream(),
        _ => TokenStream::new(),
    }
}

/// The rule of an attribute that is a moved sibling.
fn sibling(attribute: &Attribute) -> Option<Rule> {
    if !paths::is_rule(attribute.path()) {
        return None;
    }
    let arguments = attribute.meta.require_list().ok()?.tokens.clone();
    written_rule(arguments)
}

/// Whether an attribute of this crate still waits below: some macro has reordered them.
fn is_public(attribute: &Attribute) -> bool {
    let name = attribute.path().segments.last();
    name.is_some_and(|name| Kind::from_attribute(&name.ident.to_string()).is_some())
}
