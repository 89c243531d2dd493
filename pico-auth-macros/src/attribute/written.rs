//! Rules as their hidden forms carry them: `__rule(requires_role("admin"), requires_group("staff"))`.
//! One that stands on an `impl` block says so behind it, `requires_role("admin") impl`, and on that of
//! a trait `impl for`. All rules that wait share one attribute: none of them can be lost alone.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::Attribute;

use super::model::{Kind, Origin, Rule};
use super::parse;
use crate::diagnostics::Diagnostics;
use crate::paths::Root;
use crate::{names, paths};

#[derive(Clone)]
pub(super) struct Written {
    pub(super) kind: Kind,
    pub(super) origin: Origin,
    span: Span,
    arguments: TokenStream,
}

impl Written {
    /// What the user has written where the macro is called.
    pub(super) fn here(kind: Kind, arguments: &TokenStream) -> Self {
        Self {
            kind,
            origin: Origin::Function,
            span: Span::call_site(),
            arguments: parse::parenthesized(arguments.clone()),
        }
    }

    /// Reads the arguments of a hidden form. There is at least one rule.
    pub(super) fn read(arguments: TokenStream) -> Option<Vec<Self>> {
        let rules: Option<Vec<Self>> = parse::separated(arguments)
            .into_iter()
            .map(Self::read_one)
            .collect();
        rules.filter(|rules| !rules.is_empty())
    }

    fn read_one(tokens: TokenStream) -> Option<Self> {
        let mut tokens = tokens.into_iter();
        let word = tokens.next()?;
        let kind = Kind::from_attribute(&word.to_string())?;
        let arguments = match tokens.next() {
            Some(TokenTree::Group(arguments)) => arguments.stream(),
            Some(_) => return None,
            None => TokenStream::new(),
        };
        let behind: Vec<String> = tokens.map(|token| token.to_string()).collect();
        let behind: Vec<&str> = behind.iter().map(String::as_str).collect();
        let origin = match behind[..] {
            [] => Origin::Function,
            ["impl"] => Origin::Block,
            ["impl", "for"] => Origin::TraitBlock,
            _ => return None,
        };
        Some(Self {
            kind,
            origin,
            span: word.span(),
            arguments,
        })
    }

    /// The rule. Mistakes in it are reported where the user has written it, and nowhere else.
    pub(super) fn rule(&self, diagnostics: &mut Diagnostics) -> Rule {
        let arguments = self.arguments.clone();
        parse::rule(self.kind, self.origin, self.span, arguments, diagnostics)
    }

    /// The rule, of whose mistakes the user knows.
    pub(super) fn known_rule(&self) -> Rule {
        self.rule(&mut Diagnostics::default())
    }
}

impl ToTokens for Written {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let kind = Ident::new(self.kind.attribute(), self.span);
        let arguments = &self.arguments;
        tokens.extend(match self.origin {
            Origin::Function => quote!(#kind(#arguments)),
            Origin::Block => quote!(#kind(#arguments) impl),
            Origin::TraitBlock => quote!(#kind(#arguments) impl for),
        });
    }
}

/// The attribute with these rules in the hidden form `name`.
pub(super) fn form(name: &str, rules: &[Written]) -> TokenStream {
    let roots: Vec<Root> = rules.iter().map(|rule| rule.known_rule().root).collect();
    let private = Root::said(&roots).private();
    let name = names::word(name);
    quote!(#[#private::#name(#(#rules),*)])
}

/// The attribute with which these rules, and those that wait among the attributes, wait below the
/// others. Rules with mistakes go along: they name nobody who may pass.
pub(super) fn waiting(attributes: &mut Vec<Attribute>, rules: Vec<Written>) -> TokenStream {
    let mut all = taken(attributes);
    all.extend(rules);
    form(paths::RULE, &all)
}

/// Takes the rules that wait out of the attributes.
pub(super) fn taken(attributes: &mut Vec<Attribute>) -> Vec<Written> {
    let mut rules = Vec::new();
    attributes.retain(|attribute| {
        let tokens = attribute.meta.require_list().map(|list| &list.tokens);
        let waiting = tokens
            .ok()
            .filter(|_| is_rule(attribute))
            .and_then(|tokens| Written::read(tokens.clone()));
        let keep = waiting.is_none();
        rules.extend(waiting.into_iter().flatten());
        keep
    });
    rules
}

/// Whether an attribute is a rule in the form that waits below all others.
pub(super) fn is_rule(attribute: &Attribute) -> bool {
    paths::is_rule(attribute.path())
}
