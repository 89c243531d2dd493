//! The tripwire: a statement at the begin of the body that does not compile, `unruled! {}`.
//!
//! A rule waits below the attributes of other crates, which see the function first. One that drops
//! attributes, or copies the body into a function without them, would remove the rule without a word.
//! So [`public`](super::public) sets the tripwire, which goes wherever the body goes, and only
//! [`rule`](super::rule) takes it out again.
//!
//! In a block it says, too, which rules the function has of its own, `unruled! { requires_role }`. They have
//! not run yet: an attribute of the block may drop them and leave the rule of the block, which alone would
//! admit more callers.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;

use super::model::{Function, Kind, Rule};
use crate::names::{self, Place};
use crate::paths;
use crate::paths::Root;

/// Sets the tripwire, unless a sibling has done it before. `own` must still be there when it is taken out.
pub(super) fn set(rules: &[Rule], own: &[Kind], function: &mut Function) {
    if is_set(&function.body) {
        return;
    }
    let private = Root::said(rules.iter().map(|rule| &rule.root)).private();
    let unruled = names::word(paths::UNRULED);
    let own = own.iter().map(|kind| names::word(kind.attribute()));
    let mut tripwire = quote!(#private::#unruled! { #(#own)* });
    if rules.iter().any(|rule| rule.origin.is_block()) {
        // An error at the block would not say which of its functions is meant.
        tripwire = Place::of(&function.signature.ident).spread(tripwire);
    }
    let (attributes, body) = function.split_inner_attributes();
    function.body = quote!(#(#attributes)* #tripwire #body);
}

/// Whether there is a tripwire anywhere in the tokens.
pub(super) fn is_set(tokens: &TokenStream) -> bool {
    !own_rules(tokens).is_empty()
}

/// What each tripwire in the tokens says: the rules of its own that a function had where it was set.
pub(super) fn own_rules(tokens: &TokenStream) -> Vec<Vec<Kind>> {
    let mut found = Vec::new();
    // Nearly never, and the compiler prints tokens faster than a macro walks through them.
    if tokens.to_string().contains(paths::UNRULED) {
        find(tokens, &mut found);
    }
    found
}

fn find(tokens: &TokenStream, found: &mut Vec<Vec<Kind>>) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (i, token) in tokens.iter().enumerate() {
        let tripwire = tokens.get(i..).and_then(first);
        found.extend(tripwire.map(|(own, _)| own));
        if let TokenTree::Group(group) = token {
            find(&group.stream(), found);
        }
    }
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
        if let Some((_, behind)) = first(rest) {
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

/// What the tripwire says with which the tokens begin, `path::__private::unruled! {}`, and what stands
/// behind it.
fn first(tokens: &[TokenTree]) -> Option<(Vec<Kind>, &[TokenTree])> {
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
            && arguments.delimiter() == Delimiter::Brace =>
        {
            let own = arguments.stream().into_iter();
            let own = own.map(|word| Kind::from_attribute(&word.to_string()));
            Some((own.collect::<Option<Vec<_>>>()?, behind))
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
