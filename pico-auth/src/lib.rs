//! Authorization for Rust web services.

pub mod claims;
mod context;
mod error;
mod policy;
pub mod rule;

#[doc(hidden)]
pub mod __private;
pub use context::*;
pub use error::*;
pub use policy::*;
