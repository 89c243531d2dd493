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

#[cfg(feature = "macros")]
#[doc(inline)]
pub use pico_auth_macros::{
    allow_anonymous, authenticated, optional_authentication, requires_agent_scope, requires_group,
    requires_role, requires_scope,
};
