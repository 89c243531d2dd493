//! What decisions write to the log: `tracing` events, rate-limited, never a token.
//!
//! The names of the fields are stable: `docs/observability.md` lists them, and a test compares. What an
//! attacker can choose (`jwt.kid`) is short, and in a field, which subscribers escape. Where it stands in a
//! message (a name that a body asks for), `one_line` cuts and escapes it.

mod limiter;
mod observer;
mod one_line;

use std::error::Error;
use std::fmt::Display;
use std::sync::LazyLock;

use tracing::Span;

use self::limiter::Limiters;
#[cfg(feature = "axum")]
pub(crate) use self::observer::observed_by;
pub(crate) use self::observer::{Function, Observer, Site, is_in_use, observe, tell, will_be_used};
use self::one_line::{MAX_TEXT, OneLine};
use crate::clock::SystemClock;
use crate::error::AuthClientError;
#[cfg(feature = "axum")]
use crate::error::MAX_ID;
use crate::meter;
use crate::outcome::DecisionOutcome;
#[cfg(feature = "axum")]
use crate::outcome::NO_REASON;

/// The longest name of a caller that logs and audit records show, in characters.
pub(crate) const MAX_SUBJECT: usize = 256;

/// Writes the event of a refusal, and counts it. At most some events a second are written for each reason.
pub(crate) fn refused(error: &AuthClientError, site: Site<'_>) {
    let (outcome, reason) = (DecisionOutcome::of(error).code(), error.code());
    meter::decided(outcome, reason);
    let enduser = site.subject.map(|subject| cut(subject, MAX_SUBJECT));
    note_on_span(outcome, reason, enduser);
    let Some(suppressed) = admit(reason) else {
        return;
    };
    let (kid, jti) = trace(error);
    let policy = site.policy.map(tracing::field::display);
    let said = OneLine(error);
    match error {
        AuthClientError::AuthUnavailable(outage) => {
            let cause = outage.source().map(cause);
            tracing::warn!(
                auth.outcome = outcome,
                auth.reason = reason,
                auth.policy = policy,
                enduser.id = enduser,
                jwt.kid = kid,
                jwt.jti = jti,
                auth.suppressed = suppressed,
                auth.cause = ?cause,
                "cannot decide: {said}"
            );
        }
        AuthClientError::AuthConfiguration(_) => {
            tracing::error!(
                auth.outcome = outcome,
                auth.reason = reason,
                auth.suppressed = suppressed,
                "{said}"
            );
        }
        _ => {
            tracing::info!(
                auth.outcome = outcome,
                auth.reason = reason,
                auth.policy = policy,
                auth.token = token(error),
                enduser.id = enduser,
                jwt.kid = kid,
                jwt.jti = jti,
                auth.suppressed = suppressed,
                "refused: {said}"
            );
        }
    }
}

/// As [`refused`], inside a function: the observer of the request is told, too.
pub(crate) fn refused_in_function(error: &AuthClientError, site: Site<'_>) {
    let names_callers = tell(|observer| {
        observer.refused(site, error);
        observer.names_callers()
    });
    let subject = site.subject.filter(|_| names_callers == Some(true));
    refused(error, Site { subject, ..site });
}

/// A refusal where nobody authenticates callers: counted and observed, while
/// [`no_authentication`] writes the event.
pub(crate) fn refused_without_authentication(error: &AuthClientError, site: Site<'_>) {
    meter::decided(DecisionOutcome::of(error).code(), error.code());
    tell(|observer| observer.refused(site, error));
}

/// Writes the event of a refusal by a function that is on its way to its caller.
pub(crate) fn logged<E: Clone + Into<AuthClientError>>(error: E, subject: Option<&str>) -> E {
    let site = Site {
        subject,
        ..Site::default()
    };
    refused_in_function(&error.clone().into(), site);
    error
}

/// Writes the event of an admission, as often as it happens: only those who ask for `DEBUG` see it.
#[cfg(feature = "axum")]
pub(crate) fn admitted(
    outcome: DecisionOutcome,
    policy: &dyn Display,
    enduser: Option<&str>,
    (kid, jti): (Option<&str>, Option<&str>),
) {
    let enduser = enduser.map(|subject| cut(subject, MAX_SUBJECT));
    note_on_span(outcome.code(), NO_REASON, enduser);
    tracing::debug!(
        auth.outcome = outcome.code(),
        auth.policy = %policy,
        enduser.id = enduser,
        jwt.kid = kid.map(|kid| cut(kid, MAX_ID)),
        jwt.jti = jti.map(|jti| cut(jti, MAX_ID)),
        "admitted"
    );
}

/// The span of a request has what is decided in it, where it was made with these fields.
fn note_on_span(outcome: &str, reason: &str, enduser: Option<&str>) {
    let span = Span::current();
    span.record("auth.outcome", outcome);
    span.record("auth.reason", reason);
    if let Some(enduser) = enduser {
        span.record("enduser.id", enduser);
    }
}

fn admit(reason: &'static str) -> Option<u64> {
    static LIMITERS: LazyLock<Limiters<SystemClock>> =
        LazyLock::new(|| Limiters::new(SystemClock::new()));
    LIMITERS.admit(reason)
}

/// Writes the event of a protected function that ran where nothing authenticates callers.
pub(crate) fn no_authentication(function: Function) {
    if let Some(suppressed) = admit("no_authentication") {
        tracing::error!(
            auth.function = %function,
            auth.suppressed = suppressed,
            "a protected function was called where nobody authenticates callers; \
             serve it by `SecureRouter::secured_by` or add an `AuthLayer`, carry the caller into \
             spawned tasks (`pico_auth::propagate`), and use `run_as` in jobs and \
             `SecurityContext::scope` in tests"
        );
    }
}

/// Writes the event of an introspection endpoint that does not answer this service: a mistake of the
/// operator, which no caller can mend.
#[cfg(feature = "http-client")]
pub(crate) fn introspection_refused(endpoint: &str) {
    if let Some(suppressed) = admit("introspection_refused") {
        tracing::error!(
            auth.endpoint = endpoint,
            auth.suppressed = suppressed,
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
            auth.endpoint = endpoint,
            auth.suppressed = suppressed,
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
            auth.suppressed = suppressed,
            "a token was accepted without a current list of revoked tokens (revocation_fail_open)"
        );
    }
}

/// Writes the event of an entry of a shared list that names no token.
#[cfg(feature = "redis")]
pub(crate) fn not_a_revocation(what: &'static str) {
    if let Some(suppressed) = admit("not_a_revocation") {
        tracing::error!(
            auth.cause = what,
            auth.suppressed = suppressed,
            "the list of revoked tokens has an entry that names no token; it is passed over"
        );
    }
}

/// Writes the event of a hook of `Authentication::on_error` that panicked.
#[cfg(feature = "axum")]
pub(crate) fn error_hook_panicked() {
    if let Some(suppressed) = admit("error_hook_panicked") {
        tracing::error!(
            auth.suppressed = suppressed,
            "the hook of `Authentication::on_error` panicked; the refusal was answered without it"
        );
    }
}

/// Writes the event of audit records that are lost: `total` since the auditor was made.
pub(crate) fn audit_lost(why: &'static str, cause: Option<&dyn Display>, total: u64) {
    if let Some(suppressed) = admit(why) {
        let cause = cause.map(self::cause);
        tracing::error!(
            auth.reason = why,
            auth.cause = ?cause,
            auth.lost = total,
            auth.suppressed = suppressed,
            "audit records are lost"
        );
    }
}

/// Foreign words, short; for a field that is written by `Debug`, which escapes them.
fn cause(words: impl Display) -> String {
    cut(&words.to_string(), MAX_TEXT).to_owned()
}

/// The first characters of a text.
pub(crate) fn cut(text: &str, characters: usize) -> &str {
    match text.char_indices().nth(characters) {
        Some((end, _)) => text.get(..end).unwrap_or_default(),
        None => text,
    }
}

/// The key and the id of the token behind an error.
pub(crate) fn trace(error: &AuthClientError) -> (Option<&str>, Option<&str>) {
    match error {
        AuthClientError::TokenExpired(error) => (error.kid(), error.jti()),
        AuthClientError::TokenInvalid(error) => (error.kid(), error.jti()),
        AuthClientError::InsufficientAuthentication(error) => (error.kid(), error.jti()),
        AuthClientError::InsufficientPermissions(error) => (error.kid(), error.jti()),
        AuthClientError::AuthUnavailable(error) => (error.kid(), error.jti()),
        AuthClientError::MissingToken(_)
        | AuthClientError::CrossSiteRequest(_)
        | AuthClientError::AuthConfiguration(_) => (None, None),
    }
}

fn token(error: &AuthClientError) -> Option<&'static str> {
    let kind = match error {
        AuthClientError::MissingToken(error) => error.token(),
        AuthClientError::TokenExpired(error) => error.token(),
        AuthClientError::TokenInvalid(error) => error.token(),
        _ => return None,
    };
    Some(kind.code())
}
