//! One argument as it stands: `word`, `word = value`, `word(list)`.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{ExprClosure, Ident, LitStr, Path, Token, parenthesized};

use crate::attribute::separated;
use crate::diagnostics::Diagnostics;

pub(super) struct Argument {
    pub(super) word: Ident,
    pub(super) value: Value,
}

/// What stands behind a word.
pub(super) enum Value {
    Nothing,
    /// `= ..`
    Is(TokenStream),
    /// `(..)`
    List(TokenStream),
}

impl Argument {
    pub(super) fn name(&self) -> String {
        self.word.unraw().to_string()
    }

    pub(super) fn span(&self) -> Span {
        self.word.span()
    }

    /// The value after `=` as a string, or the fix.
    pub(super) fn string(&self, example: &str) -> syn::Result<LitStr> {
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
    pub(super) fn function(&self, example: &str) -> syn::Result<Path> {
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
    pub(super) fn alone(&self, diagnostics: &mut Diagnostics) {
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
        let read = |input: ParseStream<'_>| {
            let word = input.call(Ident::parse_any)?;
            let value = if input.is_empty() {
                Value::Nothing
            } else if input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
                Value::Is(something(input)?)
            } else {
                let list;
                parenthesized!(list in input);
                Value::List(list.parse()?)
            };
            Ok(Argument { word, value })
        };
        match read.parse2(tokens.clone()) {
            Ok(argument) => arguments.push(argument),
            Err(_) => diagnostics.report(&tokens, not_an_argument(&tokens)),
        }
    }
    arguments
}

/// At least one token.
fn something(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let tokens: TokenStream = input.parse()?;
    if tokens.is_empty() {
        return Err(input.error("a value"));
    }
    Ok(tokens)
}

fn not_an_argument(tokens: &TokenStream) -> String {
    let first = tokens.clone().into_iter().next();
    match first {
        Some(TokenTree::Literal(literal)) => {
            format!("say what this is: write `path = {literal}` if it is the place of the claim")
        }
        Some(TokenTree::Punct(comma)) if comma.as_char() == ',' => {
            "a word is missing before this comma: remove the comma".to_owned()
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
