//! `#[derive(Claims)]`: from a struct to the code that reads it out of a token.
//!
//! 1. [`parse`] reads the attributes, each word on its own, so that one mistake does not hide the next;
//! 2. [`check`] looks at the words of one field side by side, then at the fields;
//! 3. [`expand`] writes `FromClaims`, and `ClaimValue` so that the struct can be a field of another.
//!
//! After a mistake the implementations are written all the same, with nothing in them: otherwise
//! every use of the struct would be reported, too.

mod check;
mod expand;
mod model;
mod parse;
pub(crate) mod path;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::diagnostics::Diagnostics;
use crate::fallback;
use crate::paths::Root;

/// Expands the derive.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.into_compile_error(),
    };
    let mut diagnostics = Diagnostics::default();
    let Some(container) = parse::container(&input, &mut diagnostics) else {
        return fallback::beside(diagnostics, expand::nothing(&input, &Root::default()));
    };
    check::container(&container, &mut diagnostics);
    let expanded = if diagnostics.is_empty() {
        expand::container(&container)
    } else {
        expand::nothing(&input, &container.root)
    };
    fallback::beside(diagnostics, expanded)
}
