//! How strongly, and how long ago, a caller must have authenticated: `acr = "mfa", max_age_seconds = 300`, or
//! `acr("mfa", "phr")` for several classes of which one suffices.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{LitInt, LitStr, Token, parenthesized};

use super::arguments::{separated, stray_comma};
use super::asker::Asker;
use super::reason;
use crate::attribute::model::Strength;
use crate::diagnostics::{Diagnostics, closest, place, readable};
use crate::names;
use crate::paths::{Given, Root};

/// Reads the arguments. Where something is wrong with them, what is left refuses everybody.
pub(super) fn read(
    asker: Asker,
    span: Span,
    arguments: TokenStream,
    diagnostics: &mut Diagnostics,
) -> (Strength, Root) {
    let mut own = Diagnostics::default();
    let mut strength = Strength::default();
    let mut root = Root::default();
    let (mut has_acr, mut has_age) = (false, false);
    for tokens in separated(arguments) {
        match Argument::read(tokens) {
            Argument::Acr(word, values) => {
                if has_acr {
                    let message = "`acr` is given twice: one value suffices of those in \
                                   `acr(\"mfa\", \"phr\")`; if both are needed, write a rule for each";
                    own.report(&word, message);
                }
                has_acr = true;
                strength.acr_values = acr_values(&word, values, &mut own);
            }
            Argument::MaxAge(word, value) => {
                if has_age {
                    own.report(
                        &word,
                        "`max_age_seconds` is given twice: keep one of the two",
                    );
                }
                has_age = true;
                strength.max_age_seconds = seconds(&word, &value, &mut own);
            }
            Argument::Crate(given) if !asker.is_leaf() => {
                root.give(given.word, given.path, &mut own);
            }
            Argument::Crate(given) => own.report(
                given.path,
                "`crate = ..` belongs behind the rule, as the last argument of `#[authorize(..)]`",
            ),
            Argument::Unknown(tokens) => own.report(&tokens, unknown(asker, &tokens)),
        }
    }
    if own.is_empty() && !has_acr && !has_age {
        let otherwise = if asker.is_leaf() {
            ""
        } else {
            ", or `#[authenticated]` if any valid token will do"
        };
        let message = format!(
            "{} asks for nothing: write {}{otherwise}",
            asker.called(),
            asker.with("acr = \"mfa\", max_age_seconds = 300")
        );
        own.report_at(span, message);
    }
    if !own.is_empty() {
        strength = Strength::default();
    }
    diagnostics.absorb(own);
    (strength, root)
}

/// One argument as it stands.
enum Argument {
    Acr(Ident, Vec<TokenStream>),
    MaxAge(Ident, TokenStream),
    Crate(Given),
    Unknown(TokenStream),
}

impl Argument {
    fn read(tokens: TokenStream) -> Self {
        let read = |input: ParseStream<'_>| {
            if input.peek(Token![crate]) {
                return input.parse().map(Self::Crate);
            }
            let word: Ident = input.parse()?;
            if input.peek(syn::token::Paren) && word == "acr" {
                let list;
                parenthesized!(list in input);
                return Ok(Self::Acr(word, separated(list.parse()?)));
            }
            input.parse::<Token![=]>()?;
            let value: TokenStream = input.parse()?;
            match word.to_string().as_str() {
                "acr" => Ok(Self::Acr(word, vec![value])),
                "max_age_seconds" => Ok(Self::MaxAge(word, value)),
                _ => Err(input.error("unknown option")),
            }
        };
        read.parse2(tokens.clone()).unwrap_or(Self::Unknown(tokens))
    }
}

fn acr_values(
    word: &Ident,
    values: Vec<TokenStream>,
    diagnostics: &mut Diagnostics,
) -> Vec<LitStr> {
    if values.is_empty() {
        let message =
            "`acr()` names no class of authentication, so nobody could pass: write `acr = \"mfa\"`";
        diagnostics.report(word, message);
    }
    let mut read: Vec<LitStr> = Vec::new();
    for tokens in values {
        let literal = syn::parse2::<LitStr>(tokens.clone()).ok();
        let Some(literal) = literal.filter(|literal| literal.suffix().is_empty()) else {
            diagnostics.report(place(word, &tokens), not_text(&tokens));
            continue;
        };
        if let Some(mistake) = names::acr_mistake(&literal.value()) {
            diagnostics.report(&literal, mistake);
        } else if read
            .iter()
            .any(|earlier| earlier.value() == literal.value())
        {
            let message = format!(
                "{:?} is named twice: remove one of the two",
                literal.value()
            );
            diagnostics.report(&literal, message);
        } else {
            read.push(literal);
        }
    }
    read
}

/// What to say of a value of `acr` that is no string literal.
fn not_text(tokens: &TokenStream) -> String {
    if let Some(message) = stray_comma(tokens) {
        return message;
    }
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    match &trees[..] {
        [] => "`acr` lacks its value: write `acr = \"mfa\"`".to_owned(),
        [TokenTree::Group(list)] => {
            let list = readable(list.stream());
            format!("several values, one of which suffices, are written `acr({list})`")
        }
        [TokenTree::Ident(word)] if *word == word.to_string().to_lowercase() => {
            format!("a class of authentication is a string literal: write `\"{word}\"`")
        }
        _ => format!(
            "`{}` is no string literal: write the class of authentication itself, such as `\"mfa\"`",
            readable(tokens)
        ),
    }
}

fn seconds(word: &Ident, value: &TokenStream, diagnostics: &mut Diagnostics) -> Option<u64> {
    let literal = syn::parse2::<LitInt>(value.clone()).ok();
    let literal = literal.filter(|literal| literal.suffix().is_empty());
    match literal.and_then(|literal| literal.base10_parse::<u64>().ok()) {
        Some(0) => {
            let message = "every authentication is longer ago than 0 seconds, so nobody could pass: write \
                           `max_age_seconds = 300`";
            diagnostics.report(value, message);
            None
        }
        Some(seconds) => Some(seconds),
        None => {
            let message =
                "`max_age_seconds` takes a whole number of seconds: write `max_age_seconds = 300`";
            diagnostics.report(place(word, value), message);
            None
        }
    }
}

/// What to say of anything else.
fn unknown(asker: Asker, tokens: &TokenStream) -> String {
    if let Some(message) = stray_comma(tokens) {
        return message;
    }
    let called = asker.called();
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Literal(_)), None) => {
            let written = readable(tokens);
            let option = if syn::parse2::<LitStr>(tokens.clone()).is_ok() {
                "acr"
            } else {
                "max_age_seconds"
            };
            format!("{called} says what it asks for: write `{option} = {written}`")
        }
        (Some(TokenTree::Ident(word)), Some(_)) => option(asker, &word, tokens),
        _ => format!(
            "{called} takes `acr = \"mfa\"` and `max_age_seconds = 300`: write {}",
            asker.with("acr = \"mfa\"")
        ),
    }
}

fn option(asker: Asker, word: &Ident, tokens: &TokenStream) -> String {
    let called = asker.called();
    let word = word.to_string();
    let value: TokenStream = tokens.clone().into_iter().skip(2).collect();
    let value = readable(value.to_token_stream());
    match word.as_str() {
        "reason" => reason::ELSEWHERE.to_owned(),
        "max_age" | "max_auth_age" | "within" | "seconds" => format!(
            "{called} has no option `{word}`: write `max_age_seconds = {value}`, in seconds"
        ),
        "any" | "one_of" | "acr_values" | "acrs" => format!(
            "{called} has no `{word}`: several values, one of which suffices, are written \
             `acr(\"mfa\", \"phr\")`"
        ),
        "amr" | "loa" | "level" => format!(
            "{called} has no option `{word}`: the class of authentication is in the claim `acr`, write \
             `acr = \"mfa\"`"
        ),
        _ => match closest(&word, ["acr", "max_age_seconds", "crate"]) {
            Some(meant) if meant == word => {
                format!(
                    "`{}` is not how `{word}` is written: write {}",
                    readable(tokens),
                    example(meant)
                )
            }
            Some(meant) => format!("{called} has no option `{word}`: write {}", example(meant)),
            None => format!(
                "{called} has no option `{word}`, only `acr` and `max_age_seconds`: remove it"
            ),
        },
    }
}

fn example(option: &str) -> &'static str {
    match option {
        "acr" => "`acr = \"mfa\"`",
        "crate" => "`crate = some::path`, without quotes",
        _ => "`max_age_seconds = 300`",
    }
}
