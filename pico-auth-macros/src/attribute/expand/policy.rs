//! The rules as constant data, in the type that stands for them.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;
use syn::ext::IdentExt;

use super::Context;
use crate::attribute::model::{Kind, Quantifier, Rule};
use crate::names;

impl Context<'_> {
    /// The type `__PicoAuthRule` with the rule of the function `name`.
    pub(super) fn rule_type(&self, name: &Ident) -> TokenStream {
        let private = &self.private;
        let rule_type = names::word(names::RULE_TYPE);
        let policy = self.policy();
        let text = name.unraw().to_string();
        // `line!()` is the line of the token it starts with: the function's, not an attribute's.
        let place = [quote!(module_path), quote!(file), quote!(line)]
            .map(|word| wholly_at(name.span(), quote!(#private::#word!())));
        let [module, file, line] = place;
        quote! {
            struct #rule_type;
            impl #private::StaticRule for #rule_type {
                const RULE: &'static #private::Rule =
                    &#private::Rule::new(#private::Policy::#policy, #module, #text, #file, #line);
            }
        }
    }

    /// What stands behind `Policy::`.
    fn policy(&self) -> TokenStream {
        let private = &self.private;
        match self.rules {
            [rule] if rule.kind == Kind::AllowAnonymous => quote!(AllowAnonymous),
            [rule] if rule.kind == Kind::OptionalAuthentication => quote!(OptionalAuthentication),
            [rule] if rule.kind == Kind::Authenticated => quote!(Authenticated),
            [rule] => {
                let requirement = self.requirement(rule);
                quote!(require(#requirement))
            }
            rules => {
                let requirements = rules.iter().map(|rule| self.requirement(rule));
                quote!(require(#private::Requirement::all(&[#(#requirements),*])))
            }
        }
    }

    fn requirement(&self, rule: &Rule) -> TokenStream {
        let (private, names) = (&self.private, &rule.names);
        let constructor = match (rule.kind, rule.quantifier) {
            (Kind::RequiresRole, _) => quote!(any_role),
            (Kind::RequiresGroup, _) => quote!(any_group),
            (Kind::RequiresScope, Quantifier::Any) => quote!(any_scope),
            (Kind::RequiresScope, Quantifier::All) => quote!(all_scopes),
            (Kind::RequiresAgentScope, Quantifier::Any) => quote!(any_agent_scope),
            (Kind::RequiresAgentScope, Quantifier::All) => quote!(all_agent_scopes),
            // Never beside another rule; an empty list refuses everybody.
            (Kind::Authenticated | Kind::OptionalAuthentication | Kind::AllowAnonymous, _) => {
                return quote!(#private::Requirement::all(&[]));
            }
        };
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
