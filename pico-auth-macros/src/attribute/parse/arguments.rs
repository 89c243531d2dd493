//! The arguments of a rule attribute: `"a", "b"`, `all("a", Role::B)`, `crate = path`.
//!
//! Every argument is read on its own, so that one mistake does not hide the next.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, LitStr, Path, Token, parenthesized};

use super::asker::Asker;
use super::names::Collected;
use super::{authorize, mistakes, reason, strength};
use crate::attribute::model::{Kind, Name, Origin, Quantifier, Requirement, Rule};
use crate::diagnostics::Diagnostics;
use crate::paths::{Given, Root};

/// Reads the arguments of the attribute at `span`.
///
/// Names at fault are reported and left out. What is left is never wider than what was written.
pub(crate) fn rule(
    kind: Kind,
    origin: Origin,
    span: Span,
    arguments: TokenStream,
    diagnostics: &mut Diagnostics,
) -> Rule {
    let mut rule = Rule {
        kind,
        origin,
        span,
        requirements: Vec::new(),
        after: None,
        reason: None,
        root: Root::default(),
    };
    if kind == Kind::Authorize {
        authorize::read(&mut rule, arguments, diagnostics);
        return rule;
    }
    let asker = Asker::attribute(kind);
    if kind == Kind::RequiresAuthentication {
        let (strength, root) = strength::read(asker, span, arguments, diagnostics);
        rule.requirements
            .push(Requirement::Authentication(strength));
        rule.root = root;
        return rule;
    }
    let mut names = Collected::default();
    for argument in separated(arguments) {
        match Argument::read(argument) {
            Argument::Name(name) if !kind.is_marker() => names.single.push(name),
            Argument::List(quantifier, word, list) if !kind.is_marker() => {
                names.lists.push((quantifier, word, list));
            }
            Argument::Crate(given) => rule.root.give(given.word, given.path, diagnostics),
            Argument::Reason(word, value) if kind == Kind::AllowAnonymous => {
                if rule.reason.is_some() {
                    diagnostics.report(&word, "`reason` is given twice: keep one of the two");
                }
                rule.reason = reason::read(&word, &value, diagnostics);
            }
            other => mistakes::unexpected(asker, &other, diagnostics),
        }
    }
    if !kind.is_marker() {
        let names = names.settle(asker, span, diagnostics);
        rule.requirements.push(Requirement::Names(names));
    }
    rule
}

/// One argument as it stands.
pub(super) enum Argument {
    Name(Name),
    List(Quantifier, TokenTree, TokenStream),
    Crate(Given),
    Reason(Ident, TokenStream),
    Unknown(TokenStream),
}

impl Argument {
    pub(super) fn read(tokens: TokenStream) -> Self {
        let read = |input: ParseStream<'_>| {
            if input.peek(Token![crate]) && input.peek2(Token![=]) {
                return input.parse().map(Self::Crate);
            }
            if input.peek(Ident) && input.peek2(Token![=]) {
                let word: Ident = input.parse()?;
                input.parse::<Token![=]>()?;
                if word == "reason" {
                    return Ok(Self::Reason(word, input.parse()?));
                }
                return Err(input.error("unknown option"));
            }
            if input.peek(Ident) && input.peek2(syn::token::Paren) {
                let word: Ident = input.parse()?;
                let list;
                parenthesized!(list in input);
                let quantifier = Quantifier::from_word(&word.to_string())
                    .ok_or_else(|| input.error("unknown word"))?;
                return Ok(Self::List(quantifier, word.into(), list.parse()?));
            }
            if input.peek(LitStr) {
                let name: LitStr = input.parse()?;
                if name.suffix().is_empty() {
                    return Ok(Self::Name(Name::Literal(name)));
                }
                return Err(input.error("suffix"));
            }
            let path = Path::parse_mod_style(input)?;
            if may_be_variant(&path) {
                return Ok(Self::Name(Name::Path(path)));
            }
            Err(input.error("no variant"))
        };
        read.parse2(tokens.clone()).unwrap_or(Self::Unknown(tokens))
    }
}

/// Whether the path can mean a variant. The compiler has the last word.
fn may_be_variant(path: &Path) -> bool {
    let first = path.segments.first().map(|first| first.ident.to_string());
    let Some(first) = first else { return false };
    if first == "Self" {
        return false;
    }
    // A constant is no variant, and neither is a name whose quotes were forgotten.
    path.segments.len() > 1
        || (first.starts_with(char::is_uppercase) && first.contains(char::is_lowercase))
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Name(name) => name.to_tokens(tokens),
            Self::List(_, word, _) => word.to_tokens(tokens),
            Self::Crate(given) => given.path.to_tokens(tokens),
            Self::Reason(word, _) => word.to_tokens(tokens),
            Self::Unknown(unknown) => tokens.extend(unknown.clone()),
        }
    }
}

/// The tokens between the commas. A comma at the end is fine; one too many is an argument of its own,
/// to be reported.
pub(crate) fn separated(tokens: TokenStream) -> Vec<TokenStream> {
    let mut tokens = tokens.into_iter();
    std::iter::from_fn(|| up_to_comma(&mut tokens)).collect()
}

/// The first of them, which is taken out of `tokens` with its comma.
pub(super) fn up_to_comma(tokens: impl Iterator<Item = TokenTree>) -> Option<TokenStream> {
    let mut argument = TokenStream::new();
    for token in tokens {
        let is_comma = is_comma(&token);
        if is_comma && !argument.is_empty() {
            break;
        }
        argument.extend([token]);
        if is_comma {
            break;
        }
    }
    (!argument.is_empty()).then_some(argument)
}

/// What to say of an argument that is one comma too many.
pub(crate) fn stray_comma(argument: &TokenStream) -> Option<String> {
    let mut tokens = argument.clone().into_iter();
    let is_stray = tokens.next().is_some_and(|token| is_comma(&token)) && tokens.next().is_none();
    is_stray.then(|| "nothing stands in front of this comma: remove it".to_owned())
}

fn is_comma(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',')
}
