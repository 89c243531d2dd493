//! How one field is read and checked.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use super::variable;
use crate::claims::model::{Absent, Field, Forms, Marker};
use crate::claims::path::ClaimPath;
use crate::names;

/// The expression that reads a field.
pub(super) fn value(field: &Field, raw: &Ident, private: &TokenStream) -> TokenStream {
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
pub(super) fn checks(field: &Field, private: &TokenStream) -> TokenStream {
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
pub(super) fn validated(
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
pub(super) fn forms(field: &Field) -> Option<Forms> {
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
