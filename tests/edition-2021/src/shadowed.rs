//! The user's names do not meet the generated ones.

use ::another_name::{AuthClientError, authenticated, requires_role};
use ::std::primitive::u8;

/// Not the one of the prelude.
pub struct Result;
/// Nor this.
pub struct Err;
/// Nor this.
pub struct Ok;
/// Nor this.
pub struct Box;
/// Nor this.
pub struct Future;

/// Names of macros that generated code uses.
#[macro_use]
#[allow(unused_macros)]
mod macros {
    macro_rules! line {
        () => {
            compile_error!("not this one")
        };
    }
    macro_rules! file {
        () => {
            compile_error!("not this one")
        };
    }
    macro_rules! module_path {
        () => {
            compile_error!("not this one")
        };
    }
}

/// Shadows by arguments.
#[requires_role("admin")]
pub async fn arguments(check: u8, secure: u8, result: u8, refusal: u8) -> u8 {
    check + secure + result + refusal
}

/// Shadows by arguments, without a future.
///
/// # Errors
///
/// Refusals.
#[requires_role("admin")]
pub fn check(refusal: u8) -> ::std::result::Result<u8, AuthClientError> {
    ::std::result::Result::Ok(refusal)
}

/// Shadows by generics.
#[authenticated]
pub async fn generics<T, R, F>(t: T, r: R, f: F) -> (T, R, F) {
    (t, r, f)
}
