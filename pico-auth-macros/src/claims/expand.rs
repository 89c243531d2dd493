//! From the model to the implementations.

mod bounds;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::DeriveInput;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::model::{Absent, Container, Field, Forms, Marker};
use super::path::ClaimPath;
use crate::names;
use crate::paths::Root;

pub(super) fn container(container: &Container<'_>) -> TokenStream {
    let private = container.root.private();
    let raw = names::variable("claims");
    let named = named(container, &private);
    let fields = container.fields.iter().map(|field| {
        let (variable, ty) = (variable(field), &field.ty);
        let value = value(field, &raw, &private);
        let checks = checks(field, &private);
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
        .map(|function| validated(function, &whole, "", &private));
    let grants = grants(container, &private);
    let body = quote! {
        const NAMED: #private::Named = #named;
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
            named.extend(quote!(.or(<#ty as #private::FromClaims>::NAMED)));
        } else if let Some(marker) = field.marker() {
            let word = names::word(marker.word());
            named.extend(quote!(.#word()));
        }
    }
    named
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

/// The expression that reads a field.
fn value(field: &Field, raw: &Ident, private: &TokenStream) -> TokenStream {
    let ty = &field.ty;
    if field.flatten.is_some() {
        return quote!(<#ty as #private::FromClaims>::from_claims(#raw)?);
    }
    let sources = sources(field);
    let name = joined(&sources);
    let sources: Vec<_> = sources
        .iter()
        .map(|source| literal(source, private))
        .collect();
    let absent = field.absent.as_ref().map(|absent| {
        let function = match absent {
            Absent::Default => quote!(<#ty as #private::Default>::default),
            Absent::Function(function) => function.to_token_stream(),
        };
        let default = names::variable("default");
        quote! {
            || {
                let #default: fn() -> #ty = #function;
                #private::Option::Some(#default())
            }
        }
    });
    if let Some(forms) = forms(field) {
        let Forms {
            array,
            string,
            space_separated,
        } = forms;
        let forms = quote! {
            #private::field::Forms {
                array: #array, string: #string, space_separated: #space_separated,
            }
        };
        return match absent {
            None => quote!(#private::field::list::<#ty>(#raw, #name, &[#(#sources),*], #forms)?),
            Some(absent) => quote! {
                #private::field::list_or::<#ty>(#raw, #name, &[#(#sources),*], #forms, #absent)?
            },
        };
    }
    match (field.deserialize, absent) {
        (Some(_), absent) => {
            let absent = absent.unwrap_or_else(|| quote!(|| #private::Option::None));
            quote!(#private::field::deserialized_or::<#ty>(#raw, #(&#sources,)* #absent)?)
        }
        (None, None) => quote!(#private::field::value::<#ty>(#raw, #(&#sources),*)?),
        (None, Some(absent)) => {
            quote!(#private::field::value_or::<#ty>(#raw, #(&#sources,)* #absent)?)
        }
    }
}

/// The checks behind the reading of a field.
fn checks(field: &Field, private: &TokenStream) -> TokenStream {
    let (variable, ty, name) = (variable(field), &field.ty, joined(&sources(field)));
    let subject = (field.marker() == Some(Marker::Subject))
        .then(|| quote!(#private::field::subject::<#ty>(&#variable, #name)?;));
    let name = if field.flatten.is_some() { "" } else { &name };
    let validated = field
        .validate
        .as_ref()
        .map(|function| validated(function, &variable, name, private));
    quote!(#subject #validated)
}

/// The call of a validator. It is a plain call, so that `&String` may be taken as `&str`, and stands
/// where the function is named: there a wrong type is reported.
fn validated(
    function: &syn::Path,
    variable: &Ident,
    name: &str,
    private: &TokenStream,
) -> TokenStream {
    let place = function.span();
    let mut variable = variable.clone();
    variable.set_span(variable.span().located_at(place));
    let call = quote_spanned!(names::generated().located_at(place)=> (&#variable));
    quote!(#private::field::checked(#function #call, #name)?;)
}

/// Where the field is: what `path` or `rename` says, the claim of its marker, or its name.
fn sources(field: &Field) -> Vec<ClaimPath> {
    if field.paths.is_empty() {
        return vec![match field.marker() {
            Some(marker) => ClaimPath::claim(marker.claim()),
            None => ClaimPath::claim(&field.name.unraw().to_string()),
        }];
    }
    field.paths.iter().map(|path| path.value.clone()).collect()
}

fn joined(sources: &[ClaimPath]) -> String {
    let names: Vec<&str> = sources.iter().map(|source| source.text.as_str()).collect();
    names.join(" or ")
}

fn literal(source: &ClaimPath, private: &TokenStream) -> TokenStream {
    let (name, path) = (&source.text, &source.segments);
    quote!(#private::field::Source { name: #name, path: &[#(#path),*] })
}

/// The forms of a list: as declared; else an array of what stands at several places; else what RFC
/// 6749 §3.3 says of scopes. Other fields read what their type reads.
fn forms(field: &Field) -> Option<Forms> {
    if let Some(forms) = &field.forms {
        return Some(forms.value);
    }
    let scopes = field.marker() == Some(Marker::Scopes) && field.deserialize.is_none();
    (scopes || field.paths.len() > 1).then_some(Forms {
        array: !scopes,
        string: false,
        space_separated: scopes,
    })
}
