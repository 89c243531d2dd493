//! The attribute macros of `pico-auth`.

use proc_macro::TokenStream;

/// The final form of every rule attribute.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn __rule(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    item
}
