//! `#[pico_auth::test(..)]`: a test function whose body runs as a caller.
//!
//! [`parse`] reads who the caller is, and the function. [`check`] looks at what the function is, and which
//! other attributes make a test of it. [`expand`] puts the body inside of the caller's context and adds the
//! standard `#[test]`, where nobody else does.

mod check;
mod expand;
mod model;
mod parse;

use proc_macro2::{Span, TokenStream};

use crate::diagnostics::Diagnostics;
use crate::fallback;

/// Expands the attribute.
pub(crate) fn test(arguments: &TokenStream, item: &TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let caller = parse::caller(arguments.clone(), Span::call_site(), &mut diagnostics);
    let function = match parse::function(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            diagnostics.push(error);
            return fallback::beside(diagnostics, item.clone());
        }
    };
    if let Some(attribute) = check::carried_along(&caller, arguments, &function)
        && diagnostics.is_empty()
    {
        return expand::behind_others(&attribute, function);
    }
    check::function(&function, &mut diagnostics);
    // With mistakes the same is emitted, so that they are the only ones the compiler reports.
    fallback::beside(diagnostics, expand::function(&caller, function))
}
