//! Authorization for Rust web services.

mod authenticator;
mod challenge;
pub mod claims;
mod context;
pub mod danger;
mod error;
mod events;
mod policy;
mod roles;
pub mod rule;
mod token;
#[cfg(feature = "axum")]
mod web;

#[doc(hidden)]
pub mod __private;
pub use authenticator::*;
pub use claims::*;
pub use context::*;
pub use error::*;
pub use policy::*;
pub use roles::*;
#[cfg(feature = "axum")]
pub use web::*;
