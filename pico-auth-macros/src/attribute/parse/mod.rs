//! From tokens to the [model](super::model).

mod arguments;
mod asker;
mod authorize;
mod expression;
mod function;
mod grouped;
mod mistakes;
mod names;

pub(crate) use arguments::{rule, separated};
pub(crate) use function::function;
pub(crate) use grouped::parenthesized;
pub(super) use mistakes::generic;
