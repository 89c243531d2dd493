//! An `async fn` without receiver: a function that returns a future with the rule in its type.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, FnArg, Ident, Pat, PatIdent, PatType, Token, Type};

use super::Context;
use super::output::{self, Outcome};
use crate::attribute::model::Function;
use crate::names::{self, Place};

pub(super) fn function(context: &Context<'_>, mut function: Function) -> TokenStream {
    let private = &context.private;
    let rule_type = names::word(names::RULE_TYPE);
    let rule = context.rule_type(&function.signature.ident);
    let declared = output::declared(&function.signature);
    let nameable = output::nameable(&declared);
    let (secure, outcome) = outcome(context, &declared);

    // An output that cannot carry a refusal is reported at this type, so at the user's.
    let place = Place::of(output::carrier(&declared));
    let (begin, end) = (
        place.spread(quote!(impl #private::SecuredFuture<Output =)),
        place.spread(quote!(>)),
    );
    function.signature.asyncness = None;
    output::replace(&mut function.signature, quote!(#begin #outcome #end));
    let bindings: Vec<TokenStream> = function
        .signature
        .inputs
        .iter_mut()
        .enumerate()
        .map(|(position, argument)| moved_in(position, argument))
        .collect();
    // With the constant, a body of one line is no block that a lint finds unnecessary.
    let lines = std::mem::take(&mut function.body);
    function.body = quote!(const _: () = (); #lines);
    let body = function.block();
    let inner = context.with_declared(&nameable, &body);
    let future = around(context, &declared, &nameable, &inner);
    function.body = quote! {
        #rule
        #private::#secure::<#rule_type, _>(async move {
            #(#bindings)*
            #future
        })
    };
    function.into_token_stream()
}

/// The body between its conditions. Where the refusal is of another type than the body's result, or
/// something follows the body, the body is a future of its own: its `return` does not end the whole.
fn around(
    context: &Context<'_>,
    declared: &Type,
    nameable: &Type,
    inner: &TokenStream,
) -> TokenStream {
    let private = &context.private;
    let wrapped = matches!(context.outcome(declared), Outcome::Wrapped);
    let (refusal, result) = (names::variable("refusal"), names::variable("result"));
    if context.conditions.is_empty() && !context.has_after() {
        return inner.clone();
    }
    if !wrapped && !context.has_after() {
        let deny = quote!(<#nameable as #private::Deny>::deny(#refusal));
        let before = context.before(&refusal, &deny);
        return quote!(#before #inner);
    }
    let (deny, value, done) = if wrapped {
        (
            quote!(#private::Result::Err(#refusal)),
            quote!(#private::Option::Some(&#result)),
            quote!(#private::Result::<_, #private::AuthClientError>::Ok(#result)),
        )
    } else {
        (
            quote!(<#nameable as #private::Deny>::deny(#refusal)),
            quote!(#private::Returned::value(&#result)),
            quote!(#result),
        )
    };
    let (before, after) = (
        context.before(&refusal, &deny),
        context.after(&value, &refusal, &deny),
    );
    quote! {
        #before
        let #result = async move { #inner }.await;
        #after
        #done
    }
}

impl Context<'_> {
    /// What becomes of the output. What a trait has declared stays.
    fn outcome(&self, declared: &Type) -> Outcome {
        if super::is_of_trait(self.rules) {
            Outcome::Kept
        } else {
            Outcome::of(declared)
        }
    }
}

/// The function that puts the future behind the rule, and the output of the result.
fn outcome(context: &Context<'_>, declared: &Type) -> (TokenStream, TokenStream) {
    let private = &context.private;
    let declared = output::capturing(declared);
    match context.outcome(&declared) {
        _ if context.is_open() => (quote!(secure_open), quote!(#declared)),
        Outcome::Kept => (quote!(secure), quote!(#declared)),
        Outcome::Wrapped => (
            // With conditions, the future itself says what it refuses.
            if context.conditions.is_empty() && !context.has_after() {
                quote!(secure_mapped)
            } else {
                quote!(secure)
            },
            quote!(#private::Result<#declared, #private::AuthClientError>),
        ),
    }
}

/// Binds an argument inside of the future, as an `async fn` does: whatever its pattern takes or
/// ignores, all of it lives until the body has ended. In the signature remains a plain name.
fn moved_in(position: usize, argument: &mut FnArg) -> TokenStream {
    let FnArg::Typed(argument) = argument else {
        return TokenStream::new();
    };
    let (conditions, lints) = attributes_of_binding(argument);
    let bind = |pattern: TokenStream, value: &Ident| quote!(#(#conditions)* #(#lints)* let #pattern = #value;);
    if let Some((mutability, name)) = plain_name(&mut argument.pat) {
        return bind(quote!(#mutability #name), name);
    }
    let whole = names::variable(&format!("argument_{position}"));
    let pattern = std::mem::replace(&mut *argument.pat, plain(whole.clone()));
    let mut bindings = bind(whole.to_token_stream(), &whole);
    match pattern {
        Pat::Wild(_) => {}
        Pat::Ident(name) => bindings.extend(quote! {
            #(#conditions)*
            #[allow(clippy::no_effect_underscore_binding)]
            let #name = #whole;
        }),
        pattern => bindings.extend(bind(pattern.into_token_stream(), &whole)),
    }
    bindings
}

/// `name` or `mut name`, whose `mut` is taken. Not `_name`, which lints do not want to see used.
fn plain_name(pattern: &mut Pat) -> Option<(Option<Token![mut]>, &Ident)> {
    match pattern {
        Pat::Ident(PatIdent {
            by_ref: None,
            subpat: None,
            mutability,
            ident,
            ..
        }) if !ident.to_string().starts_with('_') => Some((mutability.take(), ident)),
        _ => None,
    }
}

fn plain(name: Ident) -> Pat {
    Pat::Ident(PatIdent {
        attrs: Vec::new(),
        by_ref: None,
        mutability: None,
        ident: name,
        subpat: None,
    })
}

/// The attributes of an argument that its binding needs: `#[cfg(..)]`, which the argument keeps, and
/// lint levels, which speak of the name and so move with it.
fn attributes_of_binding(argument: &mut PatType) -> (Vec<Attribute>, Vec<Attribute>) {
    let is_one_of = |attribute: &Attribute, names: &[&str]| {
        names.iter().any(|name| attribute.path().is_ident(name))
    };
    let conditions = argument
        .attrs
        .iter()
        .filter(|attribute| is_one_of(attribute, &["cfg", "cfg_attr"]))
        .cloned()
        .collect();
    let (lints, kept) = std::mem::take(&mut argument.attrs)
        .into_iter()
        .partition(|attribute| {
            is_one_of(attribute, &["allow", "deny", "expect", "forbid", "warn"])
        });
    argument.attrs = kept;
    (conditions, lints)
}
