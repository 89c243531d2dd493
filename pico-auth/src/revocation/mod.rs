//! Tokens that are good by their signature and their times, and not wanted any more.
//!
//! Asked for each token of a request once it is verified: a revoked token that has expired is told that
//! it has expired. Asked before its sender is looked at: a proof is good for one request. A list that cannot answer is a 503, never a yes or a no.

#[cfg(any(feature = "http-client", feature = "redis"))]
mod attempts;
#[cfg(any(feature = "http-client", feature = "redis"))]
mod background;
mod digest;
mod entries;
mod memory;
#[cfg(feature = "http-client")]
mod polled;
#[cfg(feature = "redis")]
mod redis;

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::error::{
    AuthClientError, AuthUnavailableError, TokenInvalidError, TokenInvalidReason, TokenKind,
};

pub use self::memory::MemoryRevocationList;
#[cfg(feature = "http-client")]
pub use self::polled::{PolledRevocationList, PolledRevocationListBuilder};
#[cfg(feature = "redis")]
pub use self::redis::{RedisRevocationList, RedisRevocationListBuilder};

/// The token that a [`RevocationList`] is asked about. It is verified: all this is the issuer's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevocationQuery<'a> {
    /// The issuer (`iss`). A token id is unique only within its issuer (RFC 7519 §4.1.7).
    pub issuer: &'a str,
    /// The token's id (`jti`).
    pub jti: &'a str,
    /// Whether it is the caller's token or the agent's.
    pub kind: TokenKind,
    /// When it expires by itself, since the epoch (`exp`; the leeway is not part of it). Of an introspected
    /// token without `exp` ([`allow_missing_expiry`](crate::danger::allow_missing_expiry)), when its issuer
    /// is asked again: that token goes on after it.
    pub expires_at: Duration,
}

impl<'a> RevocationQuery<'a> {
    /// The question after one token; for tests of a list.
    pub const fn new(issuer: &'a str, jti: &'a str, kind: TokenKind, expires_at: Duration) -> Self {
        Self {
            issuer,
            jti,
            kind,
            expires_at,
        }
    }
}

/// Knows which tokens were revoked.
///
/// ```
/// use pico_auth::{AuthUnavailableError, Dependency, RevocationList, RevocationQuery};
///
/// # struct Database;
/// # impl Database {
/// #     async fn exists(&self, _: &str, _: [&str; 2]) -> Result<bool, std::io::Error> { Ok(false) }
/// # }
/// struct Table(Database);
///
/// impl RevocationList for Table {
///     async fn is_revoked(&self, token: RevocationQuery<'_>) -> Result<bool, AuthUnavailableError> {
///         let key = [token.issuer, token.jti];
///         let found = self.0.exists("SELECT 1 FROM revoked WHERE iss = ? AND jti = ?", key).await;
///         found.map_err(|cause| AuthUnavailableError::new(Dependency::RevocationList).with_cause(cause))
///     }
/// }
/// ```
///
/// It is asked about every verified token that has a `jti`, bearer and agent, on every request: an
/// answer that is not in memory needs a time limit of its own.
pub trait RevocationList: Send + Sync + 'static {
    /// Whether the token was revoked.
    ///
    /// # Errors
    ///
    /// [`AuthUnavailableError`] where it cannot be known now; the request is answered 503.
    fn is_revoked(
        &self,
        token: RevocationQuery<'_>,
    ) -> impl Future<Output = Result<bool, AuthUnavailableError>> + Send;

    /// The same answer, where it is at hand without waiting; `None` where it is not, and
    /// [`is_revoked`](Self::is_revoked) is asked. Lists in memory override it: it spares each request
    /// the allocation of a future. Default `None`.
    fn at_hand(&self, token: RevocationQuery<'_>) -> Option<Result<bool, AuthUnavailableError>> {
        let _ = token;
        None
    }

    /// Waits until the list can answer, no longer than `timeout`;
    /// [`Authenticator::wait_until_ready`](crate::Authenticator::wait_until_ready) calls it. The default is
    /// for lists that always can: it does not wait.
    ///
    /// # Errors
    ///
    /// [`AuthUnavailableError`] where it cannot in time.
    fn wait_until_ready(
        &self,
        timeout: Duration,
    ) -> impl Future<Output = Result<(), AuthUnavailableError>> + Send {
        let _ = timeout;
        std::future::ready(Ok(()))
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, AuthUnavailableError>> + Send + 'a>>;

/// [`RevocationList`] with its future boxed, so that the authenticator needs no type parameter.
pub(crate) trait DynRevocationList: Send + Sync + 'static {
    fn at_hand_dyn(&self, token: RevocationQuery<'_>)
    -> Option<Result<bool, AuthUnavailableError>>;

    fn is_revoked_boxed<'a>(&'a self, token: RevocationQuery<'a>) -> Answer<'a, bool>;

    fn wait_until_ready_boxed(&self, timeout: Duration) -> Answer<'_, ()>;
}

impl<L: RevocationList> DynRevocationList for L {
    fn at_hand_dyn(
        &self,
        token: RevocationQuery<'_>,
    ) -> Option<Result<bool, AuthUnavailableError>> {
        self.at_hand(token)
    }

    fn is_revoked_boxed<'a>(&'a self, token: RevocationQuery<'a>) -> Answer<'a, bool> {
        Box::pin(self.is_revoked(token))
    }

    fn wait_until_ready_boxed(&self, timeout: Duration) -> Answer<'_, ()> {
        Box::pin(self.wait_until_ready(timeout))
    }
}

#[cfg(any(feature = "http-client", feature = "redis"))]
fn unavailable() -> AuthUnavailableError {
    AuthUnavailableError::new(crate::error::Dependency::RevocationList)
}

/// What an issuer's tokens are checked against.
pub(crate) struct Revocation {
    pub(crate) list: Box<dyn DynRevocationList>,
    /// Whether a token that cannot be listed is refused.
    pub(crate) requires_jti: bool,
}

/// A verified token, as far as it matters whether it was revoked.
pub(crate) struct Revocable<'a> {
    pub(crate) kind: TokenKind,
    pub(crate) issuer: &'a str,
    pub(crate) jti: Option<&'a str>,
    pub(crate) expires_at: SystemTime,
    /// For logs.
    pub(crate) kid: Option<&'a str>,
}

impl Revocation {
    /// As [`check`](Self::check), where the list need not be waited for.
    pub(crate) fn at_hand(&self, token: &Revocable<'_>) -> Option<Result<(), AuthClientError>> {
        match self.query(token) {
            Ok(Some(query)) => {
                let answer = self.list.at_hand_dyn(query)?;
                Some(token.outcome(answer))
            }
            Ok(None) => Some(Ok(())),
            Err(refusal) => Some(Err(refusal)),
        }
    }

    /// Refuses a token that was revoked, or of which that cannot be known.
    pub(crate) async fn check(&self, token: &Revocable<'_>) -> Result<(), AuthClientError> {
        let Some(query) = self.query(token)? else {
            return Ok(());
        };
        token.outcome(match self.list.at_hand_dyn(query) {
            Some(answer) => answer,
            None => self.list.is_revoked_boxed(query).await,
        })
    }

    /// What to ask about a token; `None` for one that no list can name.
    fn query<'a>(
        &self,
        token: &Revocable<'a>,
    ) -> Result<Option<RevocationQuery<'a>>, AuthClientError> {
        let jti = match token.jti {
            Some(jti) if !jti.is_empty() || !self.requires_jti => jti,
            // As in the Python family: what has no id cannot be listed, and lives until it expires.
            None if !self.requires_jti => return Ok(None),
            _ => return Err(token.refused(TokenInvalidReason::MissingClaim("jti".into()))),
        };
        let expires_at = token.expires_at.duration_since(UNIX_EPOCH);
        let expires_at = expires_at.unwrap_or_default();
        let query = RevocationQuery::new(token.issuer, jti, token.kind, expires_at);
        Ok(Some(query))
    }
}

impl Revocable<'_> {
    fn outcome(&self, answer: Result<bool, AuthUnavailableError>) -> Result<(), AuthClientError> {
        match answer {
            Ok(false) => Ok(()),
            Ok(true) => Err(self.refused(TokenInvalidReason::Revoked)),
            Err(error) => Err(error.with_trace(self.kid, self.jti).into()),
        }
    }

    fn refused(&self, reason: TokenInvalidReason) -> AuthClientError {
        let error = TokenInvalidError::new(self.kind, reason);
        error.with_trace(self.kid, self.jti).into()
    }
}
