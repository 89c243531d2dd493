//! The user's names do not meet the generated ones.

use ::another_name::{AuthClientError, authenticated, authorize, requires_role};
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
/// Nor this.
pub struct Option;
/// Nor this.
pub struct String;
/// Nor this.
#[allow(non_camel_case_types)]
pub struct str;

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

/// Has the name of its derive.
#[derive(::another_name::Role)]
pub enum Role {
    /// Implies the other.
    #[role(implies(Editor))]
    Admin,
    /// Is implied.
    Editor,
}

/// Shadows by arguments, with conditions.
#[authorize(
    any(role(Role::Admin), when(result > 1), when(outcome > ctx.subject().len())),
    after = |_, out| *out > conditions_of_result(),
)]
pub async fn conditions(result: u8, refusal: u8, next: u8, outcome: usize, conditions: u8) -> u8 {
    let _ = outcome;
    result + refusal + next + conditions
}

const fn conditions_of_result() -> u8 {
    0
}

/// The same without a future.
///
/// # Errors
///
/// Refusals.
#[authorize(when(next > 1), after = |_, out| *out > 0)]
pub fn before_and_after(next: u8) -> ::std::result::Result<u8, AuthClientError> {
    ::std::result::Result::Ok(next)
}
