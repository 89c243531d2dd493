//! From the model to the implementations.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::model::{Kind, Names};

pub(super) fn implementations(kind: Kind, names: &Names, implied: &[Vec<usize>]) -> TokenStream {
    let private = names.root.private();
    let (ident, visibility) = (&names.ident, &names.visibility);
    let permission = format_ident!("{}", kind.derive());
    let marker = format_ident!("{}Name", kind.derive());
    let doc = format!("The name of this {}, as it stands in a token.", kind.noun());
    let variants: Vec<_> = names
        .variants
        .iter()
        .map(|variant| &variant.ident)
        .collect();
    let texts: Vec<_> = names.variants.iter().map(|variant| &variant.name).collect();
    // Values with fields cannot be made; their mistake is reported.
    let (all, from_name) = if names.plain {
        (
            quote!(&[#(Self::#variants),*]),
            quote!(match name {
                #(#texts => #private::Option::Some(Self::#variants),)*
                _ => #private::Option::None,
            }),
        )
    } else {
        (
            quote!(&[]),
            quote!({ let _ = name; #private::Option::None }),
        )
    };
    let implies = names
        .variants
        .iter()
        .zip(implied)
        .filter(|(_, of)| !of.is_empty());
    let implies = implies.map(|(variant, of)| {
        let name = &variant.name;
        let of = of.iter().filter_map(|position| texts.get(*position));
        quote!((#name, &[#(#of),*]))
    });
    quote! {
        #[automatically_derived]
        impl #ident {
            #[doc = #doc]
            #[allow(clippy::trivially_copy_pass_by_ref, unreachable_patterns)]
            #visibility const fn name(&self) -> &'static #private::str {
                match self {
                    #(Self::#variants { .. } => #texts,)*
                }
            }
        }

        #[automatically_derived]
        impl #private::TypedName for #ident {
            const PERMISSION: #private::Permission = #private::Permission::#permission;
            const ALL: &'static [Self] = #all;
            const IMPLIES: &'static [(&'static #private::str, &'static [&'static #private::str])] = &[#(#implies),*];

            fn name(&self) -> &'static #private::str {
                Self::name(self)
            }

            #[allow(unreachable_patterns)]
            fn from_name(name: &#private::str) -> #private::Option<Self> {
                #from_name
            }
        }

        #[automatically_derived]
        impl #private::#marker for #ident {}

        #[automatically_derived]
        impl #private::ClaimValue for #ident {
            const READ_ONCE: #private::bool = true;
            fn from_value(value: &#private::Value) -> #private::Result<Self, #private::ClaimError> {
                #private::named(value)
            }
        }

        #[automatically_derived]
        impl #private::GrantNames for #ident {
            fn for_each(&self, use_name: &mut dyn #private::FnMut(&#private::str)) {
                use_name(Self::name(self))
            }
        }

        #[automatically_derived]
        impl #private::AsRef<#private::str> for #ident {
            fn as_ref(&self) -> &#private::str {
                Self::name(self)
            }
        }

        #[automatically_derived]
        impl #private::From<#ident> for &'static #private::str {
            fn from(value: #ident) -> Self {
                #ident::name(&value)
            }
        }

        #[automatically_derived]
        impl #private::From<#ident> for #private::String {
            fn from(value: #ident) -> Self {
                <Self as #private::From<&#private::str>>::from(#ident::name(&value))
            }
        }
    }
}
