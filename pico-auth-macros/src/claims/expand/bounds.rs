//! What a generic struct asks of its type parameters, so that its fields can be read.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Generics, Type};

use crate::claims::model::{Absent, Field, Marker};

/// The predicates of the `where` clause, in the order of the fields.
pub(super) fn of(fields: &[Field], generics: &Generics, private: &TokenStream) -> Vec<TokenStream> {
    let mut bounds = Vec::new();
    for parameter in generics.type_params().map(|parameter| &parameter.ident) {
        for field in fields
            .iter()
            .filter(|field| mentions(field.ty.to_token_stream(), parameter))
        {
            let needed = needed(field, is(&field.ty, parameter), private);
            bounds.extend(needed.into_iter().map(|needed| quote!(#parameter: #needed)));
        }
    }
    bounds
}

/// What `field` needs of a parameter in its type. `alone`: the parameter is the type.
fn needed(field: &Field, alone: bool, private: &TokenStream) -> Vec<TokenStream> {
    let mut needed = vec![if field.flatten.is_some() && alone {
        quote!(#private::FromClaims)
    } else if field.deserialize.is_some() {
        quote!(#private::DeserializeOwned)
    } else if super::field::forms(field).is_some() && alone {
        quote!(#private::ClaimList)
    } else {
        quote!(#private::ClaimValue)
    }];
    match field.marker() {
        Some(Marker::Subject) => needed.push(quote!(#private::AsRef<#private::str>)),
        Some(_) => needed.push(quote!(#private::GrantNames)),
        None => {}
    }
    if alone && matches!(field.absent, Some(Absent::Default)) {
        needed.push(quote!(#private::Default));
    }
    needed
}

fn is(ty: &Type, parameter: &Ident) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident(parameter))
}

fn mentions(tokens: TokenStream, parameter: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *parameter,
        TokenTree::Group(group) => mentions(group.stream(), parameter),
        _ => false,
    })
}
