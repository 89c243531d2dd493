//! From the enum to the [model](super::model).

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Data, DeriveInput, Fields, LitStr, Meta, Path, Token, parenthesized};

use super::model::{Kind, Names, Variant};
use super::rename::RenameRule;
use crate::attribute::separated;
use crate::diagnostics::{Diagnostics, closest, readable};
use crate::paths::{Given, Root};

/// Reads the item. None where it is no enum that could have names.
pub(super) fn names(kind: Kind, item: TokenStream, diagnostics: &mut Diagnostics) -> Option<Names> {
    let (derive, noun) = (kind.derive(), kind.noun());
    let input = match syn::parse2::<DeriveInput>(item) {
        Ok(input) => input,
        Err(error) => {
            diagnostics.push(error);
            return None;
        }
    };
    let word = match &input.data {
        Data::Enum(_) => None,
        Data::Struct(data) => Some(data.struct_token.to_token_stream()),
        Data::Union(data) => Some(data.union_token.to_token_stream()),
    };
    if let Some(word) = word {
        let message = format!(
            "`{derive}` is derived for an enum with one variant for each {noun}, and this is a \
             `{word}`: write `enum {}`",
            input.ident
        );
        diagnostics.report(word, message);
    }
    if !input.generics.params.is_empty() {
        diagnostics.report(
            &input.generics,
            "names are constants and cannot depend on a generic parameter: remove it",
        );
        return None;
    }
    let Data::Enum(data) = input.data else {
        return None;
    };
    if data.variants.is_empty() {
        diagnostics.report(
            &input.ident,
            format!("this enum names no {noun}: write a variant for each {noun}"),
        );
        return None;
    }
    let mut top = OfEnum::default();
    for options in options(kind, &input.attrs, diagnostics) {
        top.read(kind, &options, diagnostics);
    }
    if top.rename_all.is_none() {
        refuse_serde(kind, &input.attrs, diagnostics);
    }
    let mut plain = true;
    let variants = data.variants.into_iter().map(|variant| {
        if !matches!(variant.fields, Fields::Unit) {
            plain = false;
            diagnostics.report(
                &variant.fields,
                format!(
                    "the name of a {noun} cannot depend on a value: write `{}` without fields",
                    variant.ident
                ),
            );
        }
        let mut own = OfVariant::default();
        for options in options(kind, &variant.attrs, diagnostics) {
            own.read(kind, &options, diagnostics);
        }
        if own.rename.is_none() {
            refuse_serde(kind, &variant.attrs, diagnostics);
        }
        let text = variant.ident.unraw().to_string();
        let derived = || {
            top.rename_all
                .map_or(text.clone(), |rule| rule.apply(&text))
        };
        let (name, place) = own.rename.map_or_else(
            || (derived(), variant.ident.span()),
            |literal| (literal.value(), literal.span()),
        );
        Variant {
            ident: variant.ident,
            name,
            place,
            implies: own.implies,
        }
    });
    let variants = variants.collect();
    Some(Names {
        visibility: input.vis,
        ident: input.ident,
        variants,
        root: top.root,
        plain,
    })
}

/// Refuses names that are only given to serde: rules and tokens would use other ones, and deny for ever.
fn refuse_serde(kind: Kind, attributes: &[Attribute], diagnostics: &mut Diagnostics) {
    let noun = kind.noun();
    for attribute in attributes.iter().filter(|a| a.path().is_ident("serde")) {
        let Meta::List(list) = &attribute.meta else {
            continue;
        };
        for option in separated(list.tokens.clone()) {
            let word = option
                .clone()
                .into_iter()
                .next()
                .map(|word| word.to_string());
            if matches!(word.as_deref(), Some("rename" | "rename_all")) {
                let written = readable(&option);
                diagnostics.report(
                    option,
                    format!(
                        "serde's attribute does not name a {noun}: write `#[{noun}({written})]`, too"
                    ),
                );
            }
        }
    }
}

/// The options in the helper attributes `#[role(..)]`, one by one.
fn options(
    kind: Kind,
    attributes: &[Attribute],
    diagnostics: &mut Diagnostics,
) -> Vec<TokenStream> {
    let noun = kind.noun();
    let mut options = Vec::new();
    for attribute in attributes.iter().filter(|a| a.path().is_ident(noun)) {
        match &attribute.meta {
            Meta::List(list) if !list.tokens.is_empty() => {
                options.extend(separated(list.tokens.clone()));
            }
            _ => diagnostics.report(
                attribute,
                format!(
                    "`#[{noun}(..)]` says nothing here: remove it, or write what it should say"
                ),
            ),
        }
    }
    options
}

/// One option as it stands.
enum Written {
    Text(Ident, LitStr),
    List(Ident, TokenStream),
    Crate(Given),
    Unknown(Option<Ident>),
}

fn written(tokens: &TokenStream) -> Written {
    let read = |input: ParseStream<'_>| {
        if input.peek(Token![crate]) {
            return input.parse().map(Written::Crate);
        }
        let word: Ident = input.parse()?;
        if input.peek(syn::token::Paren) {
            let list;
            parenthesized!(list in input);
            return Ok(Written::List(word, list.parse()?));
        }
        input.parse::<Token![=]>()?;
        let text: LitStr = input.parse()?;
        if !text.suffix().is_empty() {
            return Err(input.error("suffix"));
        }
        Ok(Written::Text(word, text))
    };
    read.parse2(tokens.clone()).unwrap_or_else(|_| {
        let word = match tokens.clone().into_iter().next() {
            Some(proc_macro2::TokenTree::Ident(word)) => Some(word),
            _ => None,
        };
        Written::Unknown(word)
    })
}

#[derive(Default)]
struct OfEnum {
    rename_all: Option<RenameRule>,
    root: Root,
}

impl OfEnum {
    fn read(&mut self, kind: Kind, option: &TokenStream, diagnostics: &mut Diagnostics) {
        let noun = kind.noun();
        match written(option) {
            Written::Crate(given) => self.root.give(given.word, given.path, diagnostics),
            Written::Text(word, text) if word == "rename_all" => {
                if self.rename_all.is_some() {
                    twice(&word, diagnostics);
                }
                self.rename_all = RenameRule::from_word(&text.value());
                if self.rename_all.is_none() {
                    diagnostics.report(&text, unknown_rule(&text.value()));
                }
            }
            Written::Text(word, _) | Written::List(word, _) | Written::Unknown(Some(word))
                if is_one_of(&word, ["rename", "implies"]) =>
            {
                diagnostics.report(
                    option,
                    format!(
                        "`{word}` speaks of one {noun}: put `#[{noun}({})]` above its variant",
                        readable(option)
                    ),
                );
            }
            Written::Text(word, _) | Written::List(word, _) | Written::Unknown(Some(word)) => {
                let message = match word.to_string().as_str() {
                    "rename_all" => "write `rename_all = \"kebab-case\"`, or another case of \
                                     serde, in quotes"
                        .to_owned(),
                    "crate" => "the path to pico-auth is given as a path without quotes: \
                                `crate = some::path`"
                        .to_owned(),
                    written => unknown_word(noun, written, &["rename_all", "crate"], "the enum"),
                };
                diagnostics.report(option, message);
            }
            Written::Unknown(None) => diagnostics.report(option, not_an_option(noun)),
        }
    }
}

#[derive(Default)]
struct OfVariant {
    rename: Option<LitStr>,
    implies: Vec<Ident>,
}

impl OfVariant {
    fn read(&mut self, kind: Kind, option: &TokenStream, diagnostics: &mut Diagnostics) {
        let noun = kind.noun();
        match written(option) {
            Written::Text(word, text) if word == "rename" => {
                if self.rename.is_some() {
                    twice(&word, diagnostics);
                }
                self.rename = Some(text);
            }
            Written::List(word, _) | Written::Text(word, _) | Written::Unknown(Some(word))
                if word == "implies" && kind != Kind::Role =>
            {
                diagnostics.report(
                    word,
                    format!(
                        "only roles imply others, a {noun} grants itself alone: remove `implies`"
                    ),
                );
            }
            Written::List(word, list) if word == "implies" => {
                if list.is_empty() {
                    diagnostics.report(&word, "`implies()` names no role: name one, or remove it");
                }
                for role in separated(list) {
                    self.imply(&role, diagnostics);
                }
            }
            Written::Crate(_) => diagnostics.report(
                option,
                format!(
                    "`crate = ..` belongs above the enum: `#[{noun}({})]`",
                    readable(option)
                ),
            ),
            Written::Text(word, _) if word == "rename_all" => diagnostics.report(
                option,
                format!(
                    "`rename_all` speaks of all variants: put `#[{noun}({})]` above the enum",
                    readable(option)
                ),
            ),
            Written::Text(word, _) | Written::List(word, _) | Written::Unknown(Some(word)) => {
                let words: &[&str] = match kind {
                    Kind::Role => &["rename", "implies"],
                    Kind::Group | Kind::Scope => &["rename"],
                };
                let message = match word.to_string().as_str() {
                    "rename" => {
                        format!("write the name as a string literal: `rename = \"some-{noun}\"`")
                    }
                    "implies" => "write the implied roles in parentheses, by their variants: \
                                  `implies(Editor, Viewer)`"
                        .to_owned(),
                    written => unknown_word(noun, written, words, "a variant"),
                };
                diagnostics.report(option, message);
            }
            Written::Unknown(None) => diagnostics.report(option, not_an_option(noun)),
        }
    }

    fn imply(&mut self, role: &TokenStream, diagnostics: &mut Diagnostics) {
        let Ok(variant) = syn::parse2::<Ident>(role.clone()) else {
            let message = match syn::parse2::<Path>(role.clone()) {
                Ok(path) => {
                    let last = path.segments.last().map(|last| last.ident.to_string());
                    let last = last.unwrap_or_default();
                    format!("roles of this enum are meant: write `{last}` without its path")
                }
                Err(_) => {
                    "a role is implied by its variant, without quotes: `implies(Viewer)`".to_owned()
                }
            };
            diagnostics.report(role, message);
            return;
        };
        if self.implies.contains(&variant) {
            let message = format!("`{variant}` is implied twice: remove one of the two");
            diagnostics.report(&variant, message);
            return;
        }
        self.implies.push(variant);
    }
}

fn is_one_of<const N: usize>(word: &Ident, words: [&str; N]) -> bool {
    words.iter().any(|known| word == known)
}

fn twice(word: &Ident, diagnostics: &mut Diagnostics) {
    diagnostics.report(
        word,
        format!("`{word}` is given twice: remove one of the two"),
    );
}

fn not_an_option(noun: &str) -> String {
    format!("`#[{noun}(..)]` takes options, such as `rename = \"..\"` above a variant")
}

fn unknown_word(noun: &str, written: &str, known: &[&str], place: &str) -> String {
    let meant = closest(written, known.iter().copied());
    let suggestion = meant.map_or_else(
        || {
            let known: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
            format!("above {place} stands {}", known.join(" or "))
        },
        |meant| format!("write `{meant}`"),
    );
    format!("`#[{noun}(..)]` knows no `{written}`: {suggestion}")
}

fn unknown_rule(written: &str) -> String {
    let words = RenameRule::WORDS.map(|(word, _)| word);
    if let Some(meant) = closest(written, words) {
        return format!("there is no case {written:?}: write {meant:?}");
    }
    let words = words.map(|word| format!("{word:?}"));
    format!(
        "there is no case {written:?}: write one of {}",
        words.join(", ")
    )
}
