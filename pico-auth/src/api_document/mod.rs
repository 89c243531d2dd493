//! The access map written into an OpenAPI document, and compared with one.

mod check;
mod operations;
mod schemes;
mod secure;
mod security;
mod words;

pub use check::{Disagreement, check};
pub(crate) use operations::documented;
pub use secure::secure;
