//! Rules that do not go together.

use crate::attribute::model::{Kind, Rule};
use crate::diagnostics::Diagnostics;

/// Refuses rules that contradict or repeat each other.
///
/// What a function says of itself is added to the rule of its block, of which only `allow_anonymous`
/// with a reason is free.
pub(in crate::attribute) fn together(rules: Vec<Rule>, diagnostics: &mut Diagnostics) -> Vec<Rule> {
    let (block, own): (Vec<Rule>, Vec<Rule>) =
        rules.into_iter().partition(|rule| rule.origin.is_block());
    let mut block = alongside(block, diagnostics);
    let mut own = alongside(own, diagnostics);
    let Some(of_block) = block.first() else {
        return own;
    };
    let attribute = of_block.kind.attribute();
    match own.first() {
        Some(open) if open.kind == Kind::AllowAnonymous => {
            if open.reason.is_none() {
                diagnostics.report_at(
                    open.span,
                    format!(
                        "this lifts `#[{attribute}]`, the rule of the block, from this function: say \
                         why, `#[allow_anonymous(reason = \"load balancer probe\")]`"
                    ),
                );
            }
            return own;
        }
        Some(open) if open.kind.is_open() => diagnostics.report_at(
            open.span,
            format!(
                "`#[{}]` admits callers without a token and `#[{attribute}]`, the rule of the block, \
                 does not: move this function to an `impl` block without that rule",
                open.kind.attribute()
            ),
        ),
        _ => {}
    }
    own.retain(|rule| !block.iter().any(|of_block| of_block.repeats(rule)));
    block.extend(own);
    block
}

/// Refuses rules of one place that contradict or repeat each other.
///
/// What is returned is the stricter side, so that the rest of the program is checked as it should be.
fn alongside(mut rules: Vec<Rule>, diagnostics: &mut Diagnostics) -> Vec<Rule> {
    for (i, rule) in rules.iter().enumerate() {
        if rules.iter().take(i).any(|earlier| earlier.repeats(rule)) {
            let attribute = rule.kind.attribute();
            let message = format!("`#[{attribute}]` stands here twice: remove one of the two");
            diagnostics.report_at(rule.span, message);
        } else if let Some(message) = contradiction(rule, &rules) {
            diagnostics.report_at(rule.span, message);
        }
    }
    if rules.iter().any(|rule| !rule.kind.is_open()) {
        rules.retain(|rule| !rule.kind.is_open());
    }
    rules
}

fn contradiction(rule: &Rule, rules: &[Rule]) -> Option<String> {
    let attribute = rule.kind.attribute();
    let other = rules.iter().find(|other| other.kind != rule.kind)?;
    let other_attribute = other.kind.attribute();
    match rule.kind {
        Kind::AllowAnonymous => Some(format!(
            "`#[{attribute}]` admits everybody and `#[{other_attribute}]` looks at the token: keep \
             one of them"
        )),
        Kind::OptionalAuthentication if other.kind != Kind::AllowAnonymous => Some(format!(
            "`#[{attribute}]` admits callers without a token and `#[{other_attribute}]` does not: \
             keep one of them"
        )),
        Kind::Authenticated => {
            let requirement = rules.iter().find(|other| !other.kind.is_marker())?;
            Some(format!(
                "`#[{}]` already implies an authenticated caller: remove `#[{attribute}]`",
                requirement.kind.attribute()
            ))
        }
        _ => None,
    }
}
