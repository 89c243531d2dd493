//! The function, and the attributes beside this one.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::model::Caller;
use crate::attribute::Function;
use crate::diagnostics::Diagnostics;
use crate::names;

/// Attributes that make a test of the function below them, or call it from one. All whose last word is `test`,
/// as in `#[tokio::test]`, do; `#[traced_test]` and the like do not.
const MAKERS: [&str; 7] = [
    "bench",
    "property_test",
    "proptest",
    "quickcheck",
    "test_case",
    "test_matrix",
    "wasm_bindgen_test",
];

/// Attributes that write a test for each case, and put the other attributes of the function on each. They
/// leave it to an attribute that ends in `test` how an async one runs.
const CARRIERS: [&str; 2] = ["rstest", "apply"];

/// This attribute in the form in which it goes along with the cases that an attribute below it writes.
pub(super) fn carried_along(
    caller: &Caller,
    arguments: &TokenStream,
    function: &Function,
) -> Option<TokenStream> {
    if !has_one_of(function, &CARRIERS) {
        return None;
    }
    let private = caller.root.private();
    let [module, test] = ["testing", "test"].map(names::word);
    Some(quote!(#[#private::#module::#test(#arguments)]))
}

/// Whether another attribute makes a test of the function.
pub(super) fn is_test(function: &Function) -> bool {
    has_one_of(function, &["test"])
        || has_one_of(function, &MAKERS)
        || has_one_of(function, &CARRIERS)
}

/// Whether `#[tokio::test]` or its like has already made the function a plain test, which runs a future.
pub(super) fn is_expanded(function: &Function) -> bool {
    function.attributes.iter().any(|attribute| {
        let path = attribute.path();
        let words: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        path.leading_colon.is_some() && words == ["core", "prelude", "v1", "test"]
    })
}

/// Refuses what cannot be a test.
pub(super) fn function(function: &Function, diagnostics: &mut Diagnostics) {
    let second = function.attributes.iter().find(|a| is_ours(a.path()));
    if let Some(second) = second {
        diagnostics.report(
            second,
            "a test runs as one caller: write one test for each, or enter another context inside by \
             `SecurityContext::test(..).scope(..)`",
        );
    }
    if let Some(receiver) = function.signature.receiver() {
        diagnostics.report(
            receiver,
            "a method cannot be a test: write a function outside of the `impl` block",
        );
    } else if !function.signature.inputs.is_empty() && !is_test(function) {
        diagnostics.report(
            &function.signature.inputs,
            "a test takes no arguments: remove them, or put `#[pico_auth::test]` beside the attribute \
             that gives them, such as `#[rstest]`",
        );
    }
}

fn has_one_of(function: &Function, names: &[&str]) -> bool {
    function.attributes.iter().any(|attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|last| names.iter().any(|name| last.ident == name))
    })
}

/// Whether the path is this attribute's, as far as it can be told.
fn is_ours(path: &Path) -> bool {
    let mut segments = path.segments.iter().rev().map(|segment| &segment.ident);
    segments.next().is_some_and(|last| last == "test")
        && segments
            .next()
            .is_some_and(|parent| parent == "pico_auth" || parent == "testing")
}
