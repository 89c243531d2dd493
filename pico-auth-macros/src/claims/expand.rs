//! From the model to the implementations.

mod bounds;
mod field;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::DeriveInput;
use syn::ext::IdentExt;

use super::model::{Absent, Container, Field};
use crate::names;
use crate::paths::Root;

pub(super) fn container(container: &Container<'_>) -> TokenStream {
    let private = container.root.private();
    let raw = names::variable("claims");
    let named = named(container, &private);
    let fields = container.fields.iter().map(|field| {
        let (variable, ty) = (variable(field), &field.ty);
        let value = field::value(field, &raw, &private);
        let checks = field::checks(field, &private);
        quote!(let #variable: #ty = #value; #checks)
    });
    let members = container.fields.iter().map(|field| {
        let (name, variable) = (&field.name, variable(field));
        quote!(#name: #variable)
    });
    let whole = names::variable("whole");
    let check = container
        .validate
        .as_ref()
        .map(|function| field::validated(function, &whole, "", &private));
    let grants = grants(container, &private);
    let read_once = read_once(container, &private);
    let body = quote! {
        const NAMED: #private::Named = #named;
        const READ_ONCE: #private::bool = #read_once;
        fn from_claims(
            #raw: &#private::RawClaims,
        ) -> #private::Result<Self, #private::ClaimError> {
            #(#fields)*
            let #whole = Self { #(#members),* };
            #check
            #private::Result::Ok(#whole)
        }
        fn grants(&self) -> #private::Grants {
            #grants
        }
    };
    let bounds = bounds::of(&container.fields, &container.input.generics, &private);
    implementations(container.input, &private, &bounds, &body)
}

/// Implementations that are never run: a mistake has been reported.
pub(super) fn nothing(input: &DeriveInput, root: &Root) -> TokenStream {
    let private = root.private();
    let body = quote! {
        fn from_claims(
            _: &#private::RawClaims,
        ) -> #private::Result<Self, #private::ClaimError> {
            #private::declared()
        }
    };
    implementations(input, &private, &[], &body)
}

fn implementations(
    input: &DeriveInput,
    private: &TokenStream,
    bounds: &[TokenStream],
    body: &TokenStream,
) -> TokenStream {
    let name = &input.ident;
    let (generics, arguments, conditions) = input.generics.split_for_impl();
    let given = conditions.map(|conditions| conditions.predicates.iter());
    let given: Vec<_> = given
        .into_iter()
        .flatten()
        .map(ToTokens::to_token_stream)
        .collect();
    let lasting = (!input.generics.params.is_empty())
        .then(|| quote!(Self: #private::Send + #private::Sync + 'static,));
    let conditions = quote!(where #(#given,)* #(#bounds,)* #lasting);
    let value = names::variable("value");
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #generics #private::FromClaims for #name #arguments #conditions {
            #body
        }
        #[automatically_derived]
        impl #generics #private::ClaimValue for #name #arguments #conditions {
            const READ_ONCE: #private::bool = <Self as #private::FromClaims>::READ_ONCE;
            const GRANTS: #private::bool = #private::field::grants(<Self as #private::FromClaims>::NAMED);
            fn from_value(
                #value: &#private::Value,
            ) -> #private::Result<Self, #private::ClaimError> {
                #private::field::object(#value)
            }
        }
    }
}

fn variable(field: &Field) -> Ident {
    names::variable(&format!("field_{}", field.name.unraw()))
}

/// What the struct decides, as a constant.
fn named(container: &Container<'_>, private: &TokenStream) -> TokenStream {
    let mut named = quote!(#private::Named::NOTHING);
    for field in &container.fields {
        if field.flatten.is_some() {
            let ty = &field.ty;
            let flattened = quote!(<#ty as #private::FromClaims>::NAMED);
            named = quote!(#private::field::beside(#named, #flattened));
        } else if let Some(marker) = field.marker() {
            let word = names::word(marker.word());
            named.extend(quote!(.#word()));
        }
    }
    named
}

/// Whether no function of the user takes part, which could say something else each time.
fn read_once(container: &Container<'_>, private: &TokenStream) -> TokenStream {
    let asks = |field: &Field| {
        let computed = matches!(field.absent, Some(Absent::Function(_)));
        computed || field.deserialize.is_some() || field.validate.is_some()
    };
    if container.validate.is_some() || container.fields.iter().any(asks) {
        return quote!(false);
    }
    let fields = container.fields.iter().map(|field| {
        let ty = &field.ty;
        if field.flatten.is_some() {
            quote!(<#ty as #private::FromClaims>::READ_ONCE)
        } else {
            quote!(<#ty as #private::ClaimValue>::READ_ONCE)
        }
    });
    quote!(true #(&& #fields)*)
}

/// What the struct grants. What stands in the struct itself comes last: its subject wins.
fn grants(container: &Container<'_>, private: &TokenStream) -> TokenStream {
    let mut grants = quote!(#private::Grants::new());
    for field in container
        .fields
        .iter()
        .filter(|field| field.flatten.is_some())
    {
        let (name, ty) = (&field.name, &field.ty);
        grants.extend(quote!(.and(<#ty as #private::FromClaims>::grants(&self.#name))));
    }
    for field in &container.fields {
        if let Some(marker) = field.marker() {
            let (name, ty, word) = (&field.name, &field.ty, names::word(marker.word()));
            grants.extend(quote!(.#word::<#ty>(&self.#name)));
        }
    }
    grants
}
