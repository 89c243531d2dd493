//! What generated code may name, and nothing else. Not part of the public API: no promise of
//! stability, not even between patch releases.

pub use core::convert::AsRef;
pub use core::default::Default;
pub use core::marker::{Send, Sync};
pub use core::option::Option;
pub use core::primitive::str;
pub use core::result::Result;
pub use core::{file, line, module_path};
pub use std::boxed::Box;

#[cfg(feature = "macros")]
pub use pico_auth_macros::__rule;

pub use serde::de::DeserializeOwned;
pub use serde_json::Value;

pub use crate::claims::field;
pub use crate::claims::{
    ClaimError, ClaimList, ClaimValue, FromClaims, GrantNames, Grants, Named, RawClaims,
};
pub use crate::error::{AuthClientError, Permission};
pub use crate::policy::{Policy, Requirement};
pub use crate::rule::{
    Deny, RefusalError, Rule, SecuredFuture, StaticRule, check, secure, secure_mapped, secure_open,
};

/// A value of the declared return type that is never made: generated code returns it where it is
/// never reached, so that a mistake in the body is reported against the declared type.
pub fn declared<T>() -> T {
    std::process::abort()
}
