//! The tripwire: a statement at the begin of the body that does not compile, `unruled! {}`.
//!
//! A rule waits below the attributes of other crates, which see the function first. One that drops
//! attributes, or copies the body into a function without them, would remove the rule without a word.
//! So [`public`](super::public) sets the tripwire, which goes wherever the body goes, and only
//! [`rule`](super::rule) takes it out again.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;

use super::model::{Function, Rule};
use crate::names::{self, Place};
use crate::paths;
use crate::paths::Root;

/// Sets the tripwire, unless a sibling has done it before.
pub(super) fn set(rules: &[Rule], function: &mut Function) {
    if is_set(&function.body) {
        return;
    }
    let private = Root::said(rules.iter().map(|rule| &rule.root)).private();
    let unruled = names::word(paths::UNRULED);
    let mut tripwire = quote!(#private::#unruled! {});
    if rules.iter().any(|rule| rule.origin.is_block()) {
        // An error at the block would not say which of its functions is meant.
        tripwire = Place::of(&function.signature.ident).spread(tripwire);
    }
    let (attributes, body) = function.split_inner_attributes();
    function.body = quote!(#(#attributes)* #tripwire #body);
}

/// Whether there is a tripwire anywhere in the tokens.
pub(super) fn is_set(tokens: &TokenStream) -> bool {
    // Nearly never, and the compiler prints tokens faster than a macro walks through them.
    tokens.to_string().contains(paths::UNRULED) && is_within(tokens)
}

fn is_within(tokens: &TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    (0..tokens.len()).any(|i| tokens.get(i..).and_then(behind).is_some())
        || tokens.iter().any(|token| match token {
            TokenTree::Group(group) => is_within(&group.stream()),
            _ => false,
        })
}

/// The tokens without tripwires, however deep other macros have moved the body.
pub(super) fn taken_out(tokens: TokenStream) -> TokenStream {
    if !is_set(&tokens) {
        return tokens; // with the spans of its groups, which do not survive being rebuilt
    }
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut rest = tokens.as_slice();
    let mut kept = TokenStream::new();
    while let Some((token, next)) = rest.split_first() {
        if let Some(behind) = behind(rest) {
            rest = behind;
            continue;
        }
        kept.extend([match token {
            TokenTree::Group(group) => {
                let mut rebuilt = Group::new(group.delimiter(), taken_out(group.stream()));
                rebuilt.set_span(group.span());
                rebuilt.into()
            }
            token => token.clone(),
        }]);
        rest = next;
    }
    kept
}

/// What stands behind the tripwire with which the tokens begin: `path::__private::unruled! {}`.
fn behind(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    let mut rest = behind_colons(tokens).unwrap_or(tokens);
    let mut segments: Vec<&Ident> = Vec::new();
    while let [TokenTree::Ident(segment), next @ ..] = rest {
        segments.push(segment);
        rest = next;
        match behind_colons(next) {
            Some(next) => rest = next,
            None => break,
        }
    }
    match (segments.as_slice(), rest) {
        (
            [.., parent, last],
            [
                TokenTree::Punct(bang),
                TokenTree::Group(arguments),
                behind @ ..,
            ],
        ) if *parent == paths::PRIVATE
            && *last == paths::UNRULED
            && bang.as_char() == '!'
            && arguments.delimiter() == Delimiter::Brace
            && arguments.stream().is_empty() =>
        {
            Some(behind)
        }
        _ => None,
    }
}

fn behind_colons(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    match tokens {
        [
            TokenTree::Punct(first),
            TokenTree::Punct(second),
            behind @ ..,
        ] if first.as_char() == ':' && second.as_char() == ':' => Some(behind),
        _ => None,
    }
}
