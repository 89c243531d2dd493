//! What a `macro_rules!` matched as one expression (`$x:expr`) stays one.
//!
//! Such an expression comes in a group without delimiters, which the compiler forgets in what a macro
//! writes: `when($x && b)` with `a1 || a2` for `$x` would become `a1 || a2 && b`, and admit callers
//! without `b`. So it gets parentheses.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::Expr;

/// The tokens with parentheses in place of invisible groups, where they make a difference.
pub(crate) fn parenthesized(tokens: TokenStream) -> TokenStream {
    if !has_invisible_group(tokens.clone()) {
        return tokens; // with the spans of its groups, which do not survive being rebuilt
    }
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let delimiter = match group.delimiter() {
                    Delimiter::None if falls_apart(&group) => Delimiter::Parenthesis,
                    delimiter => delimiter,
                };
                let mut rebuilt = Group::new(delimiter, parenthesized(group.stream()));
                rebuilt.set_span(group.span());
                rebuilt.into()
            }
            token => token,
        })
        .collect()
}

fn has_invisible_group(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => {
            group.delimiter() == Delimiter::None || has_invisible_group(group.stream())
        }
        _ => false,
    })
}

/// Whether the group is an expression that an operator beside it would tear apart. Names, paths and
/// literals are none: they may stand where parentheses may not.
fn falls_apart(group: &Group) -> bool {
    match syn::parse2::<Expr>(group.stream()) {
        Ok(
            Expr::Array(_)
            | Expr::Await(_)
            | Expr::Block(_)
            | Expr::Call(_)
            | Expr::Field(_)
            | Expr::Group(_)
            | Expr::Index(_)
            | Expr::Lit(_)
            | Expr::Macro(_)
            | Expr::MethodCall(_)
            | Expr::Paren(_)
            | Expr::Path(_)
            | Expr::Repeat(_)
            | Expr::Try(_)
            | Expr::Tuple(_),
        )
        | Err(_) => false,
        Ok(_) => true,
    }
}
