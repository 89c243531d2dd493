//! What to say of arguments that are not right: what is wrong, and what to write.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Lit, LitStr};

use super::arguments::Argument;
use crate::attribute::model::{Kind, Quantifier};
use crate::diagnostics::{Diagnostics, closest, readable};

pub(super) fn no_names(kind: Kind, span: Span, diagnostics: &mut Diagnostics) {
    let (attribute, noun, example) = (kind.attribute(), kind.noun(), kind.example());
    diagnostics.report_at(
        span,
        format!(
            "`#[{attribute}]` names no {noun}, so nobody could pass: write \
             `#[{attribute}(\"{example}\")]`, or `#[authenticated]` if any valid token will do"
        ),
    );
}

pub(super) fn empty_list(kind: Kind, word: &TokenTree, diagnostics: &mut Diagnostics) {
    let (noun, example) = (kind.noun(), kind.example());
    diagnostics.report(
        word,
        format!("`{word}()` names no {noun}, so nobody could pass: write `{word}(\"{example}\")`"),
    );
}

pub(super) fn list_in_list(kind: Kind, inner: &TokenTree, diagnostics: &mut Diagnostics) {
    diagnostics.report(
        inner,
        format!(
            "`any(..)` and `all(..)` do not nest: write one `#[{}(..)]` for each condition, several \
             attributes must all hold",
            kind.attribute()
        ),
    );
}

pub(super) fn several_scopes(kind: Kind, names: &[LitStr], diagnostics: &mut Diagnostics) {
    let attribute = kind.attribute();
    let list = listed(names);
    let mut tokens = TokenStream::new();
    for name in names {
        name.to_tokens(&mut tokens);
    }
    diagnostics.report(
        tokens,
        format!(
            "is every one of these scopes needed, or does one suffice? Write \
             `#[{attribute}(all({list}))]` or `#[{attribute}(any({list}))]`"
        ),
    );
}

pub(super) fn beside_a_list(kind: Kind, extra: TokenStream, diagnostics: &mut Diagnostics) {
    diagnostics.report(
        extra,
        format!(
            "`#[{0}]` takes one scope or one list: move this into the list, or into a second \
             `#[{0}(..)]` if both must hold",
            kind.attribute()
        ),
    );
}

pub(super) fn duplicate(kind: Kind, name: &LitStr, diagnostics: &mut Diagnostics) {
    let (noun, value) = (kind.noun(), name.value());
    diagnostics.report(
        name,
        format!("the {noun} {value:?} is named twice: remove one of the two"),
    );
}

/// An argument that the attribute does not take.
pub(super) fn unexpected(kind: Kind, argument: &Argument, diagnostics: &mut Diagnostics) {
    let attribute = kind.attribute();
    let message = match argument {
        _ if kind.is_marker() => takes_no_arguments(kind, argument),
        Argument::List(Quantifier::Any, ..) => format!(
            "names in `#[{attribute}]` are alternatives already: write them without `any(..)`"
        ),
        Argument::List(Quantifier::All, ..) => format!(
            "names in `#[{attribute}]` are alternatives: to require every one of them, write one \
             `#[{attribute}(..)]` for each"
        ),
        Argument::Unknown(tokens) => unknown(kind, tokens),
        Argument::Name(_) | Argument::Crate(_) => {
            "`crate = ..` belongs behind the names, as the last argument of the attribute"
                .to_owned()
        }
    };
    diagnostics.report(argument, message);
}

fn takes_no_arguments(kind: Kind, argument: &Argument) -> String {
    let attribute = kind.attribute();
    let instead = match (kind, argument) {
        (Kind::Authenticated, Argument::Name(name)) => {
            let name = name.value();
            format!(
                "; if callers need the role {name:?}, write `#[requires_role({name:?})]` instead"
            )
        }
        _ => String::new(),
    };
    format!("`#[{attribute}]` takes no arguments: write `#[{attribute}]`{instead}")
}

fn unknown(kind: Kind, tokens: &TokenStream) -> String {
    let (attribute, noun, example) = (kind.attribute(), kind.noun(), kind.example());
    let written = readable(tokens);
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next(), trees.next()) {
        (Some(TokenTree::Punct(comma)), None, _) if comma.as_char() == ',' => {
            "nothing stands in front of this comma: remove it".to_owned()
        }
        (Some(TokenTree::Ident(word)), Some(TokenTree::Punct(equals)), value)
            if equals.as_char() == '=' =>
        {
            option(kind, &word.to_string(), value.as_ref())
        }
        (Some(TokenTree::Ident(word)), Some(TokenTree::Group(_)), None) => {
            list_word(kind, &word.to_string())
        }
        (Some(TokenTree::Ident(word)), None, _) if is_name_like(&word.to_string()) => {
            format!("a {noun} is written as a string literal: write `\"{word}\"`")
        }
        (Some(TokenTree::Group(list)), None, _) if !list.stream().is_empty() => {
            let names = readable(list.stream());
            format!("the names stand without brackets: write `#[{attribute}({names})]`")
        }
        (Some(TokenTree::Literal(literal)), None, _) => wrong_literal(kind, &literal.to_string()),
        (Some(TokenTree::Literal(_)), Some(TokenTree::Literal(_)), _) => {
            format!("`{written}` lacks a comma between the names")
        }
        (Some(TokenTree::Literal(_)), Some(TokenTree::Punct(_)), _) => {
            format!("`{written}` is not a list of names: write commas between them, no operators")
        }
        _ => format!(
            "only string literals are accepted, for now, and `{written}` is none: a macro does not \
             see its value. Write the {noun} itself, such as `\"{example}\"`"
        ),
    }
}

fn option(kind: Kind, word: &str, value: Option<&TokenTree>) -> String {
    let (attribute, noun) = (kind.attribute(), kind.noun());
    if closest(word, ["crate"]).is_some() {
        return match value {
            Some(TokenTree::Ident(path)) => {
                format!("the path to pico-auth is given as `crate = {path}`")
            }
            _ => "the path to pico-auth is given as a path without quotes: `crate = some::path`"
                .to_owned(),
        };
    }
    match value.and_then(|value| syn::parse2::<LitStr>(value.to_token_stream()).ok()) {
        Some(literal) => format!(
            "`#[{attribute}]` has no option `{word}`: write the {noun}s directly, \
             `#[{attribute}({:?})]`",
            literal.value()
        ),
        None => format!(
            "`#[{attribute}]` has no option `{word}`, it takes {noun}s and `crate = some::path`: \
             remove `{word}`"
        ),
    }
}

fn list_word(kind: Kind, word: &str) -> String {
    let attribute = kind.attribute();
    if !kind.is_scope() {
        return format!("`#[{attribute}]` knows no `{word}(..)`: write the names between commas");
    }
    let any = ["any", "any_of", "anyof", "one_of", "oneof", "or", "some"];
    let all = ["all", "all_of", "allof", "every", "each", "and"];
    let meant = closest(word, any.into_iter().chain(all));
    match meant {
        Some(meant) => {
            let list = if all.contains(&meant) { "all" } else { "any" };
            format!("`#[{attribute}]` knows no `{word}(..)`: write `{list}(..)`")
        }
        None => format!(
            "`#[{attribute}]` knows no `{word}(..)`, only `any(..)` and `all(..)`: a rule says what \
             a caller must have"
        ),
    }
}

fn wrong_literal(kind: Kind, written: &str) -> String {
    let noun = kind.noun();
    let parsed = syn::parse_str::<Lit>(written);
    match parsed {
        Ok(Lit::ByteStr(bytes)) => {
            let text = String::from_utf8_lossy(&bytes.value()).into_owned();
            format!("a {noun} is text, not bytes: write `{text:?}`")
        }
        Ok(Lit::Str(text)) => format!("a string literal has no suffix: write `{:?}`", text.value()),
        Ok(Lit::Char(c)) => format!("a {noun} is a string literal: write `\"{}\"`", c.value()),
        _ => format!("a {noun} is a string literal: write `\"{written}\"`"),
    }
}

/// Whether a bare word looks like a name without its quotes rather than a constant.
fn is_name_like(word: &str) -> bool {
    word.chars()
        .all(|c| c.is_lowercase() || c.is_numeric() || c == '_')
}

fn listed(names: &[LitStr]) -> String {
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("{:?}", name.value()))
        .collect();
    names.join(", ")
}
