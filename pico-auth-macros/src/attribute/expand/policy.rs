//! The rules as constant data, in the type that stands for them.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Ident;
use syn::ext::IdentExt;

use super::Context;
use crate::attribute::model::{Kind, Name, Names, Quantifier, Requirement};
use crate::names::{self, Place};

impl Context<'_> {
    /// The type `__PicoAuthRule` with the rule of the function `name`.
    pub(super) fn rule_type(&self, name: &Ident) -> TokenStream {
        let private = &self.private;
        let rule_type = names::word(names::RULE_TYPE);
        let policy = self.policy();
        let text = name.unraw().to_string();
        // `line!()` is the line of the token it starts with: the function's, not an attribute's.
        let conditions = match self.conditions.len() {
            0 => TokenStream::new(),
            number => {
                let number = Literal::usize_unsuffixed(number);
                quote!(.with_conditions(#number))
            }
        };
        let place = [quote!(module_path), quote!(file), quote!(line)]
            .map(|word| wholly_at(name.span(), quote!(#private::#word!())));
        let [module, file, line] = place;
        quote! {
            struct #rule_type;
            impl #private::StaticRule for #rule_type {
                const RULE: &'static #private::Rule =
                    &#private::Rule::new(#private::Policy::#policy, #module, #text, #file, #line)
                        #conditions;
            }
        }
    }

    /// What stands behind `Policy::`.
    fn policy(&self) -> TokenStream {
        let private = &self.private;
        let mut index = 0..;
        let requirements = self.rules.iter().flat_map(|rule| &rule.requirements);
        let requirements: Vec<TokenStream> = requirements
            .map(|requirement| self.requirement(requirement, &mut index))
            .collect();
        match (self.rules, &requirements[..]) {
            ([rule], []) if rule.kind == Kind::AllowAnonymous => quote!(AllowAnonymous),
            ([rule], []) if rule.kind == Kind::OptionalAuthentication => {
                quote!(OptionalAuthentication)
            }
            // Markers, and rules that only look at the result.
            (_, []) => quote!(Authenticated),
            (_, [requirement]) => quote!(require(#requirement)),
            _ => quote!(require(#private::Requirement::all(&[#(#requirements),*]))),
        }
    }

    /// `index` counts the conditions, in the order of [`model::conditions`](super::super::model).
    fn requirement(
        &self,
        requirement: &Requirement,
        index: &mut std::ops::RangeFrom<usize>,
    ) -> TokenStream {
        let private = &self.private;
        let requirement = match requirement {
            Requirement::Names(names) => return self.names(names),
            Requirement::Any(parts) => {
                let parts = parts.iter().map(|part| self.requirement(part, index));
                quote!(any(&[#(#parts),*]))
            }
            Requirement::All(parts) => {
                let parts = parts.iter().map(|part| self.requirement(part, index));
                quote!(all(&[#(#parts),*]))
            }
            Requirement::Not(part) => {
                let part = self.requirement(part, index);
                quote!(not(&#part))
            }
            // A reference to a static is no constant by itself.
            Requirement::Policy(path) => {
                let reference = Place::of(path).spread(quote!(&));
                quote!(Policy(const { #reference #path }))
            }
            Requirement::When(_) => {
                let index = index.next().map(Literal::usize_unsuffixed);
                quote!(When(#index))
            }
        };
        quote!(#private::Requirement::#requirement)
    }

    fn names(&self, names: &Names) -> TokenStream {
        let private = &self.private;
        let (constructor, is_named) = match (names.kind, names.quantifier) {
            (Kind::RequiresRole, Quantifier::Any) => ("any_role", "role"),
            (Kind::RequiresRole, Quantifier::All) => ("all_roles", "role"),
            (Kind::RequiresGroup, Quantifier::Any) => ("any_group", "group"),
            (Kind::RequiresGroup, Quantifier::All) => ("all_groups", "group"),
            (Kind::RequiresScope, Quantifier::Any) => ("any_scope", "scope"),
            (Kind::RequiresScope, Quantifier::All) => ("all_scopes", "scope"),
            (Kind::RequiresAgentScope, Quantifier::Any) => ("any_agent_scope", "scope"),
            (Kind::RequiresAgentScope, Quantifier::All) => ("all_agent_scopes", "scope"),
            // They have no names; an empty list refuses everybody.
            (
                Kind::Authorize
                | Kind::Authenticated
                | Kind::OptionalAuthentication
                | Kind::AllowAnonymous,
                _,
            ) => return quote!(#private::Requirement::all(&[])),
        };
        let [constructor, is_named] = [constructor, is_named].map(names::word);
        let names = names.list.iter().map(|name| match name {
            Name::Literal(literal) => literal.to_token_stream(),
            Name::Path(path) => {
                // What is no name is reported at the path, and by nothing but `is_named`.
                let place = Place::of(path);
                let reference = place.spread(quote!(&));
                quote! {
                    const {
                        #[allow(unused_imports)]
                        use #private::Unnamed as _;
                        #private::#is_named(#reference #path);
                        #path.name()
                    }
                }
            }
        });
        quote!(#private::Requirement::#constructor(&[#(#names),*]))
    }
}

/// The tokens as if the user had written all of them at `span`.
fn wholly_at(span: Span, tokens: TokenStream) -> TokenStream {
    let tokens = tokens.into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    tokens.collect()
}
