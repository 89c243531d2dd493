//! From tokens to the [model](super::model).

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{LitStr, Path, Signature, Token};

use super::model::{Agent, Caller, Grant};
use crate::arguments::{Argument, Value};
use crate::attribute::{
    Function, Head, Name, granted, parenthesized, separated, stray_comma, word_in_place_of_fn,
};
use crate::diagnostics::{Diagnostics, closest, readable};

const OF_CALLER: [&str; 7] = [
    "subject",
    "roles",
    "groups",
    "scopes",
    "agent",
    "role_hierarchy",
    "crate",
];
const OF_AGENT: [&str; 2] = ["subject", "scopes"];

/// Reads the arguments of the attribute at `span`. What is at fault is reported and left out.
pub(super) fn caller(arguments: TokenStream, span: Span, diagnostics: &mut Diagnostics) -> Caller {
    let mut caller = Caller::default();
    let (arguments, mut names_a_subject) = read(arguments, diagnostics);
    for argument in arguments {
        let argument = &argument;
        match argument.name().as_str() {
            "subject" => {
                names_a_subject = true;
                subject(argument, "u1", &mut caller.subject, diagnostics);
            }
            "roles" => names(argument, Grant::Roles, &mut caller.roles, diagnostics),
            "groups" => names(argument, Grant::Groups, &mut caller.groups, diagnostics),
            "scopes" => names(argument, Grant::Scopes, &mut caller.scopes, diagnostics),
            "agent" => agent(argument, &mut caller.agent, diagnostics),
            "role_hierarchy" => {
                let path = path(argument, "AppRole", diagnostics);
                once(argument, path, &mut caller.role_hierarchy, diagnostics);
            }
            "crate" => {
                if let Some(path) = path(argument, "some::path", diagnostics) {
                    caller.root.give(&argument.word, path, diagnostics);
                }
            }
            _ => {
                let place = "`#[pico_auth::test(..)]`";
                names_a_subject |= unknown(argument, place, &OF_CALLER, diagnostics);
            }
        }
    }
    if !names_a_subject {
        diagnostics.report_at(
            span,
            "this test runs as somebody, and nobody is named: write \
             `#[pico_auth::test(subject = \"u1\")]`; a test without a caller is a plain `#[test]`",
        );
    }
    caller
}

/// Reads the function.
///
/// # Errors
///
/// It is something else, it has no body, or its signature is broken.
pub(super) fn function(item: TokenStream) -> syn::Result<Function> {
    let read = |input: ParseStream<'_>| {
        let head = Head::parse(input)?;
        if let Some(word) = word_in_place_of_fn(&input.fork())? {
            let message = format!(
                "`#[pico_auth::test]` makes a test of a function and this is no function: put it on \
                 each `fn` that is a test, not on `{word}`"
            );
            return Err(syn::Error::new_spanned(word, message));
        }
        let signature: Signature = input.parse()?;
        if input.peek(Token![;]) {
            return Err(syn::Error::new_spanned(
                signature,
                "a test needs a body, and this function has none: write it",
            ));
        }
        head.with_body(signature, input)
    };
    read.parse2(item)
}

/// The arguments that can be read, and whether one that cannot may be the subject: there is one mistake then.
fn read(tokens: TokenStream, diagnostics: &mut Diagnostics) -> (Vec<Argument>, bool) {
    let mut arguments = Vec::new();
    let mut may_be_subject = false;
    for tokens in separated(parenthesized(tokens)) {
        if let Ok(argument) = Argument::read(tokens.clone()) {
            arguments.push(argument);
            continue;
        }
        may_be_subject |= may_mean_subject(&tokens);
        let message = not_an_argument(&tokens);
        diagnostics.report(tokens, message);
    }
    (arguments, may_be_subject)
}

/// Whether they begin with the word, or with a name that lacks it.
fn may_mean_subject(tokens: &TokenStream) -> bool {
    match tokens.clone().into_iter().next() {
        Some(TokenTree::Ident(word)) => word == "subject",
        Some(TokenTree::Literal(_)) => true,
        _ => false,
    }
}

fn not_an_argument(tokens: &TokenStream) -> String {
    if let Some(message) = stray_comma(tokens) {
        return message;
    }
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Literal(literal)), None) => {
            format!("say what this is: write `subject = {literal}` if the caller is called so")
        }
        (Some(TokenTree::Ident(word)), Some(TokenTree::Punct(equals)))
            if equals.as_char() == '=' =>
        {
            format!("a value is missing: write it behind `{word} =`")
        }
        _ => format!(
            "`{}` says nothing of a caller: write for example `subject = \"u1\", roles(\"admin\")`",
            readable(tokens)
        ),
    }
}

fn subject(
    argument: &Argument,
    example: &str,
    place: &mut Option<LitStr>,
    diagnostics: &mut Diagnostics,
) {
    let message = match &argument.value {
        Value::Is(value) => match syn::parse2::<LitStr>(value.clone()) {
            Ok(literal) if literal.value().is_empty() => {
                let message =
                    format!("nobody is called \"\": write a name, `subject = {example:?}`");
                diagnostics.report(&literal, message);
                return once(argument, Some(literal), place, diagnostics);
            }
            Ok(literal) if literal.suffix().is_empty() => {
                return once(argument, Some(literal), place, diagnostics);
            }
            _ => "the subject is a string literal",
        },
        Value::Nothing | Value::List(_) => "the subject is one name, behind `=`",
    };
    let message = format!("{message}: write `subject = {example:?}`");
    diagnostics.report_at(fault(argument), message);
}

fn names(
    argument: &Argument,
    grant: Grant,
    place: &mut Option<Vec<Name>>,
    diagnostics: &mut Diagnostics,
) {
    let names = match &argument.value {
        Value::List(list) => Some(granted(
            grant.kind(),
            argument.span(),
            list.clone(),
            diagnostics,
        )),
        Value::Nothing | Value::Is(_) => {
            let message = format!(
                "write {} as a list: `{}`",
                argument.word,
                as_list(argument, grant)
            );
            diagnostics.report_at(fault(argument), message);
            None
        }
    };
    once(argument, names, place, diagnostics);
}

/// What was meant by `roles = "admin"`.
fn as_list(argument: &Argument, grant: Grant) -> String {
    let word = &argument.word;
    match &argument.value {
        Value::Is(value) => {
            let value = match value.clone().into_iter().next() {
                Some(TokenTree::Group(group)) => group.stream(),
                _ => value.clone(),
            };
            format!("{word}({})", readable(value))
        }
        _ => format!("{word}({:?})", grant.kind().example()),
    }
}

fn agent(argument: &Argument, place: &mut Option<Agent>, diagnostics: &mut Diagnostics) {
    let Value::List(list) = &argument.value else {
        diagnostics.report_at(
            fault(argument),
            "an agent has a subject and scopes: write \
             `agent(subject = \"bot\", scopes(\"orders:read\"))`",
        );
        return;
    };
    let mut agent = Agent::default();
    let (arguments, mut names_a_subject) = read(list.clone(), diagnostics);
    for argument in arguments {
        let argument = &argument;
        match argument.name().as_str() {
            "subject" => {
                names_a_subject = true;
                subject(argument, "bot", &mut agent.subject, diagnostics);
            }
            "scopes" => names(argument, Grant::AgentScopes, &mut agent.scopes, diagnostics),
            "roles" | "groups" => diagnostics.report(
                &argument.word,
                "an agent has scopes and nothing else: remove this, or give it to the caller",
            ),
            _ => names_a_subject |= unknown(argument, "`agent(..)`", &OF_AGENT, diagnostics),
        }
    }
    if !names_a_subject {
        diagnostics.report_at(
            argument.span(),
            "this agent is nobody: write `subject = \"bot\"` into `agent(..)`",
        );
    }
    once(argument, Some(agent), place, diagnostics);
}

fn path(argument: &Argument, example: &str, diagnostics: &mut Diagnostics) -> Option<Path> {
    let path = argument.path();
    if path.is_none() {
        let word = &argument.word;
        let message = format!("`{word}` is given a path, without quotes: `{word} = {example}`");
        diagnostics.report_at(fault(argument), message);
    }
    path
}

fn once<T>(
    argument: &Argument,
    value: Option<T>,
    place: &mut Option<T>,
    diagnostics: &mut Diagnostics,
) {
    if place.is_some() {
        let word = &argument.word;
        let message = format!("`{word}` is given twice: put both into one, or remove one");
        diagnostics.report(word, message);
    } else {
        *place = value;
    }
}

/// Reports a word that is not known. Whether the subject was meant.
fn unknown(
    argument: &Argument,
    place: &str,
    known: &[&str],
    diagnostics: &mut Diagnostics,
) -> bool {
    let word = argument.name();
    let meant = closest(&word, known.iter().copied());
    let instead = meant.map_or_else(
        || {
            let known: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
            format!("it takes {}", known.join(", "))
        },
        |meant| format!("write `{meant}`"),
    );
    diagnostics.report(
        &argument.word,
        format!("{place} knows no `{word}`: {instead}"),
    );
    meant == Some("subject")
}

/// Where a value is not right: the value, or the word where there is none.
fn fault(argument: &Argument) -> Span {
    let value = match &argument.value {
        Value::Nothing => None,
        Value::Is(value) | Value::List(value) => value.clone().into_iter().next(),
    };
    value.map_or(argument.span(), |first| first.span())
}
