//! The claims of a token whose signature is good, or of which the issuer itself says that it is active.
//!
//! The order: who issued it and for whom (`iss`, `aud`), what it is for, then its times. So a caller
//! hears "expired", which means "get a new one", only where a new one would help.

use std::time::Duration;

use serde_json::Value;

use super::purpose;
use super::rules::ValidationRules;
use crate::claims::{RawClaims, numeric_date};
use crate::error::TokenInvalidReason;

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

/// Checks the claims at the time `now`, and answers when the token expires. Both count from the epoch.
pub(super) fn check(
    claims: &RawClaims,
    rules: &ValidationRules,
    now: Duration,
) -> Result<Duration, Refusal> {
    issuer(claims, &rules.issuer)?;
    audiences(claims, rules)?;
    purpose(claims, rules)?;
    times(claims, rules, now)?.ok_or_else(|| missing("exp").into())
}

/// For whom the token is.
pub(crate) fn audiences(
    claims: &RawClaims,
    rules: &ValidationRules,
) -> Result<(), TokenInvalidReason> {
    audience(claims, &rules.audience_claim, &rules.audience)?;
    // Whoever finds itself not named in an `aud` that is there must refuse the token (RFC 7519 §4.1.3).
    if present(claims, "aud").is_some() {
        audience(claims, "aud", &rules.audience)?;
    }
    Ok(())
}

/// What the token is for.
pub(crate) fn purpose(
    claims: &RawClaims,
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
pub(crate) fn times(
    claims: &RawClaims,
    rules: &ValidationRules,
    now: Duration,
) -> Result<Option<Duration>, Refusal> {
    let expires_at = time(claims, "exp")?;
    let not_before = time(claims, "nbf")?;
    time(claims, "iat")?;

    if expires_at.is_some_and(|expires_at| is_over(expires_at, rules, now)) {
        return Err(Refusal::Expired);
    }
    match not_before {
        Some(not_before) if now.saturating_add(rules.leeway) < not_before => {
            Err(TokenInvalidReason::NotYetValid.into())
        }
        _ => Ok(expires_at),
    }
}

/// "on or after which the JWT MUST NOT be accepted" (RFC 7519 §4.1.4).
pub(crate) fn is_over(expires_at: Duration, rules: &ValidationRules, now: Duration) -> bool {
    now >= expires_at.saturating_add(rules.leeway)
}

pub(crate) fn missing(claim: impl Into<String>) -> TokenInvalidReason {
    TokenInvalidReason::MissingClaim(claim.into().into())
}

fn invalid(claim: impl Into<String>) -> TokenInvalidReason {
    TokenInvalidReason::InvalidClaim(claim.into().into())
}

/// A claim that is there; `null` counts as absent.
pub(crate) fn present<'c>(claims: &'c RawClaims, name: &str) -> Option<&'c Value> {
    claims.get(name).filter(|value| !value.is_null())
}

/// One string, compared byte by byte (RFC 7519 §4.1.1); an array of issuers is no issuer.
pub(crate) fn issuer(claims: &RawClaims, expected: &str) -> Result<(), TokenInvalidReason> {
    match present(claims, "iss") {
        Some(Value::String(issuer)) if issuer == expected => Ok(()),
        Some(Value::String(_)) => Err(TokenInvalidReason::Issuer),
        Some(_) => Err(invalid("iss")),
        None => Err(missing("iss")),
    }
}

/// One string or an array of strings (RFC 7519 §4.1.3), of which one is ours.
fn audience(claims: &RawClaims, claim: &str, ours: &[String]) -> Result<(), TokenInvalidReason> {
    let is_ours = |name: &str| ours.iter().any(|our| our == name);
    let found = match present(claims, claim) {
        Some(Value::String(name)) => is_ours(name),
        Some(Value::Array(names)) => {
            let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
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
fn rfc_9068(claims: &RawClaims) -> Result<(), TokenInvalidReason> {
    for name in ["sub", "client_id", "jti"] {
        match present(claims, name) {
            Some(Value::String(value)) if !value.is_empty() => {}
            Some(_) => return Err(invalid(name)),
            None => return Err(missing(name)),
        }
    }
    present(claims, "iat").ok_or_else(|| missing("iat"))?;
    Ok(())
}

/// A `NumericDate` (RFC 7519 §2): seconds since the epoch, with or without a fraction.
fn time(claims: &RawClaims, name: &'static str) -> Result<Option<Duration>, TokenInvalidReason> {
    match present(claims, name) {
        None => Ok(None),
        Some(Value::Number(number)) => numeric_date(number).map(Some).ok_or_else(|| invalid(name)),
        Some(_) => Err(invalid(name)),
    }
}
