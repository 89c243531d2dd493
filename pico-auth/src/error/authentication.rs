//! 401: the caller must authenticate anew, in another way or more recently (RFC 9470).

use std::error::Error;
use std::fmt;

use super::permissions::RequiredPermissions;
use super::trace::{TokenTrace, traced};

/// 401: the token is valid and says of an authentication that is too weak or too old, or says nothing of
/// it. With a new one the caller may do this (step-up, RFC 9470).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsufficientAuthenticationError {
    details: Box<Details>,
    trace: TokenTrace,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    acr_values: Box<[Box<str>]>,
    max_age_seconds: Option<u64>,
}

impl InsufficientAuthenticationError {
    /// The error of a rule that holds for callers whose token names one of `acr_values` as its `acr`, if
    /// there are any, and whose `auth_time` is at most `max_age_seconds` ago, if that is given.
    pub fn new<V: Into<Box<str>>>(
        acr_values: impl IntoIterator<Item = V>,
        max_age_seconds: Option<u64>,
    ) -> Self {
        Self {
            details: Box::new(Details {
                acr_values: acr_values.into_iter().map(Into::into).collect(),
                max_age_seconds,
            }),
            trace: TokenTrace::default(),
        }
    }

    /// The classes of authentication with one of which the rule would hold, the preferred one first; empty
    /// where any will do.
    pub const fn acr_values(&self) -> &[Box<str>] {
        &self.details.acr_values
    }

    /// How long ago the authentication may be, in seconds; `None` where it does not matter.
    pub const fn max_age_seconds(&self) -> Option<u64> {
        self.details.max_age_seconds
    }
}

traced!(InsufficientAuthenticationError);

impl fmt::Display for InsufficientAuthenticationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let required = RequiredPermissions::AuthenticationStrength {
            acr_values: self.details.acr_values.clone(),
            max_age_seconds: self.details.max_age_seconds,
        };
        write!(f, "Requires {required}")
    }
}

impl Error for InsufficientAuthenticationError {}
