//! Claims types for the tokens of common identity providers, to be given to
//! [`Authenticator::typed`](crate::Authenticator::typed) or
//! [`AuthenticatorBuilder::claims`](crate::AuthenticatorBuilder::claims).
//!
//! | Type | Roles | Groups | Scopes |
//! |---|---|---|---|
//! | [`Keycloak`] | `realm_access.roles` | `groups` (array) | `scope` (space-separated) |
//! | [`Auth0`] | `permissions` | not decided | `scope` (space-separated) |
//! | [`EntraId`] | `roles` | `groups` (array; overage is refused) | `scp` (space-separated) |
//! | [`Okta`] | not decided | `groups` (array) | `scp` (array) |
//! | [`Cognito`] | not decided | `cognito:groups` (array) | `scope` (space-separated) |
//!
//! What a type does not decide comes from where it comes without one (`roles_claim`, a
//! `RoleResolver`, the claim's default). A claim that is absent grants nothing; one of another form
//! than the provider documents is refused. Absence keeps nobody out, either: `not(group(..))` holds for
//! whoever has a token that does not list the group, for whatever reason.
//!
//! They are the common denominator. Where a tenant adds claims or maps them elsewhere, derive `Claims`
//! on a struct of your own; one of these can be a `#[claim(flatten)]` field of it.

mod auth0;
mod cognito;
mod entra_id;
mod keycloak;
mod okta;

pub use auth0::Auth0;
pub use cognito::Cognito;
pub use entra_id::EntraId;
pub use keycloak::Keycloak;
pub use okta::Okta;

use crate::claims::field::{self, Forms, Source};
use crate::claims::{ClaimError, ClaimValue, RawClaims};

/// The value of a claim, as its type reads it.
fn value<T: ClaimValue>(
    raw: &RawClaims,
    name: &'static str,
    path: &'static [&'static str],
) -> Result<T, ClaimError> {
    field::value(raw, &Source { name, path })
}

/// The names in an array; none where it is absent.
fn array(
    raw: &RawClaims,
    name: &'static str,
    path: &'static [&'static str],
) -> Result<Vec<String>, ClaimError> {
    let names: Option<Vec<String>> = value(raw, name, path)?;
    Ok(names.unwrap_or_default())
}

/// The names in a string, between spaces; none where it is absent.
fn space_separated(
    raw: &RawClaims,
    name: &'static str,
    path: &'static [&'static str],
) -> Result<Vec<String>, ClaimError> {
    let forms = Forms {
        array: false,
        string: false,
        space_separated: true,
    };
    field::list_or(raw, name, &[Source { name, path }], forms, || {
        Some(Vec::new())
    })
}

/// The client that asked for the token, where one kind of the provider's tokens names it in one claim
/// and another in another. A token that names two clients says nothing certain about either.
fn client(
    raw: &RawClaims,
    [one, other]: &'static [&'static str; 2],
) -> Result<Option<String>, ClaimError> {
    let read = |name: &'static &'static str| value(raw, name, std::slice::from_ref(name));
    let named: (Option<String>, Option<String>) = (read(one)?, read(other)?);
    match named {
        (Some(client), Some(another)) if client != another => {
            let problem = "another claim names another client";
            Err(ClaimError::refused(*one, problem))
        }
        (client, another) => Ok(client.or(another)),
    }
}

/// Accessors for names, as strings.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        pub fn $name(&self) -> impl ExactSizeIterator<Item = &str> {
            self.$name.iter().map(String::as_str)
        }
    )+};
}

/// Accessors for claims that may be absent.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        pub fn $name(&self) -> Option<&str> {
            self.$name.as_deref()
        }
    )+};
}

/// What was granted, and to whom, stays out of logs.
macro_rules! debug {
    ($ty:ident) => {
        impl std::fmt::Debug for $ty {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($ty)).finish_non_exhaustive()
            }
        }
    };
}

use {debug, names, texts};
