//! The arguments of `#[claim(..)]` and `#[claims(..)]`, and what is said of those that are not right.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{ExprClosure, LitStr, Path};

pub(super) use crate::arguments::{Argument, Value};
use crate::attribute::{separated, stray_comma};
use crate::diagnostics::Diagnostics;

impl Argument {
    /// The value after `=` as a string, or the fix.
    pub(in crate::claims) fn string(&self, example: &str) -> syn::Result<LitStr> {
        let name = self.name();
        let fix = format!("write it in quotes: `{name} = {example}`");
        match &self.value {
            Value::Is(tokens) => match syn::parse2::<LitStr>(tokens.clone()) {
                Ok(literal) if literal.suffix().is_empty() => Ok(literal),
                _ => Err(match behind_literal(tokens) {
                    Some(next) => syn::Error::new(
                        next.span(),
                        format!("a comma is missing before `{next}`: write it there"),
                    ),
                    None => syn::Error::new_spanned(tokens, format!("`{name}` is a string: {fix}")),
                }),
            },
            _ => Err(syn::Error::new(
                self.span(),
                format!("`{name}` needs a value: {fix}"),
            )),
        }
    }

    /// The value after `=` as the path of a function, or the fix.
    pub(in crate::claims) fn function(&self, example: &str) -> syn::Result<Path> {
        let name = self.name();
        match &self.value {
            Value::Is(tokens) => syn::parse2(tokens.clone()).map_err(|_| {
                let without = match syn::parse2::<ExprClosure>(tokens.clone()) {
                    Ok(_) => "no closure",
                    Err(_) => "without quotes and parentheses",
                };
                syn::Error::new_spanned(
                    tokens,
                    format!(
                        "`{name}` is the path of a function, {without}: write `{name} = {example}`"
                    ),
                )
            }),
            _ => Err(syn::Error::new(
                self.span(),
                format!("`{name}` needs a function: write `{name} = {example}`"),
            )),
        }
    }

    /// Reports a value that the word does not take.
    pub(in crate::claims) fn alone(&self, diagnostics: &mut Diagnostics) {
        let name = self.name();
        let (value, fix) = match &self.value {
            Value::Nothing => return,
            Value::Is(value) if is_path_word(&name) => (
                value,
                format!(
                    "`{name}` stands alone; the place of the claim is another word: write `{name}, path = {value}`"
                ),
            ),
            Value::Is(value) | Value::List(value) => (
                value,
                format!("`{name}` stands alone: remove what follows it"),
            ),
        };
        let span = value
            .clone()
            .into_iter()
            .next()
            .map_or(self.span(), |t| t.span());
        diagnostics.report_at(span, fix);
    }
}

/// What follows a literal that should stand alone.
fn behind_literal(tokens: &TokenStream) -> Option<TokenTree> {
    let mut tokens = tokens.clone().into_iter();
    matches!(tokens.next(), Some(TokenTree::Literal(_)))
        .then(|| tokens.next())
        .flatten()
}

/// Words after which people expect to name the claim.
fn is_path_word(name: &str) -> bool {
    matches!(name, "subject" | "roles" | "groups" | "scopes")
}

/// Reads the arguments of one attribute.
pub(super) fn read(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Vec<Argument> {
    let mut arguments = Vec::new();
    for tokens in separated(tokens) {
        match Argument::read(tokens.clone()) {
            Ok(argument) => arguments.push(argument),
            Err(_) => diagnostics.report(&tokens, not_an_argument(&tokens)),
        }
    }
    arguments
}

fn not_an_argument(tokens: &TokenStream) -> String {
    if let Some(message) = stray_comma(tokens) {
        return message;
    }
    let first = tokens.clone().into_iter().next();
    match first {
        Some(TokenTree::Literal(literal)) => {
            format!("say what this is: write `path = {literal}` if it is the place of the claim")
        }
        Some(TokenTree::Ident(word)) if tokens.clone().into_iter().count() == 2 => {
            format!("a value is missing: write it after `{word} =`")
        }
        _ => format!(
            "words are separated by commas, and values follow `=`: write for example \
             `roles, path = \"realm_access.roles\"` in place of `{}`",
            crate::diagnostics::readable(tokens.to_token_stream())
        ),
    }
}
