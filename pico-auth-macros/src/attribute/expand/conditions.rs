//! Conditions of the user around the body: `when(..)` in front of it, `after = ..` behind it.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote;

use super::Context;
use crate::attribute::model::Condition;
use crate::names::{self, Place};

/// What the user's expressions call the caller.
pub(crate) const CALLER: &str = "ctx";

impl Context<'_> {
    /// Decides the conditions, each only where it matters. `deny` turns the variable `refusal` into what
    /// the function returns.
    pub(super) fn before(&self, refusal: &Ident, deny: &TokenStream) -> TokenStream {
        if self.conditions.is_empty() {
            return TokenStream::new();
        }
        let private = &self.private;
        let rule_type = names::word(names::RULE_TYPE);
        let conditions = names::variable("conditions");
        let number = Literal::usize_unsuffixed(self.conditions.len());
        let decided = self.conditions.iter().enumerate();
        let decided = decided.map(|(index, condition)| decided_at(index, condition, &conditions));
        // In a block: the future of the function keeps what is decided no longer than until then.
        quote! {{
            let mut #conditions = match #private::conditions::<#rule_type, #number>() {
                #private::Result::Ok(#conditions) => #conditions,
                #private::Result::Err(#refusal) => return #deny,
            };
            #(#decided)*
            if let #private::Result::Err(#refusal) = #conditions.finish() {
                return #deny;
            }
        }}
    }

    /// Decides on the value of the variable `result`, of which `value` is what the user may look at.
    pub(super) fn after(
        &self,
        value: &TokenStream,
        refusal: &Ident,
        deny: &TokenStream,
    ) -> TokenStream {
        let private = &self.private;
        let checks = self.after.iter().map(|check| {
            // What is no condition is reported at the expression.
            let after = Place::of(check).spread(quote!(#private::after));
            quote! {
                if let #private::Result::Err(#refusal) = #after(#value, #check) {
                    return #deny;
                }
            }
        });
        quote!(#(#checks)*)
    }

    /// Whether there is something to do behind the body, which then must not return from the function.
    pub(super) fn has_after(&self) -> bool {
        !self.after.is_empty()
    }
}

/// Evaluates one condition, where it is needed.
fn decided_at(index: usize, condition: &Condition, conditions: &Ident) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    let expression = &condition.expression;
    let caller = Ident::new(CALLER, caller_span(condition));
    let mut outcome = names::variable("outcome");
    let binding = outcome.clone();
    // What is no condition is reported at the expression.
    let place = Place::of(expression);
    outcome.set_span(outcome.span().located_at(place.begin()));
    quote! {
        if #conditions.needs(#index) {
            #[allow(unused_variables)]
            let #caller = #conditions.caller();
            let #binding = #expression;
            #conditions.decide(#index, #outcome);
        }
    }
}

/// Where the caller's name is seen by the expression: where the expression says it, which in a
/// `macro_rules!` may be elsewhere than the word `when`.
fn caller_span(condition: &Condition) -> Span {
    said(condition.expression.clone()).unwrap_or(condition.word)
}

fn said(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(word) if word == CALLER => Some(word.span()),
        TokenTree::Group(group) => said(group.stream()),
        _ => None,
    })
}
