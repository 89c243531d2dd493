//! Only access tokens: what its claims say a token is for.

use crate::error::TokenInvalidReason;
use crate::strict::{Json, Object};

/// The claims in which issuers write what a token is for: Keycloak `typ`, Cognito `token_use`,
/// pico-server-auth and flask-jwt-extended `type`, simplejwt `token_type`.
const PURPOSE: [&str; 4] = ["type", "typ", "token_use", "token_type"];

/// The words that mean an access token. An allow-list: a word that is not known here (`Refresh`,
/// `ID`, `Offline`, `Logout`, and all that are still to come) is refused.
const ACCESS: [&str; 7] = [
    "access",
    "access_token",
    "access-token",
    "bearer",
    "at+jwt",
    "application/at+jwt",
    "jwt",
];

/// The word for an access token that is worth nothing without the proof that comes with it (RFC 9449
/// §7.1). It must say to which key it is bound; then whoever accepts it has checked the proof.
const DPOP: &str = "DPoP";

/// Claims that other kinds of tokens have and access tokens do not: `events` makes a security event
/// or logout token (RFC 8417 §2.2), the hashes tie an ID token to what was issued beside it (`OpenID`
/// Connect Core §3.1.3.6, §3.3.2.11). `nonce` is not here: Keycloak wrote it into access tokens.
const FOREIGN: [&str; 4] = ["events", "at_hash", "c_hash", "s_hash"];

/// Refuses a token whose claims say that it is something else than an access token. Silence is fine.
pub(super) fn check(claims: &Object<'_>) -> Result<(), TokenInvalidReason> {
    for name in PURPOSE {
        match claims.present(name) {
            None => {}
            Some(Json::String(word)) if is_access_word(word) => {}
            Some(Json::String(word)) if word.eq_ignore_ascii_case(DPOP) && is_bound(claims) => {}
            Some(Json::String(_)) => return Err(other_kind(name)),
            // It says something that cannot be read; it does not say "access token".
            Some(_) => return Err(TokenInvalidReason::InvalidClaim(name.into())),
        }
    }
    match FOREIGN
        .into_iter()
        .find(|name| claims.present(name).is_some())
    {
        Some(name) => Err(other_kind(name)),
        None => Ok(()),
    }
}

/// Refuses a token that does not say in `claim`, in this word, that it is an access token.
pub(super) fn is_access(
    claims: &Object<'_>,
    claim: &'static str,
) -> Result<(), TokenInvalidReason> {
    match claims.present(claim) {
        Some(Json::String(word)) if word == "access" => Ok(()),
        Some(Json::String(_)) => Err(other_kind(claim)),
        None => Err(TokenInvalidReason::MissingClaim(claim.into())),
        Some(_) => Err(TokenInvalidReason::InvalidClaim(claim.into())),
    }
}

fn is_bound(claims: &Object<'_>) -> bool {
    let jkt = match claims.get("cnf") {
        Some(Json::Object(cnf)) => cnf.get("jkt"),
        _ => None,
    };
    matches!(jkt, Some(Json::String(_)))
}

fn is_access_word(word: &str) -> bool {
    ACCESS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The client is told only that; the operator wants to know by which claim.
fn other_kind(claim: &'static str) -> TokenInvalidReason {
    tracing::debug!(
        auth.claim = claim,
        "a token says that it is not an access token"
    );
    TokenInvalidReason::NotAnAccessToken
}
