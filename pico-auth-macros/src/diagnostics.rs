//! Mistakes: collected, reported all at once, each at the word at fault and with its fix.

use std::fmt::Display;

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Diagnostics {
    errors: Option<syn::Error>,
}

impl Diagnostics {
    /// Reports a mistake that stretches over `tokens`.
    pub(crate) fn report(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Reports a mistake at `span`.
    pub(crate) fn report_at(&mut self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.errors {
            Some(errors) => errors.combine(error),
            None => self.errors = Some(error),
        }
    }

    /// Takes over the mistakes of a part.
    pub(crate) fn absorb(&mut self, part: Self) {
        if let Some(errors) = part.errors {
            self.push(errors);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_none()
    }

    /// One `compile_error!` for each mistake.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.errors
            .map(syn::Error::into_compile_error)
            .unwrap_or_default()
    }
}

/// The word of `known` that was probably meant by `written`, if one is near.
pub(crate) fn closest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| (distance(written, word), word))
        .filter(|(distance, word)| *distance <= word.len().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// How many letters must be added, removed or replaced (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (i, l) in left.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((r, replaced), removed) in right.chars().zip(&row).zip(row.iter().skip(1)) {
            let added = next.last().copied().unwrap_or_default() + 1;
            next.push(added.min(removed + 1).min(replaced + usize::from(l != r)));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Where a value is at fault: where it stands, or at the word that lacks it.
pub(crate) fn place(word: &Ident, value: &TokenStream) -> TokenStream {
    if value.is_empty() {
        word.to_token_stream()
    } else {
        value.clone()
    }
}

/// Tokens as a person would write them: `Vec<u8>`, not `Vec < u8 >`.
pub(crate) fn readable(tokens: impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (printed, written) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (" ;", ";"),
        ("! (", "!("),
        ("( ", "("),
        (" )", ")"),
    ] {
        text = text.replace(printed, written);
    }
    // `&str`, but `a && b`.
    let parts: Vec<String> = text
        .split("&&")
        .map(|part| part.replace("& ", "&"))
        .collect();
    parts.join("&&")
}
