//! Callers who were let in and are still there: would they be let in again?

use super::Authenticator;
use crate::context::SecurityContext;
use crate::error::{
    AuthClientError, MissingTokenError, TokenInvalidError, TokenInvalidReason, TokenKind,
};

impl Authenticator {
    /// Whether a caller whom this authenticator let in would still be let in, as far as it can be known
    /// without their tokens: the issuer is trusted, no token [has expired](SecurityContext::has_expired) or
    /// was revoked, the agent's included.
    ///
    /// What only a token itself can show is not looked at again: the signature by a key that was withdrawn,
    /// the answer of the issuer about an opaque token, roles. A [system caller](crate::system) has no token
    /// that could be revoked.
    ///
    /// # Errors
    ///
    /// - [`TokenExpiredError`](crate::TokenExpiredError);
    /// - [`TokenInvalidError`] for a token that was revoked, or whose issuer is trusted no more;
    /// - [`AuthUnavailableError`](crate::AuthUnavailableError) where the list of revoked tokens cannot
    ///   answer now;
    /// - [`MissingTokenError`] where authentication is disabled.
    pub async fn recheck(&self, caller: &SecurityContext) -> Result<(), AuthClientError> {
        if caller.system_name().is_some() && caller.agent().is_none() {
            return Ok(());
        }
        let Some(issuers) = &self.issuers else {
            return Err(MissingTokenError::new(TokenKind::Bearer).into());
        };
        let Some(issuer) = issuers.named(caller.issuer()) else {
            let claims = caller.token_claims();
            let error = TokenInvalidError::new(TokenKind::Bearer, TokenInvalidReason::Issuer);
            return Err(error.with_trace(claims.kid(), claims.jti()).into());
        };
        issuer.recheck(caller).await
    }

    /// Waits until a caller whom this authenticator let in would be refused, and answers with the refusal: for
    /// connections, streams and tasks that go on after the request was let in. It
    /// [rechecks](Self::recheck) when a token expires, and at least every five seconds.
    ///
    /// ```
    /// use pico_auth::{Authenticator, SecurityContext};
    ///
    /// async fn while_let_in(
    ///     authenticator: &Authenticator,
    ///     caller: SecurityContext,
    ///     work: impl Future<Output = ()>,
    /// ) {
    ///     tokio::select! {
    ///         refusal = authenticator.until_refused(&caller) => println!("closed: {refusal}"),
    ///         () = work => {}
    ///     }
    /// }
    /// ```
    ///
    /// A list of revoked tokens that cannot answer is a refusal, as for a request
    /// ([`AuthUnavailableError`](crate::AuthUnavailableError)): who would rather keep the connection waits a
    /// moment and calls again.
    ///
    /// # Panics
    ///
    /// In a tokio runtime that was built without `enable_time`.
    pub async fn until_refused(&self, caller: &SecurityContext) -> AuthClientError {
        loop {
            if let Err(refusal) = self.recheck(caller).await {
                return refusal;
            }
            caller.until_next_look().await;
        }
    }
}
