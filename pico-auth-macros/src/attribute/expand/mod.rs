//! From the model to the protected function.

mod conditions;
mod docs;
mod guarded;
mod output;
mod policy;
mod secured;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Type;

pub(super) use conditions::CALLER;
pub(super) use output::{Shape, bounds, peeled};
pub(crate) use output::{declared, nameable};

use super::model::{self, Condition, Function, Origin, Rule};
use crate::paths::Root;

/// The function behind its rules, which must all hold. There is at least one, and open rules stand
/// alone.
pub(super) fn function(rules: &[Rule], mut function: Function) -> TokenStream {
    function.lift_inner_attributes();
    let access = docs::paragraph(rules, &function.attributes);
    function.attributes.extend(access);
    let context = Context {
        rules,
        conditions: model::conditions(rules),
        after: rules
            .iter()
            .filter_map(|rule| rule.after.as_ref())
            .collect(),
        private: Root::said(rules.iter().map(|rule| &rule.root)).private(),
    };
    match Shape::of(&function.signature) {
        Shape::Secured => secured::function(&context, function),
        Shape::Opaque { .. } => guarded::opaque(&context, function),
        _ if context.is_open() => function.into_token_stream(),
        Shape::Boxed { output } => guarded::boxed(&context, &output, function),
        Shape::Guarded => guarded::function(&context, function),
    }
}

/// Whether the function keeps the signature that a trait gives it, as far as is known.
pub(super) fn is_of_trait(rules: &[Rule]) -> bool {
    rules.iter().any(|rule| rule.origin == Origin::TraitBlock)
}

/// What all parts of an expansion need.
struct Context<'a> {
    rules: &'a [Rule],
    /// What is decided between the arguments and the body.
    conditions: Vec<&'a Condition>,
    /// What is decided on the result.
    after: Vec<&'a TokenStream>,
    /// The path of `pico_auth::__private`.
    private: TokenStream,
}

impl Context<'_> {
    fn is_open(&self) -> bool {
        self.rules.iter().all(|rule| rule.kind.is_open())
    }

    /// The body, its result and a return of the declared type that is never reached, so that a mistake
    /// in the body is reported against the declared type.
    fn with_declared(&self, nameable: &Type, body: &TokenStream) -> TokenStream {
        let private = &self.private;
        quote! {
            if false {
                return #private::declared::<#nameable>();
            }
            #body
        }
    }
}
