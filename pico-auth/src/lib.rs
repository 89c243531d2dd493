//! Authorization for Rust web services.

pub mod claims;
mod clock;
mod context;
mod error;
mod jwks;
mod jwt;
mod policy;
pub mod rule;
mod token;

#[doc(hidden)]
pub mod __private;
pub use clock::*;
pub use context::*;
pub use error::*;
pub use jwks::*;
pub use jwt::*;
pub use policy::*;
pub use token::*;
