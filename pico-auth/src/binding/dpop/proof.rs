//! The form of a proof (RFC 9449 §4.2): a JWS that brings the key along that signed it.

use std::time::Duration;

use serde_json::{Map, Value};

use super::thumbprint::thumbprint;
use crate::binding::base64url;
use crate::claims::numeric_date;
use crate::crypto::sha256;
use crate::error::TokenInvalidReason;
use crate::jwks::{self, Algorithm};
use crate::jwt;
use crate::strict;

/// The `typ` of a proof: it is no token, and no token is a proof (RFC 8725 §3.11).
pub(crate) const TYPE: &str = "dpop+jwt";

/// Longer proofs are refused unread, in bytes: as much as a token may have. A proof by ES256 has 500,
/// one with a post-quantum key over 11,000.
const MAX_BYTES: usize = 16 * 1024;

/// A proof, decoded; nothing of it is verified.
pub(super) struct Proof<'a> {
    algorithm: Algorithm,
    jwk: Value,
    /// The thumbprint of the key.
    pub(super) jkt: String,
    claims: Map<String, Value>,
    message: &'a [u8],
    signature: Vec<u8>,
}

const fn wrong(what: &'static str) -> TokenInvalidReason {
    TokenInvalidReason::DpopProof(what)
}

impl<'a> Proof<'a> {
    pub(super) fn parse(text: &'a str, accepted: &[Algorithm]) -> Result<Self, TokenInvalidReason> {
        if text.len() > MAX_BYTES {
            return Err(wrong("is too large"));
        }
        let [header, payload, signature] =
            jwt::split(text).map_err(|_| wrong("has not three parts"))?;
        let message = text.as_bytes().get(..=header.len() + payload.len());
        let mut header = object(header).ok_or(wrong("has a header that is not a JSON object"))?;
        if header.get("typ").and_then(Value::as_str) != Some(TYPE) {
            return Err(wrong("has not the `typ` dpop+jwt"));
        }
        // `none` and symmetric algorithms have no name here.
        let algorithm = header.get("alg").and_then(Value::as_str);
        let algorithm = algorithm
            .and_then(Algorithm::from_name)
            .filter(|algorithm| accepted.contains(algorithm))
            .ok_or(wrong("has an `alg` that is not accepted"))?;
        if header.contains_key("crit") || header.contains_key("b64") {
            return Err(wrong("asks for an extension"));
        }
        // Only this member names the key: `kid`, `jku`, `x5u` and `x5c` are not looked at.
        let jwk = header.remove("jwk").ok_or(wrong("brings no `jwk`"))?;
        let jkt = jwk.as_object().and_then(thumbprint);
        Ok(Self {
            algorithm,
            jkt: jkt.ok_or(wrong("has a `jwk` that is not a public key"))?,
            jwk,
            claims: object(payload).ok_or(wrong("has claims that are not a JSON object"))?,
            message: message.ok_or(wrong("has not three parts"))?,
            signature: strict::base64url(signature)
                .filter(|signature| !signature.is_empty())
                .ok_or(wrong("has a signature that is not base64url"))?,
        })
    }

    /// A claim that must be there and be a string with something in it.
    pub(super) fn string(
        &self,
        name: &str,
        otherwise: &'static str,
    ) -> Result<&str, TokenInvalidReason> {
        let value = self.claims.get(name).and_then(Value::as_str);
        value
            .filter(|value| !value.is_empty())
            .ok_or(wrong(otherwise))
    }

    /// The claim `nonce`, where it is a string.
    pub(super) fn nonce(&self) -> Option<&str> {
        self.claims.get("nonce")?.as_str()
    }

    /// When the proof was made, since the epoch.
    pub(super) fn issued_at(&self) -> Result<Duration, TokenInvalidReason> {
        let iat = match self.claims.get("iat") {
            Some(Value::Number(number)) => numeric_date(number),
            _ => None,
        };
        iat.ok_or(wrong("has no `iat`"))
    }

    /// Verifies the signature by the key in the header. Private and weak keys are refused, and the key
    /// decides the algorithm, as for the issuer's own.
    pub(super) fn verify(&self) -> Result<(), TokenInvalidReason> {
        let key = jwks::public_key(&self.jwk).map_err(|why| {
            tracing::debug!(auth.cause = why, "the key of a DPoP proof cannot be used");
            wrong("has a `jwk` that is not a public key")
        })?;
        key.verify(self.algorithm, self.message, &self.signature)
            .map_err(|_| wrong("is not signed by its `jwk`"))
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    strict::json_object(&strict::base64url(part)?)
}

/// What `ath` must be for this token (RFC 9449 §4.2).
pub(crate) fn token_hash(token: &str) -> String {
    base64url(&sha256(token.as_bytes()))
}
