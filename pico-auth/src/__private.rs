//! What generated code may name, and nothing else. Not part of the public API: no promise of
//! stability, not even between patch releases.

pub use core::convert::{AsRef, From};
pub use core::default::Default;
pub use core::marker::{Send, Sync};
pub use core::ops::FnMut;
pub use core::option::Option;
pub use core::primitive::{bool, str};
pub use core::result::Result;
pub use core::{file, line, module_path, option_env};
pub use std::boxed::Box;
pub use std::string::String;

#[cfg(feature = "macros")]
pub use pico_auth_macros::{__checked, __rule, path_of};

/// For `#[pico_auth::test(..)]`.
#[cfg(all(feature = "macros", feature = "test-kit"))]
pub mod testing {
    pub use pico_auth_macros::test;

    pub use crate::test_kit::running::{block_on, caller, run, within};
}

pub use serde::de::DeserializeOwned;
pub use serde_json::Value;

pub use crate::claims::field;
pub use crate::claims::{
    ClaimError, ClaimList, ClaimValue, FromClaims, GrantNames, Grants, Named, RawClaims,
};
pub use crate::error::{AuthClientError, Permission};
pub use crate::names::{GroupName, RoleName, ScopeName, TypedName, named};
pub use crate::policy::{AuthenticationStrength, Conditions, Policy, Requirement};
pub use crate::rule::{
    Deny, RefusalError, Returned, Rule, SecuredFuture, StaticRule, after, check, conditions,
    secure, secure_mapped, secure_open,
};

/// What the attributes put into a body until its rule is in place. It compiles nowhere.
#[cfg(feature = "macros")]
#[doc(hidden)]
#[macro_export]
macro_rules! __pico_auth_unruled {
    ($($own_rule:ident)*) => {
        ::core::compile_error! {
            "another attribute dropped or copied the access rule of this function, so that its body \
             would run unprotected: put that attribute on a private function, and call that from \
             this one"
        }
    };
}
#[cfg(feature = "macros")]
pub use __pico_auth_unruled as unruled;

/// Compiles only for roles.
pub const fn role<T: RoleName>(_: &T) {}

/// Compiles only for groups.
pub const fn group<T: GroupName>(_: &T) {}

/// Compiles only for scopes.
pub const fn scope<T: ScopeName>(_: &T) {}

/// A stand-in for `name()` of values that are no names, so that [`role`] and its like have the only
/// word on them. It is never called: a constant cannot.
pub trait Unnamed {
    /// Nothing.
    fn name(&self) -> &'static str {
        ""
    }
}

impl<T: ?Sized> Unnamed for T {}

/// A value of the declared return type that is never made: generated code returns it where it is
/// never reached, so that a mistake in the body is reported against the declared type.
pub fn declared<T>() -> T {
    std::process::abort()
}
