//! Authorization for Rust web services.

mod authenticator;
mod challenge;
pub mod claims;
mod clock;
mod context;
pub mod danger;
mod error;
mod events;
mod jwks;
mod jwt;
mod policy;
mod roles;
pub mod rule;
mod settings;
#[cfg(feature = "test-kit")]
pub mod test_kit;
mod token;
#[cfg(feature = "axum")]
mod web;

#[doc(hidden)]
pub mod __private;
pub use authenticator::*;
pub use challenge::www_authenticate;
pub use claims::*;
pub use clock::*;
pub use context::*;
pub use error::*;
pub use jwks::*;
pub use jwt::*;
pub use policy::*;
pub use roles::*;
pub use settings::*;
pub use token::*;
#[cfg(feature = "axum")]
pub use web::*;
