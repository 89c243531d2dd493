//! What each word means.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Ident, LitStr};

use super::arguments::{self, Argument, Value};
use crate::claims::model::{Absent, At, Container, Field, Forms, Marker};
use crate::claims::path::ClaimPath;
use crate::diagnostics::{Diagnostics, closest};

const OF_FIELD: [&str; 11] = [
    "subject",
    "roles",
    "groups",
    "scopes",
    "path",
    "rename",
    "default",
    "forms",
    "flatten",
    "deserialize",
    "validate",
];
const OF_STRUCT: [&str; 2] = ["validate", "crate"];
const FORMS: [&str; 3] = ["array", "string", "space_separated"];

/// Words of other libraries, and what they are here.
const ELSEWHERE: [(&str, &str); 9] = [
    ("sub", "subject"),
    ("name", "rename"),
    ("alias", "path"),
    ("at", "path"),
    ("with", "deserialize"),
    ("serde", "deserialize"),
    ("deserialize_with", "deserialize"),
    ("optional", "default"),
    ("check", "validate"),
];

/// Takes one word of `#[claims(..)]`.
pub(super) fn of_struct(
    argument: &Argument,
    container: &mut Container<'_>,
    diagnostics: &mut Diagnostics,
) {
    match argument.name().as_str() {
        "validate" => match argument.function("check") {
            Ok(path) => once(&mut container.validate, path, argument, diagnostics),
            Err(error) => diagnostics.push(error),
        },
        "crate" => match argument.path() {
            Some(path) => container.root.give(&argument.word, path, diagnostics),
            None => diagnostics.report_at(
                argument.span(),
                "`crate` needs the path of pico-auth, without quotes: write `crate = its_name`",
            ),
        },
        word => {
            let fix = if OF_FIELD.contains(&word) {
                format!("write `#[claim({word})]` on the field that it is about")
            } else {
                known(word, &OF_STRUCT)
            };
            diagnostics.report_at(
                argument.span(),
                format!("`#[claims]` knows no `{word}`: {fix}"),
            );
        }
    }
}

/// Takes one word of `#[claim(..)]`.
pub(super) fn of_field(argument: &Argument, field: &mut Field, diagnostics: &mut Diagnostics) {
    let word = argument.name();
    let span = argument.span();
    if let Some(value) = Marker::from_word(&word) {
        argument.alone(diagnostics);
        if !matches!(argument.value, Value::Nothing) {
            unknown_path(span, field);
        }
        field.markers.push(At { span, value });
        return;
    }
    match word.as_str() {
        "path" => match argument.string("\"realm_access.roles\"") {
            Ok(literal) => path(&literal, field, diagnostics),
            Err(error) => diagnostics.push(error),
        },
        "rename" => match argument.string("\"my_claim\"") {
            Ok(literal) => rename(&literal, span, field, diagnostics),
            Err(error) => diagnostics.push(error),
        },
        "default" => match default(argument) {
            Ok(absent) => once(&mut field.absent, absent, argument, diagnostics),
            Err(error) => diagnostics.push(error),
        },
        "forms" => {
            let value = forms(argument, diagnostics);
            once(&mut field.forms, At { span, value }, argument, diagnostics);
        }
        "flatten" => {
            argument.alone(diagnostics);
            once(&mut field.flatten, span, argument, diagnostics);
        }
        "deserialize" => {
            argument.alone(diagnostics);
            once(&mut field.deserialize, span, argument, diagnostics);
        }
        "validate" => match argument.function("check") {
            Ok(path) => once(&mut field.validate, path, argument, diagnostics),
            Err(error) => diagnostics.push(error),
        },
        "form" => diagnostics.report_at(span, one_form(argument)),
        "crate" => diagnostics.report_at(
            span,
            "`crate` is about the whole struct: write `#[claims(crate = ..)]` above it",
        ),
        word => diagnostics.report_at(
            span,
            format!("`#[claim]` knows no `{word}`: {}", known(word, &OF_FIELD)),
        ),
    }
}

fn path(literal: &LitStr, field: &mut Field, diagnostics: &mut Diagnostics) {
    match ClaimPath::parse(&literal.value()) {
        Ok(value) => field.paths.push(At {
            span: literal.span(),
            value,
        }),
        Err(mistake) => {
            diagnostics.report(literal, mistake);
            unknown_path(literal.span(), field);
        }
    }
}

/// A path was meant, and the mistake in it was reported: nothing else about it would be true.
fn unknown_path(span: Span, field: &mut Field) {
    let value = ClaimPath::claim("");
    field.paths.push(At { span, value });
}

fn rename(literal: &LitStr, span: Span, field: &mut Field, diagnostics: &mut Diagnostics) {
    if literal.value().is_empty() {
        diagnostics.report(literal, "no claim has an empty name: write the name");
    }
    field.renames.push(span);
    field.paths.push(At {
        span: literal.span(),
        value: ClaimPath::claim(&literal.value()),
    });
}

fn default(argument: &Argument) -> syn::Result<Absent> {
    match argument.value {
        Value::Nothing => Ok(Absent::Default),
        _ => argument.function("no_roles").map(Absent::Function),
    }
}

fn forms(argument: &Argument, diagnostics: &mut Diagnostics) -> Forms {
    let mut forms = Forms::default();
    let Value::List(list) = &argument.value else {
        let message = "`forms` is a list: write for example `forms(string, array)`";
        diagnostics.report_at(argument.span(), message);
        return forms;
    };
    if list.is_empty() {
        let message = "no form at all would refuse every token: write for example `forms(array)`";
        diagnostics.report_at(argument.span(), message);
    }
    for form in arguments::read(list.clone(), diagnostics) {
        form.alone(diagnostics);
        let name = form.name();
        let chosen = match name.as_str() {
            "array" => &mut forms.array,
            "string" => &mut forms.string,
            "space_separated" => &mut forms.space_separated,
            _ => {
                let message = format!("`forms` knows no `{name}`: {}", known(&name, &FORMS));
                diagnostics.report_at(form.span(), message);
                continue;
            }
        };
        if std::mem::replace(chosen, true) {
            twice(&form.word, diagnostics);
        }
    }
    if forms.string && forms.space_separated {
        diagnostics.report_at(
            argument.span(),
            "a string is either one name or several between spaces: write `string` or \
             `space_separated`, not both",
        );
    }
    forms
}

/// `form = "array"`, as one might write it.
fn one_form(argument: &Argument) -> String {
    let written = match &argument.value {
        Value::Is(tokens) | Value::List(tokens) => tokens.to_string().replace('"', ""),
        Value::Nothing => "array".to_owned(),
    };
    format!("`#[claim]` knows no `form`: write `forms({written})`")
}

/// The near miss, or all words.
fn known(word: &str, words: &[&'static str]) -> String {
    let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == word);
    let elsewhere = elsewhere
        .map(|(_, here)| *here)
        .filter(|here| words.contains(here));
    if let Some(meant) = elsewhere.or_else(|| closest(word, words.iter().copied())) {
        return format!("write `{meant}`");
    }
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    format!("it knows {}", words.join(", "))
}

fn once<T>(slot: &mut Option<T>, value: T, argument: &Argument, diagnostics: &mut Diagnostics) {
    if slot.replace(value).is_some() {
        twice(&argument.word, diagnostics);
    }
}

fn twice(word: &Ident, diagnostics: &mut Diagnostics) {
    let message = format!("`{word}` stands here twice: remove one of the two");
    diagnostics.report(word.to_token_stream(), message);
}
