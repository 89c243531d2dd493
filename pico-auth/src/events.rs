//! What refusals write to the log: one `tracing` event each, rate-limited, never a token.
//!
//! An attacker can cause any number of refusals, so at most [`BURST`] events a second are written;
//! the next one written says how many were left out (`suppressed`).

use std::error::Error;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::error::{AuthClientError, Dependency, TokenKind};

/// The most events of one kind that are written in a second.
const BURST: u32 = 20;

/// Lets [`BURST`] events through in each window of a second and counts the rest.
struct Limiter {
    window: Mutex<Window>,
}

struct Window {
    started: Option<Instant>,
    written: u32,
    suppressed: u64,
}

impl Limiter {
    const fn new() -> Self {
        Self {
            window: Mutex::new(Window {
                started: None,
                written: 0,
                suppressed: 0,
            }),
        }
    }

    /// `Some(n)`: write the event, `n` were left out before it. `None`: leave it out.
    fn admit(&self, now: Instant) -> Option<u64> {
        // Counting cannot break an invariant, so a poisoned lock is as good as any.
        let mut window = self
            .window
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let fresh = window
            .started
            .is_none_or(|started| now.saturating_duration_since(started) >= Duration::from_secs(1));
        if fresh {
            window.started = Some(now);
            window.written = 0;
        }
        if window.written >= BURST {
            window.suppressed += 1;
            return None;
        }
        window.written += 1;
        Some(std::mem::take(&mut window.suppressed))
    }
}

/// Writes the event of a refusal.
pub(crate) fn refused(error: &AuthClientError) {
    static REFUSALS: Limiter = Limiter::new();
    static OUTAGES: Limiter = Limiter::new();
    let now = Instant::now();
    let reason = reason(error);
    let (kid, jti) = trace(error);
    let token = token(error);
    match error {
        AuthClientError::AuthUnavailable(outage) => {
            if let Some(suppressed) = OUTAGES.admit(now) {
                tracing::warn!(
                    reason,
                    suppressed,
                    cause = outage.source().map(tracing::field::display),
                    "cannot decide: {outage}"
                );
            }
        }
        AuthClientError::AuthConfiguration(error) => tracing::error!(reason, "{error}"),
        _ => {
            if let Some(suppressed) = REFUSALS.admit(now) {
                tracing::info!(reason, token, kid, jti, suppressed, "refused: {error}");
            }
        }
    }
}

/// Writes the event of a refusal that is on its way to the caller.
pub(crate) fn logged<E: Clone + Into<AuthClientError>>(error: E) -> E {
    refused(&error.clone().into());
    error
}

/// Writes the event of a protected function that ran where nothing authenticates callers.
pub(crate) fn no_authentication(function: &str) {
    static UNPROTECTED: Limiter = Limiter::new();
    if let Some(suppressed) = UNPROTECTED.admit(Instant::now()) {
        tracing::error!(
            function,
            suppressed,
            "refused: a protected function was called outside every security context; \
             serve it by `SecureRouter::secured_by` or add an `AuthLayer`, and in tests and jobs \
             use `SecurityContext::scope`"
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
        _ => (None, None),
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
        let limiter = Limiter::new();
        let start = Instant::now();
        let admitted = (0..1000).filter(|_| limiter.admit(start).is_some()).count();
        assert_eq!(admitted, BURST as usize);
        let later = start + Duration::from_secs(1);
        assert_eq!(limiter.admit(later), Some(1000 - u64::from(BURST)));
        assert_eq!(limiter.admit(later), Some(0));
    }
}
