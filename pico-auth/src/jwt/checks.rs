//! The claims of a token whose signature is good, or of which the issuer itself says that it is active.
//!
//! The order: who issued it and for whom (`iss`, `aud`), what it is for, then its times. So a caller
//! hears "expired", which means "get a new one", only where a new one would help.

use std::time::Duration;

use super::purpose;
use super::rules::ValidationRules;
use crate::claims::numeric_date;
use crate::error::TokenInvalidReason;
use crate::strict::{Json, Object};

/// Why claims are refused.
#[derive(Clone)]
pub(crate) enum Refusal {
    Expired,
    Invalid(TokenInvalidReason),
}

impl From<TokenInvalidReason> for Refusal {
    fn from(reason: TokenInvalidReason) -> Self {
        Self::Invalid(reason)
    }
}

/// When a token is valid, since the epoch. The leeway is not part of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) expires_at: Duration,
    pub(crate) not_before: Option<Duration>,
}

impl Times {
    /// Whether the token is valid at the time `now`.
    pub(crate) fn check(self, rules: &ValidationRules, now: Duration) -> Result<(), Refusal> {
        is_current(Some(self.expires_at), self.not_before, rules, now)
    }
}

/// Checks the claims at the time `now`, since the epoch, and answers when the token is valid.
pub(super) fn check(
    claims: &Object<'_>,
    rules: &ValidationRules,
    now: Duration,
) -> Result<Times, Refusal> {
    issuer(claims, &rules.issuer)?;
    audiences(claims, rules)?;
    purpose(claims, rules)?;
    let (expires_at, not_before) = read_times(claims)?;
    let times = Times {
        expires_at: expires_at.ok_or_else(|| missing("exp"))?,
        not_before,
    };
    times.check(rules, now)?;
    Ok(times)
}

/// For whom the token is.
pub(crate) fn audiences(
    claims: &Object<'_>,
    rules: &ValidationRules,
) -> Result<(), TokenInvalidReason> {
    audience(claims, &rules.audience_claim, &rules.audience)?;
    // Whoever finds itself not named in an `aud` that is there must refuse the token (RFC 7519 §4.1.3).
    if claims.present("aud").is_some() {
        audience(claims, "aud", &rules.audience)?;
    }
    Ok(())
}

/// What the token is for.
pub(crate) fn purpose(
    claims: &Object<'_>,
    rules: &ValidationRules,
) -> Result<(), TokenInvalidReason> {
    purpose::check(claims)?;
    if rules.require_token_use {
        purpose::is_access(claims, "token_use")?;
    }
    if rules.require_at_jwt {
        rfc_9068(claims)?;
    }
    Ok(())
}

/// Whether the token is valid at the time `now`, and when it expires, if it says so.
#[cfg(feature = "http-client")]
pub(crate) fn times(
    claims: &Object<'_>,
    rules: &ValidationRules,
    now: Duration,
) -> Result<Option<Duration>, Refusal> {
    let (expires_at, not_before) = read_times(claims)?;
    is_current(expires_at, not_before, rules, now)?;
    Ok(expires_at)
}

/// `exp` and `nbf`.
fn read_times(
    claims: &Object<'_>,
) -> Result<(Option<Duration>, Option<Duration>), TokenInvalidReason> {
    let expires_at = time(claims, "exp")?;
    let not_before = time(claims, "nbf")?;
    time(claims, "iat")?;
    Ok((expires_at, not_before))
}

/// "on or after which the JWT MUST NOT be accepted" (RFC 7519 §4.1.4).
pub(crate) fn is_over(expires_at: Duration, rules: &ValidationRules, now: Duration) -> bool {
    now >= expires_at.saturating_add(rules.leeway)
}

fn is_current(
    expires_at: Option<Duration>,
    not_before: Option<Duration>,
    rules: &ValidationRules,
    now: Duration,
) -> Result<(), Refusal> {
    if expires_at.is_some_and(|expires_at| is_over(expires_at, rules, now)) {
        return Err(Refusal::Expired);
    }
    match not_before {
        // "before which the JWT MUST NOT be accepted" (RFC 7519 §4.1.5).
        Some(not_before) if now.saturating_add(rules.leeway) < not_before => {
            Err(TokenInvalidReason::NotYetValid.into())
        }
        _ => Ok(()),
    }
}

pub(crate) fn missing(claim: impl Into<String>) -> TokenInvalidReason {
    TokenInvalidReason::MissingClaim(claim.into().into())
}

fn invalid(claim: impl Into<String>) -> TokenInvalidReason {
    TokenInvalidReason::InvalidClaim(claim.into().into())
}

/// One string, compared byte by byte (RFC 7519 §4.1.1); an array of issuers is no issuer.
pub(crate) fn issuer(claims: &Object<'_>, expected: &str) -> Result<(), TokenInvalidReason> {
    match claims.present("iss") {
        Some(Json::String(issuer)) if issuer == expected => Ok(()),
        Some(Json::String(_)) => Err(TokenInvalidReason::Issuer),
        Some(_) => Err(invalid("iss")),
        None => Err(missing("iss")),
    }
}

/// One string or an array of strings (RFC 7519 §4.1.3), of which one is ours.
fn audience(claims: &Object<'_>, claim: &str, ours: &[String]) -> Result<(), TokenInvalidReason> {
    let is_ours = |name: &str| ours.iter().any(|our| our == name);
    let found = match claims.present(claim) {
        Some(Json::String(name)) => is_ours(name),
        Some(Json::Array(names)) => {
            let names: Option<Vec<&str>> = names.iter().map(Json::as_str).collect();
            names
                .ok_or_else(|| invalid(claim))?
                .into_iter()
                .any(is_ours)
        }
        Some(_) => return Err(invalid(claim)),
        None => return Err(missing(claim)),
    };
    found.then_some(()).ok_or(TokenInvalidReason::Audience)
}

/// The claims that RFC 9068 §2.2 requires besides those that are required of every token.
fn rfc_9068(claims: &Object<'_>) -> Result<(), TokenInvalidReason> {
    for name in ["sub", "client_id", "jti"] {
        match claims.present(name) {
            Some(Json::String(value)) if !value.is_empty() => {}
            Some(_) => return Err(invalid(name)),
            None => return Err(missing(name)),
        }
    }
    claims.present("iat").ok_or_else(|| missing("iat"))?;
    Ok(())
}

/// A `NumericDate` (RFC 7519 §2): seconds since the epoch, with or without a fraction.
fn time(claims: &Object<'_>, name: &'static str) -> Result<Option<Duration>, TokenInvalidReason> {
    match claims.present(name) {
        None => Ok(None),
        Some(Json::Number(number)) => numeric_date(number).map(Some).ok_or_else(|| invalid(name)),
        Some(_) => Err(invalid(name)),
    }
}
