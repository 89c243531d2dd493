//! Expressions of the user in `when(..)` and `after = ..`. They stay tokens; what is wrong with them
//! beyond their form is said by the compiler, at the user's words.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Expr, ExprAsync, ExprBreak, ExprClosure, ExprContinue, ExprForLoop, ExprLoop, ExprReturn,
};
use syn::{ExprWhile, Item, Macro};

use crate::diagnostics::{Diagnostics, place};

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
pub(super) fn after(word: &Ident, tokens: &TokenStream, diagnostics: &mut Diagnostics) {
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
            place(word, tokens),
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

const RETURN: &str =
    "`return` would leave the function before its rule is decided: let the condition be a `bool`";

/// The first `return` in tokens that only the macro they are given to understands.
fn said_return(tokens: TokenStream) -> Option<Ident> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(word) if word == "return" => Some(word),
        TokenTree::Group(group) => said_return(group.stream()),
        _ => None,
    })
}

impl VisitMut for Leaves<'_> {
    fn visit_expr_return_mut(&mut self, expression: &mut ExprReturn) {
        self.0.report(expression.return_token, RETURN);
    }

    fn visit_macro_mut(&mut self, called: &mut Macro) {
        if let Some(word) = said_return(called.tokens.clone()) {
            self.0.report(word, RETURN);
        }
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

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use quote::quote;

    use super::*;

    /// Inside the arguments of a macro, it would end the function with a result and no rule decided.
    #[test]
    fn a_return_in_the_arguments_of_a_macro_is_refused() {
        let is_refused = |tokens: &TokenStream| {
            let mut diagnostics = Diagnostics::default();
            let word = Ident::new("when", Span::call_site());
            condition(&word, tokens, &mut diagnostics);
            !diagnostics.is_empty()
        };
        assert!(is_refused(&quote!(
            matches!(order, Some(o) if { return Ok(o) })
        )));
        assert!(is_refused(&quote!(
            a && !dbg!([if b {
                return Ok(1);
            }])
        )));
        assert!(!is_refused(&quote!(matches!(order, Some(o) if o.returned))));
    }
}
