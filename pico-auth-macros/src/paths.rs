//! How generated code names `pico_auth`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Path, Token};

use crate::diagnostics::Diagnostics;

/// The name of the attribute that every rule attribute becomes, see [`crate::attribute`].
pub(crate) const RULE: &str = "__rule";
/// The name of the form that an attribute has behind those that only check types.
pub(crate) const CHECKED: &str = "__checked";
/// The name of the macro that does not compile, see [`crate::attribute`].
pub(crate) const UNRULED: &str = "unruled";
pub(crate) const PRIVATE: &str = "__private";

/// The root of `pico_auth`: `::pico_auth`, or what `crate = ..` says.
///
/// A crate that renames the dependency writes `extern crate its_name as pico_auth;` at its root, and
/// `::pico_auth` holds again.
#[derive(Clone, Default)]
pub(crate) struct Root(Option<Path>);

/// `crate = path` as it stands.
pub(crate) struct Given {
    pub(crate) word: Token![crate],
    pub(crate) path: Path,
}

impl Parse for Given {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let word = input.parse()?;
        input.parse::<Token![=]>()?;
        let path = Path::parse_mod_style(input)?;
        Ok(Self { word, path })
    }
}

impl Root {
    /// Takes the path that stands behind the word `crate`, once.
    pub(crate) fn give(&mut self, word: impl ToTokens, path: Path, diagnostics: &mut Diagnostics) {
        if self.0.is_some() {
            diagnostics.report(word, "`crate` is given twice: keep one of the two");
        } else {
            self.0 = Some(path);
        }
    }

    /// What the first says that says something.
    pub(crate) fn said<'a>(roots: impl IntoIterator<Item = &'a Self>) -> Self {
        let said = roots.into_iter().find(|root| root.0.is_some());
        said.cloned().unwrap_or_default()
    }

    /// The crate itself.
    pub(crate) fn path(&self) -> TokenStream {
        let given = self.0.as_ref().map(ToTokens::to_token_stream);
        given.unwrap_or_else(|| quote!(::pico_auth))
    }

    /// The module with everything that generated code names.
    pub(crate) fn private(&self) -> TokenStream {
        let root = self.path();
        let private = crate::names::word(PRIVATE);
        quote!(#root::#private)
    }
}

/// Whether `path` ends in `__private::__rule`, whatever the crate is called.
pub(crate) fn is_rule(path: &Path) -> bool {
    let mut segments = path.segments.iter().rev().map(|segment| &segment.ident);
    segments.next().is_some_and(|last| last == RULE)
        && segments.next().is_some_and(|parent| parent == PRIVATE)
}
