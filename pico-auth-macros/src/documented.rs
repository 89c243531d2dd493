//! The name of what `#[utoipa::path]` writes beside a function: `users::__path_list` for `users::list`.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Path, PathArguments};

pub(crate) fn path_of(path: TokenStream) -> TokenStream {
    let mut path = match syn::parse2::<Path>(path) {
        Ok(path) => path,
        Err(error) => return error.into_compile_error(),
    };
    if let Some(function) = path.segments.last_mut() {
        let name = format!("__path_{}", function.ident.unraw());
        function.ident = Ident::new(&name, function.ident.span());
        function.arguments = PathArguments::None;
    }
    path.into_token_stream()
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::path_of;

    #[test]
    fn the_type_stands_beside_the_function() {
        for (path, expected) in [
            (quote!(list), quote!(__path_list)),
            (
                quote!(crate::users::list),
                quote!(crate::users::__path_list),
            ),
            (quote!(users::list::<u8>), quote!(users::__path_list)),
            (quote!(r#type), quote!(__path_type)),
        ] {
            assert_eq!(path_of(path).to_string(), expected.to_string());
        }
    }

    #[test]
    fn what_is_no_path_is_an_error() {
        assert!(path_of(quote!(1 + 1)).to_string().contains("compile_error"));
        assert!(path_of(quote!()).to_string().contains("compile_error"));
    }
}
