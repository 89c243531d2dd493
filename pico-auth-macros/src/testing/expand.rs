//! The function whose body runs as the caller.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, LitStr, parse_quote};

use super::check;
use super::model::{Agent, Caller, Grant};
use crate::attribute::{Function, declared, nameable};
use crate::names;

/// The function with `attribute` behind all others.
pub(super) fn behind_others(attribute: &TokenStream, mut function: Function) -> TokenStream {
    let others = std::mem::take(&mut function.attributes);
    quote!(#(#others)* #attribute #function)
}

/// The test.
pub(super) fn function(caller: &Caller, mut function: Function) -> TokenStream {
    function.lift_inner_attributes();
    let private = caller.root.private();
    let module = names::word("testing");
    let context = context(caller, &quote!(#private::#module), &private);
    let output = nameable(&declared(&function.signature));
    let is_test = check::is_test(&function);

    let lines = std::mem::take(&mut function.body);
    // With the constant, a body of one line is no block that a lint finds unnecessary.
    let body = quote!({ const _: () = (); #lines });
    function.body = if function.signature.asyncness.is_some() && is_test {
        quote!(#private::#module::within::<#output, _>(#context, async move #body).await)
    } else if function.signature.asyncness.take().is_some() {
        quote!(#private::#module::block_on::<#output, _>(#context, async move #body))
    } else if check::is_expanded(&function)
        && let Some(inside) = inside_of_runtime(
            &lines,
            |block| quote!(#private::#module::within::<#output, _>(#context, async #block).await),
        )
    {
        inside
    } else {
        quote!(#private::#module::run::<#output, _>(#context, move || #body))
    };
    // On a method, it would be a second mistake.
    if !is_test && function.signature.receiver().is_none() {
        let test: Attribute = parse_quote!(#[::core::prelude::v1::test]);
        function.attributes.push(test);
    }
    function.into_token_stream()
}

/// The caller as an expression.
fn context(caller: &Caller, module: &TokenStream, private: &TokenStream) -> TokenStream {
    let subject = subject(caller.subject.as_ref());
    let [roles, groups, scopes] = [
        Grant::Roles.array(caller.roles.as_deref(), private),
        Grant::Groups.array(caller.groups.as_deref(), private),
        Grant::Scopes.array(caller.scopes.as_deref(), private),
    ];
    let hierarchy = caller.role_hierarchy.as_ref();
    let hierarchy = hierarchy.map(|role| quote!(.role_hierarchy::<#role>()));
    let agent = caller.agent.as_ref().map(|Agent { subject, scopes }| {
        let subject = self::subject(subject.as_ref());
        let scopes = Grant::AgentScopes.array(scopes.as_deref(), private);
        quote!(.agent::<&'static #private::str>(#subject, #scopes))
    });
    quote!(#module::caller(#subject, &#roles, &#groups, &#scopes) #hierarchy #agent)
}

/// Without one there is a mistake, which is all that shall be reported.
fn subject(subject: Option<&LitStr>) -> TokenStream {
    subject.map_or_else(|| quote!(""), ToTokens::to_token_stream)
}

/// The body that `#[tokio::test]` has written, with what `inside` makes of its `async` block:
/// `let body = async { .. };` and a runtime that runs it. Only so the context is that of the test alone; around
/// the runtime, it would be that of all tasks that the test spawns on the same thread. What others write cannot be
/// told from a sync test, as rstest makes of a case: the documentation says to stand above them.
fn inside_of_runtime(
    body: &TokenStream,
    inside: impl FnOnce(TokenTree) -> TokenStream,
) -> Option<TokenStream> {
    let mut tokens = body.clone().into_iter();
    let begin: Vec<TokenTree> = tokens.by_ref().take(4).collect();
    let words: Vec<String> = begin.iter().map(ToString::to_string).collect();
    let block = tokens.next()?;
    let is_block =
        matches!(&block, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    if words != ["let", "body", "=", "async"] || !is_block {
        return None;
    }
    let inside = inside(block);
    Some(quote!(#(#begin)* { #inside } #(#tokens)*))
}
