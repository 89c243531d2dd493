//! From tokens to the [model](super::model).

mod arguments;
mod function;
mod mistakes;

pub(crate) use arguments::{rule, separated};
pub(crate) use function::function;
