//! One argument as it stands: `word`, `word = value`, `word(list)`.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Path, Token, parenthesized};

pub(crate) struct Argument {
    pub(crate) word: Ident,
    pub(crate) value: Value,
}

/// What stands behind a word.
pub(crate) enum Value {
    Nothing,
    /// `= ..`
    Is(TokenStream),
    /// `(..)`
    List(TokenStream),
}

impl Argument {
    /// Reads what stands between two commas.
    pub(crate) fn read(tokens: TokenStream) -> syn::Result<Self> {
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
            Ok(Self { word, value })
        };
        read.parse2(tokens)
    }

    pub(crate) fn name(&self) -> String {
        self.word.unraw().to_string()
    }

    pub(crate) fn span(&self) -> Span {
        self.word.span()
    }

    /// The value behind `=`, if it is a path.
    pub(crate) fn path(&self) -> Option<Path> {
        match &self.value {
            Value::Is(value) => Path::parse_mod_style.parse2(value.clone()).ok(),
            Value::Nothing | Value::List(_) => None,
        }
    }
}

/// At least one token.
fn something(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let tokens: TokenStream = input.parse()?;
    if tokens.is_empty() {
        return Err(input.error("a value"));
    }
    Ok(tokens)
}
