//! How a decision ended, in the words of logs, metrics and audit records.

use crate::error::AuthClientError;

/// How a decision ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecisionOutcome {
    /// The caller may pass.
    Admitted,
    /// The caller may pass so far: the rule depends on the request, and the function decides the rest once
    /// it has its arguments. Its own decision is another one.
    Deferred,
    /// 401: the caller is not known.
    Unauthenticated,
    /// 403: the caller is known, and may not.
    Forbidden,
    /// 503: it cannot be decided now.
    Unavailable,
    /// 500: the service is not set up as its code expects.
    Misconfigured,
}

impl DecisionOutcome {
    /// A short, stable word: `admitted`, `deferred`, `unauthenticated`, `forbidden`, `unavailable` or
    /// `misconfigured`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::Deferred => "deferred",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::Unavailable => "unavailable",
            Self::Misconfigured => "misconfigured",
        }
    }

    pub(crate) const fn of(error: &AuthClientError) -> Self {
        match error {
            AuthClientError::MissingToken(_)
            | AuthClientError::TokenExpired(_)
            | AuthClientError::TokenInvalid(_)
            | AuthClientError::InsufficientAuthentication(_) => Self::Unauthenticated,
            AuthClientError::InsufficientPermissions(_) | AuthClientError::CrossSiteRequest(_) => {
                Self::Forbidden
            }
            AuthClientError::AuthUnavailable(_) => Self::Unavailable,
            AuthClientError::AuthConfiguration(_) => Self::Misconfigured,
        }
    }
}

/// The reason of an admission.
pub(crate) const NO_REASON: &str = "none";
