//! What to say of arguments that are not right: what is wrong, and what to write.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Lit, LitStr, Path};

use super::arguments::{Argument, stray_comma};
use super::asker::Asker;
use super::reason;
use crate::attribute::model::{Kind, Name};
use crate::diagnostics::{Diagnostics, closest, readable};

pub(super) fn no_names(asker: Asker, span: Span, diagnostics: &mut Diagnostics) {
    let (noun, example) = (asker.kind.noun(), asker.kind.example());
    let write = asker.with(&format!("{example:?}"));
    let otherwise = if asker.is_leaf() {
        ""
    } else {
        ", or `#[authenticated]` if any valid token will do"
    };
    let called = asker.called();
    diagnostics.report_at(
        span,
        format!("{called} names no {noun}, so nobody could pass: write {write}{otherwise}"),
    );
}

pub(super) fn empty_list(asker: Asker, word: &TokenTree, diagnostics: &mut Diagnostics) {
    let (noun, example) = (asker.kind.noun(), asker.kind.example());
    diagnostics.report(
        word,
        format!("`{word}()` names no {noun}, so nobody could pass: write `{word}(\"{example}\")`"),
    );
}

pub(super) fn list_in_list(asker: Asker, inner: &TokenTree, diagnostics: &mut Diagnostics) {
    let instead = if asker.is_leaf() {
        format!(
            "write one {} for each list, in an `any(..)` or `all(..)` of its own",
            asker.called()
        )
    } else {
        format!(
            "write one {} for each condition, several attributes must all hold",
            asker.with("..")
        )
    };
    diagnostics.report(
        inner,
        format!("`any(..)` and `all(..)` do not nest here: {instead}"),
    );
}

pub(super) fn several_scopes(asker: Asker, names: &[Name], diagnostics: &mut Diagnostics) {
    let list = listed(names);
    let mut tokens = TokenStream::new();
    for name in names {
        name.to_tokens(&mut tokens);
    }
    diagnostics.report(
        tokens,
        format!(
            "is every one of these scopes needed, or does one suffice? Write {} or {}",
            asker.with(&format!("all({list})")),
            asker.with(&format!("any({list})"))
        ),
    );
}

pub(super) fn beside_a_list(asker: Asker, extra: TokenStream, diagnostics: &mut Diagnostics) {
    let called = asker.called();
    let takes = if asker.kind.is_scope() {
        "one scope or one list".to_owned()
    } else {
        format!("{}s or one list", asker.kind.noun())
    };
    let second = if asker.is_leaf() {
        format!("a second {called} inside of `all(..)`")
    } else {
        format!("a second {}", asker.with(".."))
    };
    diagnostics.report(
        extra,
        format!(
            "{called} takes {takes}: move this into the list, or into {second} if both must hold"
        ),
    );
}

pub(super) fn duplicate(asker: Asker, name: &Name, diagnostics: &mut Diagnostics) {
    let noun = asker.kind.noun();
    let written = match name {
        Name::Literal(literal) => format!("{:?}", literal.value()),
        Name::Path(path) => format!("`{}`", readable(path)),
    };
    diagnostics.report(
        name,
        format!("the {noun} {written} is named twice: remove one of the two"),
    );
}

/// An argument that the attribute or leaf does not take.
pub(super) fn unexpected(asker: Asker, argument: &Argument, diagnostics: &mut Diagnostics) {
    let message = match argument {
        Argument::Reason(..) => reason::ELSEWHERE.to_owned(),
        _ if asker.kind.is_marker() => takes_no_arguments(asker.kind, argument),
        Argument::Unknown(tokens) => unknown(asker, tokens),
        Argument::Crate(_) if asker.is_leaf() => {
            "`crate = ..` belongs behind the rule, as the last argument of `#[authorize(..)]`"
                .to_owned()
        }
        Argument::Name(_) | Argument::List(..) | Argument::Crate(_) => {
            "`crate = ..` belongs behind the names, as the last argument of the attribute"
                .to_owned()
        }
    };
    diagnostics.report(argument, message);
}

pub(super) fn nothing_granted(asker: Asker, word: Span, diagnostics: &mut Diagnostics) {
    let (noun, example) = (asker.kind.noun(), asker.kind.example());
    diagnostics.report_at(
        word,
        format!(
            "`{}()` names no {noun}: write {}, or remove it",
            asker.word(),
            asker.with(&format!("{example:?}"))
        ),
    );
}

/// An argument that is no name where a caller is given names.
pub(super) fn not_granted(asker: Asker, argument: &Argument, diagnostics: &mut Diagnostics) {
    let called = asker.called();
    let message = match argument {
        Argument::Unknown(tokens) if !is_call(tokens) => unknown(asker, tokens),
        Argument::Crate(_) => format!("`crate = ..` belongs behind {called}, not into it"),
        Argument::Reason(..) => reason::ELSEWHERE.to_owned(),
        Argument::Name(_) | Argument::List(..) | Argument::Unknown(_) => format!(
            "{called} says what the caller has, all of it: write the names one by one, without \
             `any(..)` and its like"
        ),
    };
    diagnostics.report(argument, message);
}

/// `word(..)`
fn is_call(tokens: &TokenStream) -> bool {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    matches!(trees[..], [TokenTree::Ident(_), TokenTree::Group(_)])
}

fn takes_no_arguments(kind: Kind, argument: &Argument) -> String {
    let attribute = kind.attribute();
    let instead = match (kind, argument) {
        (Kind::AllowAnonymous, _) => {
            let example = match argument {
                Argument::Name(Name::Literal(text)) => text.value(),
                _ => "load balancer probe".to_owned(),
            };
            return format!(
                "`#[{attribute}]` takes nothing but a reason: write `#[{attribute}]`, or \
                 `#[{attribute}(reason = {example:?})]` to say why it is open"
            );
        }
        (Kind::Authenticated, Argument::Name(name)) => {
            let name = name.text();
            format!("; if callers need the role {name}, write `#[requires_role({name})]` instead")
        }
        _ => String::new(),
    };
    format!("`#[{attribute}]` takes no arguments: write `#[{attribute}]`{instead}")
}

fn unknown(asker: Asker, tokens: &TokenStream) -> String {
    if let Some(message) = stray_comma(tokens) {
        return message;
    }
    let (noun, example) = (asker.kind.noun(), asker.kind.example());
    let written = readable(tokens);
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next(), trees.next()) {
        (Some(TokenTree::Ident(word)), Some(TokenTree::Punct(equals)), value)
            if equals.as_char() == '=' =>
        {
            option(asker, &word.to_string(), value.as_ref())
        }
        (Some(TokenTree::Ident(word)), Some(TokenTree::Group(_)), None) => {
            list_word(asker, &word.to_string())
        }
        (Some(TokenTree::Ident(word)), None, _) if is_name_like(&word.to_string()) => {
            format!("a {noun} is written as a string literal: write `\"{word}\"`")
        }
        (Some(TokenTree::Group(list)), None, _) if !list.stream().is_empty() => {
            let names = readable(list.stream());
            format!(
                "the names stand without brackets: write {}",
                asker.with(&names)
            )
        }
        (Some(TokenTree::Literal(literal)), None, _) => wrong_literal(asker, &literal.to_string()),
        (Some(TokenTree::Literal(_)), Some(TokenTree::Literal(_)), _) => {
            format!("`{written}` lacks a comma between the names")
        }
        (Some(TokenTree::Literal(_)), Some(TokenTree::Punct(_)), _) => {
            format!("`{written}` is not a list of names: write commas between them, no operators")
        }
        _ => match syn::parse2::<Path>(tokens.clone()) {
            Ok(path) => not_a_variant(asker, &path),
            Err(_) => format!(
                "`{written}` is neither a string literal nor a variant: write the {noun} itself, such \
                 as `\"{example}\"`, or {}",
                variant(asker)
            ),
        },
    }
}

/// A path that can be no variant.
fn not_a_variant(asker: Asker, path: &Path) -> String {
    let (noun, example) = (asker.kind.noun(), asker.kind.example());
    let written = readable(path);
    if path
        .segments
        .first()
        .is_some_and(|first| first.ident == "Self")
    {
        return format!(
            "a rule is a constant of its own, where `Self` means nothing: write the name of the type \
             in place of `Self` in `{written}`"
        );
    }
    format!(
        "`{written}` is a constant, whose value a macro does not see: write the {noun} itself, such as \
         `\"{example}\"`, or {}",
        variant(asker)
    )
}

fn variant(asker: Asker) -> String {
    let (derive, variant) = match asker.kind {
        Kind::RequiresGroup => ("Group", "Staff"),
        Kind::RequiresScope | Kind::RequiresAgentScope => ("Scope", "OrdersRead"),
        _ => ("Role", "Admin"),
    };
    format!("a variant of an enum with `#[derive({derive})]`, such as `App{derive}::{variant}`")
}

/// What is wrong with a path that goes through a generic parameter of the function.
pub(in crate::attribute) fn generic(path: &Path) -> String {
    let parameter = path.segments.first().map(|first| first.ident.to_string());
    format!(
        "a rule is a constant of its own, where the generic parameter `{}` means nothing: write a type \
         in its place",
        parameter.unwrap_or_default()
    )
}

fn option(asker: Asker, word: &str, value: Option<&TokenTree>) -> String {
    let noun = asker.kind.noun();
    let called = asker.called();
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
            "{called} has no option `{word}`: write the {noun}s directly, {}",
            asker.with(&format!("{:?}", literal.value()))
        ),
        None if asker.is_leaf() => {
            format!("{called} has no option `{word}`, it takes {noun}s: remove `{word}`")
        }
        None => format!(
            "{called} has no option `{word}`, it takes {noun}s and `crate = some::path`: remove \
             `{word}`"
        ),
    }
}

fn list_word(asker: Asker, word: &str) -> String {
    let called = asker.called();
    match list_meant(word) {
        Some(list) => format!("{called} knows no `{word}(..)`: write `{list}(..)`"),
        None if word == "not" && !asker.is_leaf() => format!(
            "{called} knows no `not(..)`, which `#[authorize(not(..))]` does: a rule says what a caller \
             must have"
        ),
        None => format!(
            "{called} knows no `{word}(..)`, only `any(..)` and `all(..)`: a rule says what a caller \
             must have"
        ),
    }
}

/// `any` or `all`, if `word` is close to one of them or means the same.
pub(super) fn list_meant(word: &str) -> Option<&'static str> {
    let any = ["any", "any_of", "anyof", "one_of", "oneof", "or", "some"];
    let all = ["all", "all_of", "allof", "every", "each", "and"];
    let meant = closest(word, any.into_iter().chain(all))?;
    Some(if all.contains(&meant) { "all" } else { "any" })
}

fn wrong_literal(asker: Asker, written: &str) -> String {
    let noun = asker.kind.noun();
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

fn listed(names: &[Name]) -> String {
    let names: Vec<String> = names.iter().map(Name::text).collect();
    names.join(", ")
}
