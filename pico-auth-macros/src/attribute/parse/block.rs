//! The `impl` block under an attribute. The bodies of its functions stay tokens.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Generics, ImplItem, Macro, Token};

use super::function::{self, Head};
use crate::attribute::model::{Block, Kind, Member};

/// Reads the block. What is at fault inside is reported all at once.
pub(super) fn parse(kind: Kind, head: Head, input: ParseStream<'_>) -> syn::Result<Block> {
    let (header, body) = split(input)?;
    let mut header_tokens = TokenStream::new();
    head.visibility.to_tokens(&mut header_tokens);
    head.defaultness.to_tokens(&mut header_tokens);
    header_tokens.extend(header.iter().cloned());
    let inside = |input: ParseStream<'_>| {
        let inner_attributes = Attribute::parse_inner(input)?;
        Ok((inner_attributes, members(kind, input)?))
    };
    let (inner_attributes, members) = inside.parse2(body.stream())?;
    Ok(Block {
        attributes: head.attributes,
        generics: generics(header.iter().cloned().collect()),
        is_of_trait: is_of_trait(&header),
        header: header_tokens,
        brace: body.span(),
        inner_attributes,
        members,
    })
}

/// The tokens in front of the braces at the end, and these.
fn split(input: ParseStream<'_>) -> syn::Result<(Vec<TokenTree>, Group)> {
    let place = input.span();
    let mut tokens: TokenStream = input.parse()?;
    loop {
        let mut trees: Vec<TokenTree> = tokens.into_iter().collect();
        match trees.pop() {
            Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => {
                return Ok((trees, body));
            }
            // All of it is what a `macro_rules!` has matched as one item.
            Some(TokenTree::Group(whole))
                if trees.is_empty() && whole.delimiter() == Delimiter::None =>
            {
                tokens = whole.stream();
            }
            _ => {
                return Err(syn::Error::new(
                    place,
                    "this `impl` block has no end: write its `{` and `}`",
                ));
            }
        }
    }
}

fn generics(header: TokenStream) -> Generics {
    let read = |input: ParseStream<'_>| {
        input.parse::<Option<Token![unsafe]>>()?;
        input.parse::<Token![impl]>()?;
        let generics = input.parse()?;
        input.parse::<TokenStream>()?;
        Ok(generics)
    };
    // What is no list of parameters begins the type: `impl <A as B>::C {}`.
    read.parse2(header).unwrap_or_default()
}

/// Whether there is a `for` that is none of lifetimes, as in `for<'a> Fn(&'a u8)`.
fn is_of_trait(header: &[TokenTree]) -> bool {
    let is_punct = |token: Option<&TokenTree>, c: char| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == c);
    header.iter().enumerate().any(|(i, token)| {
        let is_for = matches!(token, TokenTree::Ident(word) if word == "for");
        let of_lifetimes = is_punct(header.get(i + 1), '<')
            && (is_punct(header.get(i + 2), '\'') || is_punct(header.get(i + 2), '>'));
        is_for && !of_lifetimes
    })
}

fn members(kind: Kind, input: ParseStream<'_>) -> syn::Result<Vec<Member>> {
    let mut members = Vec::new();
    let mut mistakes: Option<syn::Error> = None;
    let mut report = |error: syn::Error| match &mut mistakes {
        Some(mistakes) => mistakes.combine(error),
        None => mistakes = Some(error),
    };
    while !input.is_empty() {
        let head = Head::parse(input)?;
        if let Some(called) = macro_called(input)? {
            report(written_by_macro(kind, &called));
        } else if function::word_in_place_of_fn(&input.fork())?.is_none() {
            match function::parse(kind, head, input) {
                Ok(function) => members.push(Member::Function(Box::new(function))),
                Err(error) => {
                    report(error);
                    break;
                }
            }
        } else {
            members.push(other(kind, head, input)?);
        }
    }
    match mistakes {
        Some(mistakes) => {
            input.parse::<TokenStream>()?;
            Err(mistakes)
        }
        None => Ok(members),
    }
}

/// A macro that is called where a function could stand.
fn macro_called(input: ParseStream<'_>) -> syn::Result<Option<Macro>> {
    let ahead = input.fork();
    let is_macro = syn::Path::parse_mod_style(&ahead).is_ok() && ahead.peek(Token![!]);
    if !is_macro {
        return Ok(None);
    }
    let called = input.parse()?;
    input.parse::<Option<Token![;]>>()?;
    Ok(Some(called))
}

fn written_by_macro(kind: Kind, called: &Macro) -> syn::Error {
    let attribute = kind.attribute();
    let name = crate::diagnostics::readable(&called.path);
    syn::Error::new_spanned(
        &called.path,
        format!(
            "functions that `{name}!` writes would not have the rule of this block: write them out, or \
             move this to an `impl` block without `#[{attribute}]`, and the rule into the macro"
        ),
    )
}

/// A constant or a type, as it stands.
fn other(kind: Kind, head: Head, input: ParseStream<'_>) -> syn::Result<Member> {
    let place = input.fork().parse::<TokenTree>();
    match input.parse() {
        Ok(item @ (ImplItem::Const(_) | ImplItem::Type(_))) => {
            let (visibility, defaultness) = (head.visibility, head.defaultness);
            let item = quote::quote!(#visibility #defaultness #item);
            Ok(Member::Other(head.attributes, item))
        }
        _ => Err(syn::Error::new_spanned(
            place.ok(),
            format!(
                "`#[{}]` cannot tell whether this is a function: in its block stand functions, \
                 constants and types",
                kind.attribute()
            ),
        )),
    }
}
