//! Mistakes that show only when the words of a field, or the fields, are seen side by side.

use proc_macro2::Span;
use syn::ext::IdentExt;

use super::model::{At, Container, Field, Marker};
use super::path::ClaimPath;
use crate::diagnostics::Diagnostics;

pub(super) fn container(container: &Container<'_>, diagnostics: &mut Diagnostics) {
    for lifetime in container.input.generics.lifetimes() {
        diagnostics.report(
            lifetime,
            "claims are kept longer than the token they are read from, so they cannot borrow: \
             remove the lifetime, and write `Box<str>` or `String` in place of `&str`",
        );
    }
    for field in &container.fields {
        markers(field, diagnostics);
        places(field, diagnostics);
        subject(field, diagnostics);
        if field.flatten.is_some() {
            flattened(field, diagnostics);
        } else if field.deserialize.is_some() {
            deserialized(field, diagnostics);
        }
    }
    let subjects = container.fields.iter().filter_map(subject_span);
    for span in subjects.skip(1) {
        diagnostics.report_at(
            span,
            "a caller has one subject, and another field holds it already: remove `subject` from \
             one of them",
        );
    }
}

/// Where the word `subject` stands.
fn subject_span(field: &Field) -> Option<Span> {
    let subject = |marker: &&At<Marker>| marker.value == Marker::Subject;
    field.markers.iter().find(subject).map(|marker| marker.span)
}

/// One meaning, and no doubt about the claim.
fn markers(field: &Field, diagnostics: &mut Diagnostics) {
    let Some((first, rest)) = field.markers.split_first() else {
        return;
    };
    for marker in rest {
        let (first, other) = (first.value.word(), marker.value.word());
        let message = if first == other {
            format!("`{other}` stands here twice: remove one of the two")
        } else {
            format!(
                "a field is either `{first}` or `{other}`: write two fields with the same `path`"
            )
        };
        diagnostics.report_at(marker.span, message);
    }
    let name = field.name.unraw().to_string();
    let marker = first.value;
    if rest.is_empty() && field.paths.is_empty() && !marker.is_obvious_for(&name) {
        let (word, claim) = (marker.word(), marker.claim());
        diagnostics.report_at(
            first.span,
            format!(
                "`{word}` could mean the claim `{claim}` or, as the field is called, `{name}`: write \
                 `{word}, path = \"{claim}\"` or `{word}, path = \"{name}\"`"
            ),
        );
    }
}

/// `path` and `rename`.
fn places(field: &Field, diagnostics: &mut Diagnostics) {
    let renames = field.renames.len();
    if let Some(second) = field.renames.get(1) {
        let message = "`rename` stands here twice: for several claims, write `path` for each";
        diagnostics.report_at(*second, message);
    } else if let Some(rename) = field.renames.first()
        && field.paths.len() > renames
    {
        diagnostics.report_at(
            *rename,
            "`rename` and `path` both say where the claim is: write `path` for each place",
        );
    }
    for (i, path) in field.paths.iter().enumerate() {
        let mut earlier = field.paths.iter().take(i);
        let same = |earlier: &At<ClaimPath>| earlier.value.segments == path.value.segments;
        if !path.value.text.is_empty() && earlier.any(same) {
            let message = "this claim is named twice: remove one of the two";
            diagnostics.report_at(path.span, message);
        }
    }
}

/// Exactly one claim, which must be there.
fn subject(field: &Field, diagnostics: &mut Diagnostics) {
    let Some(span) = subject_span(field) else {
        return;
    };
    let mut refuse = |message: &str| diagnostics.report_at(span, message);
    if field.absent.is_some() {
        refuse("a token without a subject has no caller: remove `default`");
    }
    if field.forms.is_some() {
        refuse("a subject is one string: remove `forms(..)`");
    } else if field.paths.len() > 1 {
        refuse("a caller has one subject, in one claim: keep one `path`");
    }
}

/// A flattened struct says all by itself.
fn flattened(field: &Field, diagnostics: &mut Diagnostics) {
    let Some(span) = field.flatten else { return };
    let word = if let Some(marker) = field.marker() {
        marker.word()
    } else if !field.renames.is_empty() {
        "rename"
    } else if !field.paths.is_empty() {
        diagnostics.report_at(
            span,
            "`flatten` reads the fields of a struct from the same place as this struct's: remove \
             `path`, or remove `flatten` to read the struct from an object",
        );
        return;
    } else if field.forms.is_some() {
        "forms"
    } else if field.absent.is_some() {
        "default"
    } else if field.deserialize.is_some() {
        "deserialize"
    } else {
        return;
    };
    diagnostics.report_at(
        span,
        format!(
            "`flatten` takes over the fields of another struct, which say themselves where they are \
             and what they mean: remove `{word}`"
        ),
    );
}

/// What serde reads is one value in the forms that serde knows.
fn deserialized(field: &Field, diagnostics: &mut Diagnostics) {
    let Some(span) = field.deserialize else {
        return;
    };
    if field.forms.is_some() {
        diagnostics.report_at(
            span,
            "with `deserialize`, the field's type says which forms it reads: remove `forms(..)`",
        );
    } else if field.paths.len() > 1 {
        diagnostics.report_at(
            span,
            "with `deserialize`, a field reads one claim: keep one `path`",
        );
    }
}
