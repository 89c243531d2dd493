//! 503: it cannot be decided now.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::trace::{TokenTrace, traced};

/// What could not be consulted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dependency {
    /// The issuer's signing keys.
    SigningKeys,
    /// The list of revoked tokens.
    RevocationList,
    /// The issuer's token introspection endpoint.
    Introspection,
    /// The [`RoleResolver`](crate::RoleResolver).
    Roles,
    /// A decision made outside the service.
    ExternalDecision,
    /// The memory of DPoP proofs that were seen: it is full.
    ReplayCheck,
}

impl Dependency {
    /// A short, stable word for logs and metrics, such as `signing_keys`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SigningKeys => "signing_keys",
            Self::RevocationList => "revocation_list",
            Self::Introspection => "introspection",
            Self::Roles => "roles",
            Self::ExternalDecision => "external_decision",
            Self::ReplayCheck => "replay_check",
        }
    }
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SigningKeys => "Signing keys are",
            Self::RevocationList => "The revocation list is",
            Self::Introspection => "Token introspection is",
            Self::Roles => "Roles are",
            Self::ExternalDecision => "The access decision is",
            Self::ReplayCheck => "The check of DPoP proofs is",
        })
    }
}

/// 503: it cannot be decided now whether the caller may do this. The caller's token is not at fault.
#[derive(Debug, Clone)]
pub struct AuthUnavailableError {
    what: Dependency,
    retry_after: Duration,
    cause: Option<Arc<dyn Error + Send + Sync>>,
    trace: TokenTrace,
}

/// What `Retry-After` says unless the error knows better.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(5);

impl AuthUnavailableError {
    /// The error for a dependency that does not answer; `Retry-After` is 5 seconds.
    pub fn new(what: Dependency) -> Self {
        Self {
            what,
            retry_after: DEFAULT_RETRY_AFTER,
            cause: None,
            trace: TokenTrace::default(),
        }
    }

    /// Sets how long the client should wait. Sent in whole seconds, at least 1.
    #[must_use]
    pub fn with_retry_after(mut self, retry_after: Duration) -> Self {
        self.retry_after = retry_after;
        self
    }

    /// Keeps the cause for logs; clients never see it.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(Arc::from(cause.into()));
        self
    }

    /// What could not be consulted.
    pub const fn what(&self) -> Dependency {
        self.what
    }

    /// How long the client should wait before it tries again.
    pub const fn retry_after(&self) -> Duration {
        self.retry_after
    }

    /// The value of the header `Retry-After`: the same in whole seconds, rounded up, at least 1.
    pub fn retry_after_seconds(&self) -> u64 {
        let begun = u64::from(self.retry_after.subsec_nanos() > 0);
        self.retry_after.as_secs().saturating_add(begun).max(1)
    }
}

impl fmt::Display for AuthUnavailableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} temporarily unavailable", self.what)
    }
}

impl Error for AuthUnavailableError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause
            .as_deref()
            .map(|cause| cause as &(dyn Error + 'static))
    }
}

traced!(AuthUnavailableError);
