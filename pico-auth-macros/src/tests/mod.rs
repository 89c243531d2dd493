//! Tests on tokens, without a compiler around them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod blocks;
mod claims;
mod expansions;
mod token_soup;
mod tripwire;
mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;
use syn::Attribute;
use syn::parse::{ParseStream, Parser};

use crate::attribute::{self, Kind};
use crate::paths;

/// Expands the attributes of this crate on `item` as the compiler does: the first one, again and
/// again, until none is left.
fn expand(item: TokenStream) -> TokenStream {
    let split = |input: ParseStream<'_>| {
        Ok((
            Attribute::parse_outer(input)?,
            input.parse::<TokenStream>()?,
        ))
    };
    let Ok((mut attributes, rest)) = split.parse2(item.clone()) else {
        return item;
    };
    let Some(position) = attributes
        .iter()
        .position(|attribute| ours(attribute).is_some())
    else {
        return expand_inside(item);
    };
    let attribute = attributes.remove(position);
    let arguments = match &attribute.meta {
        syn::Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let below = quote!(#(#attributes)* #rest);
    let expanded = match ours(&attribute) {
        Some(Ours::Public(kind)) => attribute::public(kind, &arguments, &below),
        _ => attribute::rule(&arguments, &below),
    };
    expand(expanded)
}

/// Then those on the functions of a block.
fn expand_inside(item: TokenStream) -> TokenStream {
    let Ok(mut block) = syn::parse2::<syn::ItemImpl>(item.clone()) else {
        return item;
    };
    let expanded = block.items.into_iter().map(|item| match item {
        syn::ImplItem::Fn(function) => syn::ImplItem::Verbatim(expand(quote!(#function))),
        other => other,
    });
    block.items = expanded.collect();
    quote!(#block)
}

enum Ours {
    Public(Kind),
    Rule,
}

fn ours(attribute: &Attribute) -> Option<Ours> {
    if paths::is_rule(attribute.path()) {
        return Some(Ours::Rule);
    }
    let name = attribute.path().get_ident()?.to_string();
    Kind::from_attribute(&name).map(Ours::Public)
}

/// The messages of `compile_error!` in the tokens, in order.
fn messages(tokens: TokenStream) -> Vec<String> {
    let mut messages = Vec::new();
    let mut in_error = false;
    for token in tokens {
        match token {
            TokenTree::Ident(word) => in_error = word == "compile_error",
            TokenTree::Group(group) if in_error => {
                let message: syn::LitStr = syn::parse2(group.stream()).unwrap();
                messages.push(message.value());
                in_error = false;
            }
            _ => {}
        }
    }
    messages
}
