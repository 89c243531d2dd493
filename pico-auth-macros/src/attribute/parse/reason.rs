//! `reason = "load balancer probe"`: why everybody may call a function.

use proc_macro2::{Ident, TokenStream};
use syn::LitStr;

use crate::diagnostics::{Diagnostics, place};

/// What to say of a reason where none belongs.
pub(super) const ELSEWHERE: &str = "a reason is for what is open on purpose, as in \
     `#[allow_anonymous(reason = \"load balancer probe\")]`: remove it here";

/// Reads what stands behind `reason =`.
pub(super) fn read(
    word: &Ident,
    value: &TokenStream,
    diagnostics: &mut Diagnostics,
) -> Option<LitStr> {
    let literal = syn::parse2::<LitStr>(value.clone()).ok();
    let Some(literal) = literal.filter(|literal| literal.suffix().is_empty()) else {
        let message =
            "a reason is a string literal: write `reason = \"load balancer probe\"`, in your words";
        diagnostics.report(place(word, value), message);
        return None;
    };
    let text = literal.value();
    if text.trim().is_empty() {
        let message = "this reason says nothing: write why everybody may call this, such as \
                       `reason = \"load balancer probe\"`";
        diagnostics.report(&literal, message);
    } else if let Some(c) = text.chars().find(|c| c.is_control()) {
        let message = format!("a reason is one line of text, without {c:?}: remove that");
        diagnostics.report(&literal, message);
    }
    Some(literal)
}
