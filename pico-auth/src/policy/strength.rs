//! How strongly, and how long ago, a caller must have authenticated (RFC 9470).

use super::verdict::Value;
use crate::context::SecurityContext;
use crate::error::RequiredPermissions;

/// How strongly, and how long ago, a caller must have authenticated: what the claims `acr` and `auth_time`
/// of the token say (RFC 9470, RFC 9068 §2.2.1).
///
/// ```
/// use pico_auth::{AuthenticationStrength, Policy, Requirement};
///
/// const FRESH_MFA: Policy = Policy::require(Requirement::authentication(
///     &AuthenticationStrength::new().acr(&["mfa", "phr"]).max_age_seconds(300),
/// ));
/// # let _ = FRESH_MFA;
/// ```
///
/// A token without the claim that is asked for does not suffice, nor one with a claim of another JSON type, nor
/// an `auth_time` in the future. One that asks for nothing refuses everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct AuthenticationStrength {
    acr_values: Option<&'static [&'static str]>,
    max_age_seconds: Option<u64>,
}

impl AuthenticationStrength {
    /// Asks for nothing yet, and so refuses everybody.
    pub const fn new() -> Self {
        Self {
            acr_values: None,
            max_age_seconds: None,
        }
    }

    /// Asks for one of these classes of authentication, the preferred one first: the claim `acr`, compared
    /// byte by byte. An empty list refuses everybody.
    #[must_use]
    pub const fn acr(mut self, values: &'static [&'static str]) -> Self {
        self.acr_values = Some(values);
        self
    }

    /// Asks for an authentication that is at most so long ago: the claim `auth_time`. The leeway of the
    /// settings is allowed for. 0 refuses everybody.
    #[must_use]
    pub const fn max_age_seconds(mut self, seconds: u64) -> Self {
        self.max_age_seconds = Some(seconds);
        self
    }

    /// The classes of authentication, one of which is asked for; empty where none is.
    pub(crate) const fn acr_values(&self) -> &'static [&'static str] {
        match self.acr_values {
            Some(values) => values,
            None => &[],
        }
    }

    /// How long ago the authentication may be, in seconds; `None` where it does not matter.
    pub(crate) const fn max_age(&self) -> Option<u64> {
        self.max_age_seconds
    }

    /// Whether nobody can have it.
    pub(crate) const fn is_nothing(&self) -> bool {
        match (self.acr_values, self.max_age_seconds) {
            (None, None) | (_, Some(0)) => true,
            (Some(values), _) => values.is_empty(),
            (None, Some(_)) => false,
        }
    }

    /// What is not known of the caller is nothing to judge, as an agent that is not there.
    pub(super) fn value(&self, caller: &SecurityContext) -> Value {
        if self.is_nothing() {
            return Value::Never;
        }
        let of_acr = self.acr_values.map(|values| match caller.acr() {
            None => Value::Never,
            Some(acr) => Value::of(!acr.is_empty() && values.contains(&acr)),
        });
        let of_age = self.max_age_seconds.map(|seconds| {
            let is_within = caller.authenticated_within(seconds);
            is_within.map_or(Value::Never, Value::of)
        });
        match (of_acr, of_age) {
            (Some(one), Some(other)) => one.min(other),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => Value::Never,
        }
    }

    pub(super) fn describe(&self) -> RequiredPermissions {
        if self.is_nothing() {
            return RequiredPermissions::Nothing;
        }
        let values = self.acr_values().iter();
        RequiredPermissions::AuthenticationStrength {
            acr_values: values.map(|value| Box::from(*value)).collect(),
            max_age_seconds: self.max_age_seconds,
        }
    }
}
