//! Expressions of the user in `when(..)` and `after = ..`. They stay tokens; what is wrong with them
//! beyond their form is said by the compiler, at the user's words.

use proc_macro2::{Ident, TokenStream};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Expr, ExprAsync, ExprBreak, ExprClosure, ExprContinue, ExprForLoop, ExprLoop, ExprReturn,
};
use syn::{ExprWhile, Item};

use crate::diagnostics::Diagnostics;

/// Checks what stands in `when(..)`.
pub(super) fn condition(word: &Ident, tokens: &TokenStream, diagnostics: &mut Diagnostics) {
    if tokens.is_empty() {
        let message = "`when()` says nothing: write a condition, such as \
                       `when(ctx.subject() == order.owner)`";
        diagnostics.report(word, message);
        return;
    }
    match syn::parse2::<Expr>(tokens.clone()) {
        Ok(Expr::Let(expression)) => diagnostics.report(
            expression,
            "a condition is a `bool`: write `matches!(value, pattern)` in place of `let`",
        ),
        Ok(Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        })) => diagnostics.report(&text, not_text(&text.value())),
        Ok(mut expression) => Leaves(diagnostics, false).visit_expr_mut(&mut expression),
        Err(error) => diagnostics.report_at(
            error.span(),
            format!(
                "`when(..)` takes one expression that is a `bool` ({error}): for two conditions, \
                 write `all(when(..), when(..))`"
            ),
        ),
    }
}

/// What to write in place of a condition in quotes: the same without quotes, or, where that would be
/// no condition, the part of a rule that a name belongs to.
fn not_text(text: &str) -> String {
    match syn::parse_str::<Expr>(text) {
        Ok(expression) if !matches!(expression, Expr::Path(_)) => {
            format!("a condition is Rust, not text: write `when({text})`")
        }
        _ => format!(
            "a condition is Rust, not text: write `when(ctx.subject() == order.owner)`, or \
             `role({text:?})` if this is the name of a role"
        ),
    }
}

/// Checks what stands behind `after =`.
pub(super) fn after(tokens: &TokenStream, diagnostics: &mut Diagnostics) {
    match syn::parse2::<Expr>(tokens.clone()) {
        Ok(Expr::Closure(closure)) if closure.inputs.len() != 2 => diagnostics.report(
            tokens,
            "`after` takes the caller and the result: write `after = |ctx, out| ..`",
        ),
        Ok(Expr::Closure(closure)) if closure.asyncness.is_some() => diagnostics.report(
            tokens,
            "`after` cannot wait: await what it needs in the body, and compare it here without `async`",
        ),
        Ok(Expr::Closure(_) | Expr::Path(_)) => {}
        _ => diagnostics.report(
            tokens,
            "`after` takes a closure or a function of the caller and the result: write \
             `after = |ctx, out| out.owner == ctx.subject()`",
        ),
    }
}

/// Refuses what would leave the function, or the generated code, before the rule is decided.
struct Leaves<'a>(&'a mut Diagnostics, bool);

impl Leaves<'_> {
    fn in_loop(&mut self, walk: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.1, true);
        walk(self);
        self.1 = outer;
    }
}

impl VisitMut for Leaves<'_> {
    fn visit_expr_return_mut(&mut self, expression: &mut ExprReturn) {
        self.0.report(
            expression.return_token,
            "`return` would leave the function before its rule is decided: let the condition be a `bool`",
        );
    }

    fn visit_expr_break_mut(&mut self, expression: &mut ExprBreak) {
        if !self.1 {
            let message = "there is no loop to `break` out of: let the condition be a `bool`";
            self.0.report(expression.break_token, message);
        }
    }

    fn visit_expr_continue_mut(&mut self, expression: &mut ExprContinue) {
        if !self.1 {
            let message = "there is no loop to `continue`: let the condition be a `bool`";
            self.0.report(expression.continue_token, message);
        }
    }

    fn visit_expr_loop_mut(&mut self, expression: &mut ExprLoop) {
        self.in_loop(|leaves| visit_mut::visit_expr_loop_mut(leaves, expression));
    }

    fn visit_expr_while_mut(&mut self, expression: &mut ExprWhile) {
        self.in_loop(|leaves| visit_mut::visit_expr_while_mut(leaves, expression));
    }

    fn visit_expr_for_loop_mut(&mut self, expression: &mut ExprForLoop) {
        self.in_loop(|leaves| visit_mut::visit_expr_for_loop_mut(leaves, expression));
    }

    // What returns from these is not the function.
    fn visit_expr_closure_mut(&mut self, _: &mut ExprClosure) {}
    fn visit_expr_async_mut(&mut self, _: &mut ExprAsync) {}
    fn visit_item_mut(&mut self, _: &mut Item) {}
}
