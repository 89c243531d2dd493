//! The struct and its `#[claim(..)]` and `#[claims(..)]` attributes.

mod arguments;
mod words;

use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Fields, Meta, Token};

use super::model::{Container, Field};
use crate::diagnostics::Diagnostics;
use crate::paths::Root;
use arguments::Argument;

/// Reads the struct. `None` where it can be none.
pub(super) fn container<'a>(
    input: &'a DeriveInput,
    diagnostics: &mut Diagnostics,
) -> Option<Container<'a>> {
    let mut container = Container {
        input,
        fields: Vec::new(),
        validate: None,
        root: Root::default(),
    };
    for argument in arguments(&input.attrs, "claims", "claim", diagnostics) {
        words::of_struct(&argument, &mut container, diagnostics);
    }
    for field in named_fields(input, diagnostics)? {
        // A named field has a name.
        let name = field.ident.clone()?;
        let mut read = Field {
            name,
            ty: field.ty.clone(),
            markers: Vec::new(),
            paths: Vec::new(),
            renames: Vec::new(),
            forms: None,
            absent: None,
            flatten: None,
            deserialize: None,
            validate: None,
        };
        for argument in arguments(&field.attrs, "claim", "claims", diagnostics) {
            words::of_field(&argument, &mut read, diagnostics);
        }
        container.fields.push(read);
    }
    Some(container)
}

/// Refuses everything that is not a struct with named fields.
fn named_fields<'a>(
    input: &'a DeriveInput,
    diagnostics: &mut Diagnostics,
) -> Option<&'a Punctuated<syn::Field, Token![,]>> {
    let (span, what, fix) = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(&fields.named),
            Fields::Unnamed(fields) => (
                fields.span(),
                "fields without names",
                "name each field after its claim",
            ),
            Fields::Unit => (
                input.ident.span(),
                "no fields",
                "add a field for each claim, in braces",
            ),
        },
        Data::Enum(data) => (
            data.enum_token.span(),
            "variants in place of fields",
            "derive `Claims` on a struct and use the enum as the type of a field, with \
             `#[claim(deserialize)]`",
        ),
        Data::Union(data) => (
            data.union_token.span(),
            "fields that exclude each other",
            "derive `Claims` on a struct",
        ),
    };
    let name = input.ident.unraw();
    diagnostics.report_at(
        span,
        format!("claims are read by name, and `{name}` has {what}: {fix}"),
    );
    None
}

/// The arguments of all attributes called `name`.
fn arguments(
    attributes: &[Attribute],
    name: &str,
    other: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<Argument> {
    let (here, there) = if name == "claim" {
        ("a field", "a struct")
    } else {
        ("a struct", "a field")
    };
    let mut arguments = Vec::new();
    for attribute in attributes {
        if attribute.path().is_ident(other) {
            diagnostics.report(
                attribute.path(),
                format!("`#[{other}(..)]` is for {there}: on {here}, write `#[{name}(..)]`"),
            );
        } else if attribute.path().is_ident(name) {
            match &attribute.meta {
                Meta::List(list) if !list.tokens.is_empty() => {
                    arguments.extend(arguments::read(list.tokens.clone(), diagnostics));
                }
                meta => diagnostics.report(
                    meta,
                    format!(
                        "`#[{name}]` says nothing without words in parentheses: write for example \
                         `#[{name}({})]`, or remove it",
                        if name == "claim" {
                            "roles"
                        } else {
                            "validate = check"
                        }
                    ),
                ),
            }
        }
    }
    arguments
}
