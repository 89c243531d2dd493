//! Rules of a whole `impl` block.

use super::is_dropped;
use super::signature::no_generics;
use crate::attribute::model::{Block, Member, Requirement, Rule};
use crate::attribute::written::is_rule;
use crate::diagnostics::Diagnostics;

/// Refuses what cannot be said of all functions of a block, and a block that has lost another rule. The
/// answer is whether the rule can be put on the functions.
pub(in crate::attribute) fn on_block(
    rule: &Rule,
    block: &Block,
    diagnostics: &mut Diagnostics,
) -> bool {
    let attribute = rule.kind.attribute();
    if rule.kind.is_open() {
        diagnostics.report_at(
            rule.span,
            format!(
                "`#[{attribute}]` on a block would also open the functions that are added to it one \
                 day: put it on each function that is to be open"
            ),
        );
        return false;
    }
    let mut fits = true;
    rule.leaves(&mut |leaf| {
        if let Requirement::When(condition) = leaf {
            fits = false;
            diagnostics.report_at(
                condition.word,
                "`when(..)` sees the arguments of one function: write `#[authorize(when(..))]` on the \
                 functions that it is about, where it is added to the rule of the block",
            );
        }
    });
    if let Some(after) = &rule.after {
        fits = false;
        diagnostics.report(
            after,
            "`after` sees the result of one function: write `#[authorize(after = ..)]` on the \
             functions that it is about, where it is added to the rule of the block",
        );
    }
    let has_rule = block.attributes.iter().any(is_rule);
    for member in &block.members {
        if let Member::Function(function) = member
            && is_dropped(function)
            && !has_rule
        {
            fits = false;
            diagnostics.report(
                &function.signature.ident,
                format!(
                    "an attribute above `#[{attribute}]` has dropped another access rule of this \
                     function: put the rules of the block above all its other attributes"
                ),
            );
        }
    }
    fits
}

/// Refuses a block without anything to protect, and rules that mean nothing in front of it.
pub(in crate::attribute) fn block(rules: &[Rule], block: &Block, diagnostics: &mut Diagnostics) {
    let Some(rule) = rules.first() else { return };
    let functions = block
        .members
        .iter()
        .filter(|member| matches!(member, Member::Function(_)));
    if functions.count() == 0 {
        let hint = if block.is_of_trait {
            "functions that the trait provides have no rule unless they are written here"
        } else {
            "put it on the blocks that have some"
        };
        let attribute = rule.kind.attribute();
        diagnostics.report_at(
            rule.span,
            format!("this block has no functions that `#[{attribute}]` could protect: {hint}"),
        );
    }
    no_generics(rules, &block.generics, diagnostics);
}
