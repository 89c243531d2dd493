//! `#[derive(Role)]`, `#[derive(Group)]` and `#[derive(Scope)]`: one mechanism, from the enum to the
//! names of its variants and the roles they imply.

mod check;
mod expand;
mod model;
mod parse;
mod rename;

use proc_macro2::TokenStream;

use crate::diagnostics::Diagnostics;
use crate::fallback;

pub(crate) use model::Kind;

/// Expands the derive macro of `kind`.
pub(crate) fn derive(kind: Kind, item: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let Some(names) = parse::names(kind, item, &mut diagnostics) else {
        return diagnostics.into_tokens();
    };
    check::names(kind, &names, &mut diagnostics);
    let implied = check::hierarchy(&names, &mut diagnostics);
    // With mistakes the same is emitted, so that they are the only ones the compiler reports.
    fallback::beside(diagnostics, expand::implementations(kind, &names, &implied))
}
