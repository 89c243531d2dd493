//! What generated code may name, and nothing else. Not part of the public API: no promise of
//! stability, not even between patch releases.

pub use core::future::Future;
pub use core::result::Result;

#[cfg(feature = "macros")]
pub use pico_auth_macros::__rule;

pub use crate::error::{AuthClientError, Permission};
pub use crate::policy::{Policy, Requirement};
pub use crate::rule::{
    Deny, RefusalError, Rule, SecuredFuture, StaticRule, check, secure, secure_mapped, secure_open,
};
