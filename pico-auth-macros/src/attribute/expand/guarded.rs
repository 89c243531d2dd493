//! Everything that keeps its signature: the check becomes the first act.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Type;

use super::Context;
use super::output;
use crate::attribute::model::Function;
use crate::names::{self, Place};

/// The check is the first act of the body.
pub(super) fn function(context: &Context<'_>, mut function: Function) -> TokenStream {
    let private = &context.private;
    let rule_type = names::word(names::RULE_TYPE);
    let rule = context.rule_type(&function.signature.ident);
    let declared = output::declared(&function.signature);
    let refusal = names::variable("refusal");
    let deny = Place::of(output::carrier(&declared)).spread(quote!(#private::Deny::deny(#refusal)));
    // With the constant, a body of one line is no block that a lint finds unnecessary.
    let lines = std::mem::take(&mut function.body);
    function.body = quote!(const _: () = (); #lines);
    let body = function.block();
    let before = context.before(&refusal, &deny);
    let body = if context.has_after() {
        let nameable = output::nameable(&declared);
        let result = names::variable("result");
        let future = if function.signature.asyncness.is_some() {
            let body = context.with_declared(&nameable, &body);
            quote!(async move { #body }.await)
        } else {
            quote!((move || -> #nameable #body)())
        };
        let value = quote!(#private::Returned::value(&#result));
        let after = context.after(&value, &refusal, &deny);
        quote! {
            let #result: #nameable = #future;
            #after
            #result
        }
    } else {
        body
    };
    function.body = quote! {
        #rule
        if let #private::Result::Err(#refusal) = #private::check::<#rule_type>() {
            return #deny;
        }
        #before
        #body
    };
    function.into_token_stream()
}

/// The check is the first act of the boxed future. The body runs behind it, too: it may do more than
/// to build the future.
pub(super) fn boxed(context: &Context<'_>, output: &Type, mut function: Function) -> TokenStream {
    let private = &context.private;
    let rule = context.rule_type(&function.signature.ident);
    let declared = output::nameable(&output::declared(&function.signature));
    let secured = behind_rule(context, &quote!(-> #declared), &function);
    let boxed = Place::of(output::carrier(output)).spread(quote!(#private::Box::pin(#secured)));
    function.body = quote!(#rule #boxed);
    function.into_token_stream()
}

/// The same for `impl Future`. Without a receiver, the type also says that it carries the rule.
pub(super) fn opaque(context: &Context<'_>, mut function: Function) -> TokenStream {
    let private = &context.private;
    let is_method = function.signature.receiver().is_some();
    if is_method && context.is_open() {
        return function.into_token_stream();
    }
    let rule = context.rule_type(&function.signature.ident);
    let secured = behind_rule(context, &TokenStream::new(), &function);
    function.body = quote!(#rule #secured);
    if !is_method {
        output::say_secured(&mut function.signature, private);
    }
    function.into_token_stream()
}

/// `secure(..)` around the whole body, which is a closure: its `return` means the function.
fn behind_rule(context: &Context<'_>, declared: &TokenStream, function: &Function) -> TokenStream {
    let private = &context.private;
    let rule_type = names::word(names::RULE_TYPE);
    let secure = if context.is_open() {
        quote!(secure_open)
    } else {
        quote!(secure)
    };
    let body = function.block();
    let [future, refusal, result] = ["future", "refusal", "result"].map(names::variable);
    let deny = quote!(#private::Deny::deny(#refusal));
    let before = context.before(&refusal, &deny);
    let done = if context.has_after() {
        let value = quote!(#private::Returned::value(&#result));
        let after = context.after(&value, &refusal, &deny);
        quote! {
            let #result = #future.await;
            #after
            #result
        }
    } else {
        quote!(#future.await)
    };
    quote! {
        #private::#secure::<#rule_type, _>(async move {
            #before
            let #future = (move || #declared #body)();
            #done
        })
    }
}
