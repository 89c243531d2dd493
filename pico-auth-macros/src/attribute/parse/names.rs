//! The names of one attribute or leaf.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;

use super::arguments::{Argument, separated};
use super::asker::Asker;
use super::mistakes;
use crate::attribute::model::{Kind, Name, Names, Quantifier};
use crate::diagnostics::Diagnostics;

/// Names as they were found: bare, and in `any(..)` or `all(..)`.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) single: Vec<Name>,
    pub(super) lists: Vec<(Quantifier, TokenTree, TokenStream)>,
}

/// Reads what stands in the parentheses of a leaf.
pub(super) fn leaf(
    asker: Asker,
    word: Span,
    arguments: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Names {
    let mut own = Diagnostics::default();
    let mut names = Collected::default();
    for argument in separated(arguments) {
        match Argument::read(argument) {
            Argument::Name(name) => names.single.push(name),
            Argument::List(quantifier, word, list) => names.lists.push((quantifier, word, list)),
            other => mistakes::unexpected(asker, &other, &mut own),
        }
    }
    let names = names.settle(asker, word, &mut own);
    diagnostics.absorb(own);
    names
}

/// Reads names that a caller is given: any number of them, and no lists.
pub(crate) fn granted(
    kind: Kind,
    word: Span,
    arguments: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Vec<Name> {
    let asker = Asker::grant(kind);
    let arguments = separated(arguments);
    if arguments.is_empty() {
        mistakes::nothing_granted(asker, word, diagnostics);
    }
    let mut names = Vec::new();
    for argument in arguments {
        match Argument::read(argument) {
            Argument::Name(name) => names.push(name),
            other => mistakes::not_granted(asker, &other, diagnostics),
        }
    }
    check(asker, &names, diagnostics);
    names
}

impl Collected {
    /// The names, if all of them are right. `diagnostics` holds only what was said of them so far.
    pub(super) fn settle(self, asker: Asker, span: Span, diagnostics: &mut Diagnostics) -> Names {
        let nothing_reported = diagnostics.is_empty();
        let mut lists = self.lists.into_iter();
        let (quantifier, mut names) = match (lists.next(), self.single) {
            (None, names) => {
                if asker.kind.is_scope() && names.len() > 1 {
                    mistakes::several_scopes(asker, &names, diagnostics);
                }
                if names.is_empty() && nothing_reported {
                    mistakes::no_names(asker, span, diagnostics);
                }
                (Quantifier::Any, names)
            }
            (Some((quantifier, word, list)), beside) => {
                let second_list = lists.next().map(|(_, word, _)| word.into_token_stream());
                let beside = beside.first().map(ToTokens::to_token_stream);
                if let Some(extra) = second_list.or(beside) {
                    mistakes::beside_a_list(asker, extra, diagnostics);
                }
                (quantifier, names_of_list(asker, &word, list, diagnostics))
            }
        };
        check(asker, &names, diagnostics);
        if !diagnostics.is_empty() {
            names.clear();
        }
        Names {
            kind: asker.kind,
            quantifier,
            list: names,
        }
    }
}

fn names_of_list(
    asker: Asker,
    word: &TokenTree,
    list: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Vec<Name> {
    if list.is_empty() {
        mistakes::empty_list(asker, word, diagnostics);
    }
    let mut names = Vec::new();
    for argument in separated(list) {
        match Argument::read(argument) {
            Argument::Name(name) => names.push(name),
            Argument::List(_, inner, _) => mistakes::list_in_list(asker, &inner, diagnostics),
            other => mistakes::unexpected(asker, &other, diagnostics),
        }
    }
    names
}

/// Each name on its own, and no name twice.
fn check(asker: Asker, names: &[Name], diagnostics: &mut Diagnostics) {
    for (i, name) in names.iter().enumerate() {
        let mistake = match name {
            Name::Literal(literal) => asker.mistake(&literal.value()),
            Name::Path(_) => None,
        };
        if let Some(mistake) = mistake {
            diagnostics.report(name, mistake);
        } else if names
            .iter()
            .take(i)
            .any(|earlier| earlier.text() == name.text())
        {
            mistakes::duplicate(asker, name, diagnostics);
        }
    }
}
