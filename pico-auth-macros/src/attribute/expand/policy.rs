//! The rules as constant data, in the type that stands for them.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use syn::Ident;
use syn::ext::IdentExt;

use super::Context;
use crate::attribute::model::{Kind, Names, Quantifier, Requirement};
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
        let reason = self.rules.iter().find_map(|rule| rule.reason.as_ref());
        let reason = reason.map(|reason| quote!(.with_reason(#reason)));
        let of_answer = self
            .has_after()
            .then(|| quote!(.with_check_of_the_answer()));
        let place = [quote!(module_path), quote!(file), quote!(line)]
            .map(|word| wholly_at(name.span(), quote!(#private::#word!())));
        let [module, file, line] = place;
        quote! {
            struct #rule_type;
            impl #private::StaticRule for #rule_type {
                const RULE: &'static #private::Rule =
                    &#private::Rule::new(#private::Policy::#policy, #module, #text, #file, #line)
                        #conditions #of_answer #reason;
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
            Requirement::Authentication(strength) => {
                let values = &strength.acr_values;
                let acr = (!values.is_empty()).then(|| quote!(.acr(&[#(#values),*])));
                let seconds = strength.max_age_seconds.map(Literal::u64_unsuffixed);
                let age = seconds.map(|seconds| quote!(.max_age_seconds(#seconds)));
                quote!(authentication(&#private::AuthenticationStrength::new() #acr #age))
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
        let constructor = match (names.kind, names.quantifier) {
            (Kind::RequiresRole, Quantifier::Any) => "any_role",
            (Kind::RequiresRole, Quantifier::All) => "all_roles",
            (Kind::RequiresGroup, Quantifier::Any) => "any_group",
            (Kind::RequiresGroup, Quantifier::All) => "all_groups",
            (Kind::RequiresScope, Quantifier::Any) => "any_scope",
            (Kind::RequiresScope, Quantifier::All) => "all_scopes",
            (Kind::RequiresAgentScope, Quantifier::Any) => "any_agent_scope",
            (Kind::RequiresAgentScope, Quantifier::All) => "all_agent_scopes",
            // They have no names; an empty list refuses everybody.
            (
                Kind::RequiresAuthentication
                | Kind::Authorize
                | Kind::Authenticated
                | Kind::OptionalAuthentication
                | Kind::AllowAnonymous,
                _,
            ) => return quote!(#private::Requirement::all(&[])),
        };
        let constructor = names::word(constructor);
        let list = names.list.iter();
        let list = list.map(|name| names::value(names.kind, private, name));
        quote!(#private::Requirement::#constructor(&[#(#list),*]))
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
