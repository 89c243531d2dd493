//! The rule of `#[authorize(..)]`: `any(role("admin"), all(group("ops"), when(..)))`, and what may
//! stand beside it: `policy = PATH`, `after = |ctx, out| ..`, `crate = path`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Path, Token, parenthesized};

use super::arguments::{separated, stray_comma, up_to_comma};
use super::asker::Asker;
use super::{expression, mistakes, names, reason, strength};
use crate::attribute::model::{Condition, Kind, Requirement, Rule};
use crate::diagnostics::{Diagnostics, closest, readable};
use crate::paths::Given;

const WORDS: [&str; 9] = [
    "any",
    "all",
    "not",
    "role",
    "group",
    "scope",
    "agent_scope",
    "authentication",
    "when",
];
const OPTIONS: [&str; 3] = ["policy", "after", "crate"];

/// Reads the arguments into `rule`.
pub(super) fn read(rule: &mut Rule, arguments: TokenStream, diagnostics: &mut Diagnostics) {
    let mut own = Diagnostics::default();
    let half_typed = is_half_typed(arguments.clone());
    let mut rules: Vec<TokenStream> = Vec::new();
    let mut policies: Vec<TokenStream> = Vec::new();
    for tokens in split(arguments) {
        match Part::read(&tokens) {
            Part::Crate(given) => rule.root.give(given.word, given.path, &mut own),
            Part::After(word, value) => {
                if rule.after.is_some() {
                    own.report(
                        &word,
                        "`after` is given twice: write both conditions in one",
                    );
                }
                expression::after(&word, &value, &mut own);
                rule.after = Some(value);
            }
            part => {
                let is_policy = matches!(part, Part::Policy(_));
                if let Some(requirement) = requirement(part, &tokens, &mut own) {
                    rule.requirements.push(requirement);
                    if is_policy {
                        policies.push(tokens);
                    } else {
                        rules.push(tokens);
                    }
                }
            }
        }
    }
    if let [_, second, ..] = &rules[..] {
        let list: Vec<String> = rules.iter().map(readable).collect();
        let list = list.join(", ");
        own.report(
            second,
            format!(
                "must all of these hold, or does one suffice? Write `#[authorize(all({list}))]` or \
                 `#[authorize(any({list}))]`"
            ),
        );
    }
    if let [_, second, ..] = &policies[..] {
        let list: Vec<String> = policies.iter().map(readable).collect();
        let list = list.join(", ");
        own.report(
            second,
            format!(
                "one policy can stand here: write `all({list})` if both must hold, or `any({list})`"
            ),
        );
    }
    if own.is_empty() && rule.requirements.is_empty() && rule.after.is_none() {
        own.report_at(
            rule.span,
            "`#[authorize]` has no rule: write one, such as `#[authorize(role(\"admin\"))]`, or \
             `#[authenticated]` if any valid token will do",
        );
    }
    if !own.is_empty() {
        // Nobody may pass, and the compiler has nothing to add. Where an expression is being typed, it
        // stays, so that editors complete in it.
        if !half_typed {
            rule.requirements.clear();
            rule.after = None;
        }
        rule.requirements.push(Requirement::Any(Vec::new()));
    }
    diagnostics.absorb(own);
}

/// Whether an expression ends in a `.` or `::`, behind which something is still to come.
fn is_half_typed(tokens: TokenStream) -> bool {
    let mut last_is_open = false;
    for token in tokens {
        last_is_open = match token {
            TokenTree::Punct(punct) => matches!(punct.as_char(), '.' | ':'),
            TokenTree::Group(group) if is_half_typed(group.stream()) => return true,
            _ => false,
        };
    }
    last_is_open
}

/// The arguments, of which `after = |ctx, out| ..` has commas of its own.
fn split(arguments: TokenStream) -> Vec<TokenStream> {
    let read = |input: ParseStream<'_>| {
        let mut parts = Vec::new();
        while !input.is_empty() {
            if input.peek(syn::Ident) && input.peek2(Token![=]) && input.fork().call(is_after)? {
                let mut part = TokenStream::new();
                input.parse::<Ident>()?.to_tokens(&mut part);
                input.parse::<Token![=]>()?.to_tokens(&mut part);
                input.parse::<Expr>()?.to_tokens(&mut part);
                parts.push(part);
                if input.is_empty() {
                    break;
                }
                input.parse::<Token![,]>()?;
                continue;
            }
            let rest = std::iter::from_fn(|| input.parse::<TokenTree>().ok());
            parts.extend(up_to_comma(rest));
        }
        Ok(parts)
    };
    // A closure that is still being typed is split at every comma, and reported.
    read.parse2(arguments.clone())
        .unwrap_or_else(|_| separated(arguments))
}

fn is_after(input: ParseStream<'_>) -> syn::Result<bool> {
    Ok(input.parse::<Ident>()? == "after")
}

/// A part of a rule as it stands.
enum Part {
    Call(Ident, TokenStream),
    Policy(Path),
    After(Ident, TokenStream),
    Crate(Given),
    Unknown,
}

impl Part {
    fn read(tokens: &TokenStream) -> Self {
        let read = |input: ParseStream<'_>| {
            if input.peek(Token![crate]) {
                return input.parse().map(Self::Crate);
            }
            let word = input.call(Ident::parse_any)?;
            if input.peek(syn::token::Paren) {
                let list;
                parenthesized!(list in input);
                return Ok(Self::Call(word, list.parse()?));
            }
            input.parse::<Token![=]>()?;
            match word.to_string().as_str() {
                "policy" => Path::parse_mod_style(input).map(Self::Policy),
                "after" => Ok(Self::After(word, input.parse()?)),
                _ => Err(input.error("unknown option")),
            }
        };
        read.parse2(tokens.clone()).unwrap_or(Self::Unknown)
    }
}

/// Reads a part as a requirement. What is at fault is reported and left out, which makes the rule
/// refuse everybody.
fn requirement(
    part: Part,
    tokens: &TokenStream,
    diagnostics: &mut Diagnostics,
) -> Option<Requirement> {
    match part {
        Part::Call(word, list) => call(&word, list, tokens, diagnostics),
        Part::Policy(path) => {
            if path
                .segments
                .first()
                .is_some_and(|first| first.ident == "Self")
            {
                let message = format!(
                    "a rule is a constant of its own, where `Self` means nothing: write the name of the \
                     type in place of `Self` in `{}`",
                    readable(&path)
                );
                diagnostics.report(&path, message);
            }
            Some(Requirement::Policy(path))
        }
        Part::After(word, _) => {
            let message = "`after` decides on the result, behind the rule: move it out of the \
                           parentheses, `#[authorize(.., after = |ctx, out| ..)]`";
            diagnostics.report(word, message);
            None
        }
        Part::Crate(given) => {
            let message = "`crate = ..` belongs behind the rule, as the last argument of \
                           `#[authorize(..)]`";
            diagnostics.report(given.path, message);
            None
        }
        Part::Unknown => {
            diagnostics.report(tokens, unknown(tokens));
            None
        }
    }
}

fn call(
    word: &Ident,
    list: TokenStream,
    tokens: &TokenStream,
    diagnostics: &mut Diagnostics,
) -> Option<Requirement> {
    let text = word.to_string();
    match text.as_str() {
        "any" => Some(Requirement::Any(parts(word, list, diagnostics))),
        "all" => Some(Requirement::All(parts(word, list, diagnostics))),
        "not" => {
            let count = separated(list.clone()).len();
            let readable = readable(&list);
            let mut parts = parts(word, list, diagnostics);
            if count > 1 {
                let message = format!(
                    "`not(..)` takes one requirement: write `not(any({readable}))` if the caller may \
                     have none of them, or `not(all({readable}))`"
                );
                diagnostics.report(word, message);
            }
            parts.truncate(1);
            parts.pop().map(|part| Requirement::Not(Box::new(part)))
        }
        "when" => {
            expression::condition(word, &list, diagnostics);
            Some(Requirement::When(Condition {
                word: word.span(),
                expression: list,
            }))
        }
        "authentication" => {
            let asker = Asker::leaf(Kind::RequiresAuthentication);
            let (strength, _) = strength::read(asker, word.span(), list, diagnostics);
            Some(Requirement::Authentication(strength))
        }
        _ => {
            if let Some(asker) = Asker::from_word(&text) {
                let names = names::leaf(asker, word.span(), list, diagnostics);
                return Some(Requirement::Names(names));
            }
            diagnostics.report(word, unknown_word(&text, tokens));
            if mistakes::list_meant(&text).is_some() {
                parts(word, list, diagnostics);
            }
            None
        }
    }
}

/// The parts of `any(..)`, `all(..)` and `not(..)`.
fn parts(word: &Ident, list: TokenStream, diagnostics: &mut Diagnostics) -> Vec<Requirement> {
    if list.is_empty() {
        diagnostics.report(
            word,
            format!("`{word}()` has nothing in it, so nobody could pass: write `{word}(role(\"admin\"))`"),
        );
    }
    let read = |tokens: TokenStream| requirement(Part::read(&tokens), &tokens, diagnostics);
    split(list).into_iter().filter_map(read).collect()
}

/// What to say of words in front of parentheses that mean nothing.
fn unknown_word(word: &str, tokens: &TokenStream) -> String {
    let bare = word
        .trim_start_matches("requires_")
        .trim_start_matches("has_")
        .trim_end_matches('s');
    let same = match word {
        "authenticated" => {
            return "`#[authorize]` implies an authenticated caller: remove this".to_owned();
        }
        "policy" | "after" => {
            let inner = match tokens.clone().into_iter().nth(1) {
                Some(TokenTree::Group(group)) => readable(group.stream()),
                _ => String::new(),
            };
            return format!("write `{word} = {inner}`, without parentheses");
        }
        "if" | "where" | "expr" | "condition" | "check" => Some("when"),
        "permission" => Some("scope"),
        "acr" | "max_age" | "max_age_seconds" | "auth" | "step_up" | "mfa" => {
            return format!(
                "`#[authorize]` knows no `{word}(..)`: write `authentication(acr = \"mfa\", \
                 max_age_seconds = 300)`"
            );
        }
        "none" | "none_of" | "unless" => Some("not"),
        _ => WORDS.into_iter().find(|known| *known == bare),
    };
    let meant = same
        .or_else(|| mistakes::list_meant(word))
        .or_else(|| closest(word, WORDS));
    match meant {
        Some(meant) => format!("`#[authorize]` knows no `{word}(..)`: write `{meant}(..)`"),
        None => format!(
            "`#[authorize]` knows no `{word}(..)`: an ordinary condition stands in `when({})`",
            readable(tokens)
        ),
    }
}

/// What to say of anything else.
fn unknown(tokens: &TokenStream) -> String {
    if let Some(message) = stray_comma(tokens) {
        return message;
    }
    let written = readable(tokens);
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next(), trees.next()) {
        (Some(TokenTree::Ident(word)), Some(TokenTree::Punct(equals)), value)
            if equals.as_char() == '=' =>
        {
            option(&word.to_string(), value.as_ref())
        }
        (Some(TokenTree::Literal(_)), None, _) => {
            format!("is this a role, a group or a scope? Write `role({written})`")
        }
        (Some(TokenTree::Ident(word)), None, _) if word == "authenticated" => {
            "`#[authorize]` implies an authenticated caller: remove this".to_owned()
        }
        (Some(TokenTree::Ident(word)), None, _) if WORDS.iter().any(|known| word == known) => {
            format!("write in parentheses what `{word}` is about: `{word}(..)`")
        }
        _ if syn::parse2::<Path>(tokens.clone()).is_ok() => format!(
            "a name says what it is a name of, as in `role({written})`; a policy is written \
             `policy = {written}`"
        ),
        _ if has_operator(tokens, '&') => no_operator("&&", "all", tokens),
        _ if has_operator(tokens, '|') => no_operator("||", "any", tokens),
        (Some(TokenTree::Punct(not)), Some(_), _) if not.as_char() == '!' => {
            let operand = readable(tokens.clone().into_iter().skip(1).collect::<TokenStream>());
            format!("write `not({operand})` in place of `!`")
        }
        _ => format!("an ordinary condition stands in `when(..)`: write `when({written})`"),
    }
}

fn has_operator(tokens: &TokenStream, operator: char) -> bool {
    let mut trees = tokens.clone().into_iter();
    trees.any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == operator))
}

/// What to say of `&&` and `||`, in place of which a rule has lists.
fn no_operator(operator: &str, list: &str, tokens: &TokenStream) -> String {
    let condition = if has_part(tokens) {
        String::new()
    } else {
        format!(", or `when({})` if this is a condition", readable(tokens))
    };
    format!("a rule has no `{operator}`: write `{list}(.., ..)`{condition}")
}

/// Whether one of the operands is a part of a rule, such as `role("admin")`: in `when(..)`, it would mean
/// nothing.
fn has_part(tokens: &TokenStream) -> bool {
    let mut trees = tokens.clone().into_iter().peekable();
    let mut begins = true;
    while let Some(token) = trees.next() {
        let is_word =
            matches!(&token, TokenTree::Ident(word) if WORDS.iter().any(|known| word == known));
        if begins && is_word && matches!(trees.peek(), Some(TokenTree::Group(_))) {
            return true;
        }
        begins = matches!(&token, TokenTree::Punct(operator)
            if matches!(operator.as_char(), '&' | '|' | '!'));
    }
    false
}

fn option(word: &str, value: Option<&TokenTree>) -> String {
    let value = value.map(ToString::to_string).unwrap_or_default();
    match word {
        "policy" => "a policy is given by the path of a constant: `policy = PAYMENTS`".to_owned(),
        "reason" => reason::ELSEWHERE.to_owned(),
        "acr" | "max_age" | "max_age_seconds" => {
            format!("`#[authorize]` has no option `{word}`: write `authentication(..)` around it")
        }
        "crate" => "the path to pico-auth is given as a path without quotes: `crate = some::path`"
            .to_owned(),
        _ if WORDS.contains(&word) => {
            format!("write `{word}({value})` in place of `{word} = {value}`")
        }
        _ => match closest(word, OPTIONS) {
            Some(meant) => format!("`#[authorize]` has no option `{word}`: write `{meant} = ..`"),
            None => match closest(word, WORDS) {
                Some(meant) => {
                    format!("`#[authorize]` has no option `{word}`: write `{meant}({value})`")
                }
                None => format!(
                    "`#[authorize]` has no option `{word}`, only `policy = ..`, `after = ..` and \
                     `crate = ..`: remove it"
                ),
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::split;

    #[test]
    fn the_commas_of_a_closure_are_its_own() {
        let parts = split(quote!(
            role("a"),
            after = |ctx, out| f::<A, B>(ctx, out),
            crate = a::b,
        ));
        assert_eq!(parts.len(), 3, "{parts:?}");
    }
}
