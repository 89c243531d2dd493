//! What refusals write to the log: one `tracing` event each, rate-limited, never a token.
//!
//! An attacker can cause any number of refusals, so at most [`BURST`] events a second are written for
//! each reason; the next one written says how many were left out (`suppressed`).

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{AuthClientError, Dependency, TokenKind};

/// The most events of one reason that are written in a second.
const BURST: u32 = 20;

/// Lets [`BURST`] events through in each window of a second and counts the rest.
#[derive(Default)]
struct Limiter {
    started: Option<Instant>,
    written: u32,
    suppressed: u64,
}

impl Limiter {
    /// `Some(n)`: write the event, `n` were left out before it. `None`: leave it out.
    fn admit(&mut self, now: Instant) -> Option<u64> {
        let fresh = self
            .started
            .is_none_or(|started| now.saturating_duration_since(started) >= Duration::from_secs(1));
        if fresh {
            self.started = Some(now);
            self.written = 0;
        }
        if self.written >= BURST {
            self.suppressed += 1;
            return None;
        }
        self.written += 1;
        Some(std::mem::take(&mut self.suppressed))
    }
}

/// Writes the event of a refusal.
pub(crate) fn refused(error: &AuthClientError) {
    let reason = reason(error);
    let Some(suppressed) = admit(reason) else {
        return;
    };
    let (kid, jti) = trace(error);
    match error {
        AuthClientError::AuthUnavailable(outage) => {
            // Foreign words: escaped, so that they cannot look like other events.
            let cause = outage.source().map(ToString::to_string);
            tracing::warn!(
                reason,
                kid,
                jti,
                suppressed,
                ?cause,
                "cannot decide: {outage}"
            );
        }
        AuthClientError::AuthConfiguration(error) => {
            tracing::error!(reason, suppressed, "{error}");
        }
        _ => {
            let token = token(error);
            tracing::info!(reason, token, kid, jti, suppressed, "refused: {error}");
        }
    }
}

/// A limiter for each reason: a flood of one kind must not hide the others.
fn admit(reason: &'static str) -> Option<u64> {
    static LIMITERS: Mutex<BTreeMap<&str, Limiter>> = Mutex::new(BTreeMap::new());
    let mut limiters = LIMITERS.lock().unwrap_or_else(PoisonError::into_inner);
    limiters.entry(reason).or_default().admit(Instant::now())
}

/// Writes the event of a refusal that is on its way to the caller.
pub(crate) fn logged<E: Clone + Into<AuthClientError>>(error: E) -> E {
    refused(&error.clone().into());
    error
}

/// Writes the event of a protected function that ran where nothing authenticates callers.
pub(crate) fn no_authentication(function: &str) {
    if let Some(suppressed) = admit("no_authentication") {
        tracing::error!(
            function,
            suppressed,
            "a protected function was called where nobody authenticates callers; \
             serve it by `SecureRouter::secured_by` or add an `AuthLayer`, and in tests and jobs \
             use `SecurityContext::scope`"
        );
    }
}

/// Writes the event of an introspection endpoint that does not answer this service: a mistake of the
/// operator, which no caller can mend.
#[cfg(feature = "http-client")]
pub(crate) fn introspection_refused(endpoint: &str) {
    if let Some(suppressed) = admit("introspection_refused") {
        tracing::error!(
            endpoint,
            suppressed,
            "the introspection endpoint refuses this service (401, 403, 404 or 405), so nobody with an \
             opaque token gets in; check its URL, the client id and the secret"
        );
    }
}

/// Writes the event of an issuer that does not give this service its list: a mistake of the operator,
/// which no caller can mend.
#[cfg(feature = "http-client")]
pub(crate) fn revocation_list_refused(endpoint: &str) {
    if let Some(suppressed) = admit("revocation_list_refused") {
        tracing::error!(
            endpoint,
            suppressed,
            "the list of revoked tokens is refused to this service (401, 403, 404 or 405); check \
             revocation_endpoint, and whether revocation_bearer is valid and has not expired"
        );
    }
}

/// Writes the event of a token that was accepted unchecked, because `revocation_fail_open` says so.
#[cfg(feature = "http-client")]
pub(crate) fn without_revocation_list() {
    if let Some(suppressed) = admit("without_revocation_list") {
        tracing::error!(
            suppressed,
            "a token was accepted without a current list of revoked tokens (revocation_fail_open)"
        );
    }
}

/// Writes the event of an entry of a shared list that names no token.
#[cfg(feature = "redis")]
pub(crate) fn not_a_revocation(what: &'static str) {
    if let Some(suppressed) = admit("not_a_revocation") {
        tracing::error!(
            what,
            suppressed,
            "the list of revoked tokens has an entry that names no token; it is passed over"
        );
    }
}

fn reason(error: &AuthClientError) -> &'static str {
    match error {
        AuthClientError::MissingToken(_) => "missing_token",
        AuthClientError::TokenExpired(_) => "expired",
        AuthClientError::TokenInvalid(error) => error.reason().code(),
        AuthClientError::InsufficientPermissions(_) => "insufficient_permissions",
        AuthClientError::AuthUnavailable(error) => Dependency::code(error.what()),
        AuthClientError::AuthConfiguration(_) => "configuration",
    }
}

fn trace(error: &AuthClientError) -> (Option<&str>, Option<&str>) {
    match error {
        AuthClientError::TokenExpired(error) => (error.kid(), error.jti()),
        AuthClientError::TokenInvalid(error) => (error.kid(), error.jti()),
        AuthClientError::InsufficientPermissions(error) => (error.kid(), error.jti()),
        AuthClientError::AuthUnavailable(error) => (error.kid(), error.jti()),
        AuthClientError::MissingToken(_) | AuthClientError::AuthConfiguration(_) => (None, None),
    }
}

fn token(error: &AuthClientError) -> Option<&'static str> {
    let kind = match error {
        AuthClientError::MissingToken(error) => error.token(),
        AuthClientError::TokenExpired(error) => error.token(),
        AuthClientError::TokenInvalid(error) => error.token(),
        _ => return None,
    };
    Some(match kind {
        TokenKind::Bearer => "bearer",
        TokenKind::Agent => "agent",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_off_and_counted() {
        let mut limiter = Limiter::default();
        let start = Instant::now();
        let admitted = (0..1000).filter(|_| limiter.admit(start).is_some()).count();
        assert_eq!(admitted, BURST as usize);
        let later = start + Duration::from_secs(1);
        assert_eq!(limiter.admit(later), Some(1000 - u64::from(BURST)));
        assert_eq!(limiter.admit(later), Some(0));
    }
}
