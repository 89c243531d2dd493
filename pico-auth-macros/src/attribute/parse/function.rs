//! The item under an attribute.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::parse::{ParseStream, Parser};
use syn::{Abi, AttrStyle, Attribute, Signature, Token, Visibility, braced};

use super::block;
use crate::attribute::model::{Block, Function, Kind};

/// What a rule attribute can stand on.
pub(crate) enum Item {
    Function(Box<Function>),
    Block(Box<Block>),
}

/// Reads the item.
///
/// # Errors
///
/// It is neither a function nor an `impl` block, or it is broken.
pub(crate) fn item(kind: Kind, item: TokenStream) -> syn::Result<Item> {
    let read = |input: ParseStream<'_>| {
        let head = Head::parse(input)?;
        if begins_block(input) {
            return block::parse(kind, head, input).map(|block| Item::Block(Box::new(block)));
        }
        parse(kind, head, input).map(|function| Item::Function(Box::new(function)))
    };
    read.parse2(item)
}

/// Reads the item as a function.
///
/// # Errors
///
/// It is something else, it has no body, or its signature is broken.
pub(crate) fn function(kind: Kind, item: TokenStream) -> syn::Result<Function> {
    (|input: ParseStream<'_>| parse(kind, Head::parse(input)?, input)).parse2(item)
}

/// What items of all kinds begin with.
pub(crate) struct Head {
    pub(super) attributes: Vec<Attribute>,
    pub(super) visibility: Visibility,
    pub(super) defaultness: Option<Token![default]>,
}

impl Head {
    pub(crate) fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            attributes: Attribute::parse_outer(input)?,
            visibility: input.parse()?,
            defaultness: if input.peek(Token![default]) && !input.peek2(Token![!]) {
                Some(input.parse()?)
            } else {
                None
            },
        })
    }

    /// The function of this signature, with the body that comes now.
    pub(crate) fn with_body(
        self,
        signature: Signature,
        input: ParseStream<'_>,
    ) -> syn::Result<Function> {
        let body;
        Ok(Function {
            attributes: self.attributes,
            visibility: self.visibility,
            defaultness: self.defaultness,
            signature,
            brace: braced!(body in input),
            body: body.parse()?,
        })
    }
}

fn begins_block(input: ParseStream<'_>) -> bool {
    input.peek(Token![impl]) || (input.peek(Token![unsafe]) && input.peek2(Token![impl]))
}

pub(super) fn parse(kind: Kind, head: Head, input: ParseStream<'_>) -> syn::Result<Function> {
    if let Some(error) = not_a_function(kind, input) {
        return Err(error);
    }
    let signature = input.parse()?;
    if input.peek(Token![;]) {
        return Err(syn::Error::new_spanned(
            signature,
            format!(
                "`#[{}]` needs a body to protect and this function has none: put it on the functions \
                 that implement this one",
                kind.attribute()
            ),
        ));
    }
    head.with_body(signature, input)
}

/// The mistake of an attribute on anything but a function. `input` stands behind the visibility.
fn not_a_function(kind: Kind, input: ParseStream<'_>) -> Option<syn::Error> {
    let word = match word_in_place_of_fn(&input.fork()) {
        Ok(Some(word)) => word,
        Ok(None) => return None,
        Err(error) => return Some(error),
    };
    let attribute = kind.attribute();
    let message = match word.to_string().as_str() {
        "mod" => format!(
            "`#[{attribute}]` protects functions: put it on each function or `impl` block of this \
             module, or use `SecureRouter::require` for all routes of a router"
        ),
        "trait" => format!(
            "`#[{attribute}]` protects functions with a body: put it on each `impl` block of this trait"
        ),
        word @ ("struct" | "enum" | "union" | "type" | "const" | "static" | "use" | "let") => {
            format!(
                "`#[{attribute}]` protects a function and this is a `{word}`: put it on the \
                 functions that callers reach"
            )
        }
        _ => format!(
            "`#[{attribute}]` protects a function with a name: a closure is protected by \
             `policy.guard(closure)`, anything else has nothing to protect"
        ),
    };
    Some(syn::Error::new_spanned(word, message))
}

/// The token that shows that the item is no function; none where it is one.
pub(crate) fn word_in_place_of_fn(ahead: ParseStream<'_>) -> syn::Result<Option<TokenTree>> {
    let constant: Option<Token![const]> = ahead.parse()?;
    ahead.parse::<Option<Token![async]>>()?;
    ahead.parse::<Option<Token![unsafe]>>()?;
    ahead.parse::<Option<Abi>>()?;
    if ahead.peek(Token![fn]) {
        return Ok(None);
    }
    if let Some(constant) = constant {
        return Ok(Some(Ident::new("const", constant.span).into()));
    }
    ahead.parse().map(Some)
}

impl Function {
    /// The body with its braces.
    pub(crate) fn block(&self) -> TokenStream {
        let mut tokens = TokenStream::new();
        self.brace
            .surround(&mut tokens, |tokens| self.body.to_tokens(tokens));
        tokens
    }

    /// The `#![..]` of the body, and what stands behind them.
    pub(crate) fn split_inner_attributes(&self) -> (Vec<Attribute>, TokenStream) {
        let split = |input: ParseStream<'_>| {
            Ok((
                Attribute::parse_inner(input)?,
                input.parse::<TokenStream>()?,
            ))
        };
        split
            .parse2(self.body.clone())
            .unwrap_or_else(|_| (Vec::new(), self.body.clone()))
    }

    /// Moves `#![..]` of the body to the function: code is about to be put in front of them.
    pub(crate) fn lift_inner_attributes(&mut self) {
        let (attributes, body) = self.split_inner_attributes();
        self.body = body;
        self.attributes
            .extend(attributes.into_iter().map(|attribute| Attribute {
                style: AttrStyle::Outer,
                ..attribute
            }));
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attributes);
        self.visibility.to_tokens(tokens);
        self.defaultness.to_tokens(tokens);
        self.signature.to_tokens(tokens);
        self.brace
            .surround(tokens, |tokens| self.body.to_tokens(tokens));
    }
}
