//! What verifies a token, and what comes of it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::claims::RawClaims;
use crate::error::{AuthClientError, TokenKind};
use crate::jwks::VerificationKey;

/// The outcome of a [`TokenVerifier`], some time later.
pub type VerifyFuture<'a> =
    Pin<Box<dyn Future<Output = Result<VerifiedToken, AuthClientError>> + Send + 'a>>;

/// Verifies tokens of one issuer: by their signature ([`TokenValidator`](crate::TokenValidator)), by
/// asking the issuer (`IntrospectionClient`), or in a way of your own.
///
/// Whoever implements it answers for all of it: that the issuer issued the token, for this service, as an
/// access token, and that it is valid now. The
/// [`Authenticator`](crate::AuthenticatorBuilder::token_verifier) asks only for `sub`, and that `iss`,
/// where it is there, is the configured issuer. Whether the token is bound to its sender, or revoked, it
/// learns from `cnf` and `jti` of the [`VerifiedToken`]: what is left out there is not checked.
pub trait TokenVerifier: Send + Sync + 'static {
    /// Verifies one token, of which nothing is known but that it is not longer than the settings allow.
    /// `kind` is what errors say the token is.
    ///
    /// # Errors
    ///
    /// - [`TokenInvalidError`](crate::TokenInvalidError) with its reason;
    /// - [`TokenExpiredError`](crate::TokenExpiredError) where the time is all that is wrong;
    /// - [`AuthUnavailableError`](crate::AuthUnavailableError) where it cannot be known now.
    fn verify<'a>(&'a self, token: &'a str, kind: TokenKind) -> VerifyFuture<'a>;
}

/// A token that was verified: it is the issuer's, and its claims satisfy the rules.
#[derive(Clone)]
#[non_exhaustive]
pub struct VerifiedToken {
    /// All claims. Of an introspected token, the members of the issuer's answer.
    pub claims: RawClaims,
    /// The `exp` claim, since the epoch. The leeway is not part of it. Of an introspected token without
    /// `exp`, when its issuer is asked again.
    pub expires_at: Duration,
    /// The `kid` of the header, where the token has one.
    pub kid: Option<Box<str>>,
    /// The key that verified it, where one did: nothing derived from this token may outlive the key.
    pub key: Option<Arc<VerificationKey>>,
}

impl VerifiedToken {
    /// A token that was verified without a key. `expires_at` counts from the epoch.
    pub const fn new(claims: RawClaims, expires_at: Duration) -> Self {
        Self {
            claims,
            expires_at,
            kid: None,
            key: None,
        }
    }

    /// The token's id (`jti`), where it is a string.
    pub fn jti(&self) -> Option<&str> {
        self.claims.get("jti")?.as_str()
    }
}

/// Names the key and the expiry; the claims stay out of logs.
impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedToken")
            .field("kid", &self.kid)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
