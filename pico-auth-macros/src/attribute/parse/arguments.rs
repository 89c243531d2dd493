//! The arguments of a rule attribute: `"a", "b"`, `all("a", "b")`, `crate = path`.
//!
//! Every argument is read on its own, so that one mistake does not hide the next.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{LitStr, Path, Token, parenthesized};

use super::mistakes;
use crate::attribute::model::{Kind, Quantifier, Rule};
use crate::diagnostics::Diagnostics;
use crate::names;
use crate::paths::Root;

/// Reads the arguments of the attribute at `span`.
///
/// Names at fault are reported and left out. What is left is never wider than what was written.
pub(crate) fn rule(
    kind: Kind,
    span: Span,
    arguments: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Rule {
    let mut rule = Rule {
        kind,
        span,
        quantifier: Quantifier::Any,
        names: Vec::new(),
        root: Root::default(),
    };
    let mut names = Names::default();
    for argument in separated(arguments) {
        match Argument::read(argument) {
            Argument::Name(name) if !kind.is_marker() => names.single.push(name),
            Argument::List(quantifier, word, list) if kind.is_scope() => {
                names.lists.push((quantifier, word, list));
            }
            Argument::Crate(path) => rule.root = Root::new(Some(path)),
            other => mistakes::unexpected(kind, &other, diagnostics),
        }
    }
    if !kind.is_marker() {
        (rule.quantifier, rule.names) = names.settle(kind, span, diagnostics);
    }
    rule
}

/// One argument as it stands.
pub(super) enum Argument {
    Name(LitStr),
    List(Quantifier, TokenTree, TokenStream),
    Crate(Path),
    Unknown(TokenStream),
}

impl Argument {
    fn read(tokens: TokenStream) -> Self {
        let read = |input: ParseStream<'_>| {
            if input.peek(Token![crate]) {
                input.parse::<Token![crate]>()?;
                input.parse::<Token![=]>()?;
                return Path::parse_mod_style(input).map(Self::Crate);
            }
            if input.peek(syn::Ident) {
                let word: syn::Ident = input.parse()?;
                let list;
                parenthesized!(list in input);
                let quantifier = Quantifier::from_word(&word.to_string())
                    .ok_or_else(|| input.error("unknown word"))?;
                return Ok(Self::List(quantifier, word.into(), list.parse()?));
            }
            input.parse().map(Self::Name)
        };
        match read.parse2(tokens.clone()) {
            Ok(Self::Name(name)) if !name.suffix().is_empty() => Self::Unknown(tokens),
            Ok(argument) => argument,
            Err(_) => Self::Unknown(tokens),
        }
    }
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Name(name) => name.to_tokens(tokens),
            Self::List(_, word, _) => word.to_tokens(tokens),
            Self::Crate(path) => path.to_tokens(tokens),
            Self::Unknown(unknown) => tokens.extend(unknown.clone()),
        }
    }
}

/// The names of one attribute: bare, and in `any(..)` or `all(..)`.
#[derive(Default)]
struct Names {
    single: Vec<LitStr>,
    lists: Vec<(Quantifier, TokenTree, TokenStream)>,
}

impl Names {
    fn settle(
        self,
        kind: Kind,
        span: Span,
        diagnostics: &mut Diagnostics,
    ) -> (Quantifier, Vec<LitStr>) {
        let nothing_reported = diagnostics.is_empty();
        let mut lists = self.lists.into_iter();
        let (quantifier, mut names) = match (lists.next(), self.single) {
            (None, names) => {
                if kind.is_scope() && names.len() > 1 {
                    mistakes::several_scopes(kind, &names, diagnostics);
                }
                if names.is_empty() && nothing_reported {
                    mistakes::no_names(kind, span, diagnostics);
                }
                (Quantifier::Any, names)
            }
            (Some((quantifier, word, list)), beside) => {
                let second_list = lists.next().map(|(_, word, _)| word.into_token_stream());
                let beside = beside.first().map(ToTokens::to_token_stream);
                if let Some(extra) = second_list.or(beside) {
                    mistakes::beside_a_list(kind, extra, diagnostics);
                }
                (quantifier, names_of_list(kind, &word, list, diagnostics))
            }
        };
        check(kind, &names, diagnostics);
        if !diagnostics.is_empty() {
            names.clear();
        }
        (quantifier, names)
    }
}

fn names_of_list(
    kind: Kind,
    word: &TokenTree,
    list: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Vec<LitStr> {
    if list.is_empty() {
        mistakes::empty_list(kind, word, diagnostics);
    }
    let mut names = Vec::new();
    for argument in separated(list) {
        match Argument::read(argument) {
            Argument::Name(name) => names.push(name),
            Argument::List(_, inner, _) => mistakes::list_in_list(kind, &inner, diagnostics),
            other => mistakes::unexpected(kind, &other, diagnostics),
        }
    }
    names
}

/// Each name on its own, and no name twice.
fn check(kind: Kind, names: &[LitStr], diagnostics: &mut Diagnostics) {
    for (i, name) in names.iter().enumerate() {
        if let Some(mistake) = names::mistake(kind, &name.value()) {
            diagnostics.report(name, mistake);
        } else if names
            .iter()
            .take(i)
            .any(|earlier| earlier.value() == name.value())
        {
            mistakes::duplicate(kind, name, diagnostics);
        }
    }
}

/// The tokens between the commas. A comma at the end is fine; one too many is an argument of its own,
/// to be reported.
pub(crate) fn separated(tokens: TokenStream) -> Vec<TokenStream> {
    let mut arguments = Vec::new();
    let mut argument = TokenStream::new();
    for token in tokens {
        let is_comma = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',');
        if !is_comma || argument.is_empty() {
            argument.extend([token]);
        }
        if is_comma {
            arguments.push(std::mem::take(&mut argument));
        }
    }
    if !argument.is_empty() {
        arguments.push(argument);
    }
    arguments
}
