//! From tokens to the [model](super::model).

mod arguments;
mod asker;
mod authorize;
mod block;
mod expression;
mod function;
mod grouped;
mod mistakes;
mod names;
mod reason;
mod strength;

pub(crate) use arguments::{rule, separated, stray_comma};
pub(crate) use function::{Head, Item, function, item, word_in_place_of_fn};
pub(crate) use grouped::parenthesized;
pub(super) use mistakes::generic;
pub(crate) use names::granted;
