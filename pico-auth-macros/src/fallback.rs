//! What is emitted beside a mistake: the user's item as it was written, so that editors keep
//! completing in it and nothing else that uses it is reported as missing.

use proc_macro2::TokenStream;

use crate::diagnostics::Diagnostics;

/// The item with `error` beside it. It does not compile, so nothing runs unprotected.
pub(crate) fn item(error: syn::Error, item: &TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(error);
    beside(diagnostics, item.clone())
}

/// `tokens` with the mistakes in front of them.
pub(crate) fn beside(diagnostics: Diagnostics, tokens: TokenStream) -> TokenStream {
    let mut output = diagnostics.into_tokens();
    output.extend(tokens);
    output
}
