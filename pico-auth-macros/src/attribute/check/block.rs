//! Rules of a whole `impl` block.

use syn::{Attribute, Path};

use super::signature::no_generics;
use super::{all_paths, is_dropped};
use crate::attribute::model::{Block, Function, Kind, Member, Requirement, Rule};
use crate::attribute::written::is_rule;
use crate::attribute::{is_inert, kind_of, tripwire};
use crate::diagnostics::{Diagnostics, readable};

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

/// Refuses a block without anything to protect, or with something that would escape its rules, and rules that
/// mean nothing in front of it. The tripwires are still in place.
pub(in crate::attribute) fn block(rules: &[Rule], block: &Block, diagnostics: &mut Diagnostics) {
    let Some(rule) = rules.first() else { return };
    let mut has_functions = false;
    for member in &block.members {
        match member {
            Member::Function(function) => {
                has_functions = true;
                all_left(function, diagnostics);
            }
            Member::Other(attributes, _) => no_macros(rule, attributes, diagnostics),
        }
    }
    if !has_functions {
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

/// The rules that a function has of its own, which wait until those of the block are on it.
pub(in crate::attribute) fn own_rules(function: &Function) -> Vec<Kind> {
    let paths = all_paths(&function.attributes);
    paths.filter_map(|path| kind_of(&path)).collect()
}

/// Refuses a function from which an attribute of the block has taken a rule of its own.
fn all_left(function: &Function, diagnostics: &mut Diagnostics) {
    let had = tripwire::own_rules(&function.body);
    let has = own_rules(function);
    for kind in Kind::ALL {
        let count = |rules: &[Kind]| rules.iter().filter(|rule| **rule == kind).count();
        if had.iter().any(|had| count(had) > count(&has)) {
            diagnostics.report(
                &function.signature.ident,
                format!(
                    "another attribute of this block has dropped `#[{}]` of this function: move the \
                     function to an `impl` block without that attribute",
                    kind.attribute()
                ),
            );
        }
    }
}

/// Refuses attributes of a constant or a type that may be macros.
fn no_macros(rule: &Rule, attributes: &[Attribute], diagnostics: &mut Diagnostics) {
    for path in all_paths(attributes).filter(|path| !leaves_alone(path)) {
        let message = format!(
            "functions that `#[{}]` writes would not have the rule of this block: move what is below it to \
             an `impl` block without `#[{}]`",
            readable(&path),
            rule.kind.attribute()
        );
        diagnostics.report(path, message);
    }
}

/// Whether an attribute is one of the compiler or its tools, and writes nothing beside what is below it.
fn leaves_alone(path: &Path) -> bool {
    const TOOLS: [&str; 5] = ["clippy", "diagnostic", "miri", "rust_analyzer", "rustfmt"];
    let of_tool = path.segments.len() > 1
        && path
            .segments
            .first()
            .is_some_and(|first| TOOLS.iter().any(|tool| first.ident == tool));
    of_tool || is_inert(path) || path.is_ident("cfg") || path.is_ident("cfg_attr")
}
