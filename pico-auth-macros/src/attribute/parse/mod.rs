//! From tokens to the [model](super::model).

mod arguments;
mod asker;
mod authorize;
mod expression;
mod function;
mod mistakes;
mod names;

pub(crate) use arguments::{rule, separated};
pub(crate) use function::function;
pub(super) use mistakes::generic;
