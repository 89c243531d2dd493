//! The claim `cnf` (RFC 7800 §3.1): to what a token is bound.

use serde_json::Value;

use crate::claims::RawClaims;
use crate::error::TokenInvalidReason;

/// What a token is bound to: both must hold where both are there. Empty for a bearer token.
#[derive(Default)]
pub(super) struct Confirmation<'c> {
    /// The thumbprint of the key that signs the proofs (RFC 9449 §6.1).
    pub(super) jkt: Option<&'c str>,
    /// The hash of the client's certificate (RFC 8705 §3.1).
    pub(super) x5t_s256: Option<&'c str>,
}

impl<'c> Confirmation<'c> {
    /// Reads `cnf`. `null` is not the absence of a binding, but one that cannot be read.
    pub(super) fn of(claims: &'c RawClaims) -> Result<Self, TokenInvalidReason> {
        let members = match claims.get("cnf") {
            None => return Ok(Self::default()),
            Some(Value::Object(members)) if !members.is_empty() => members,
            Some(_) => return Err(TokenInvalidReason::InvalidClaim("cnf".into())),
        };
        let mut found = Self::default();
        for (name, value) in members {
            let place = match name.as_str() {
                "jkt" => &mut found.jkt,
                "x5t#S256" => &mut found.x5t_s256,
                // A key, a key id or what is still to come: a condition that nobody has checked.
                _ => {
                    let what = "is bound in a way that this service does not know";
                    return Err(TokenInvalidReason::SenderConstraint(what));
                }
            };
            let hash = value.as_str().filter(|hash| is_sha256(hash));
            *place = Some(hash.ok_or_else(|| TokenInvalidReason::InvalidClaim("cnf".into()))?);
        }
        Ok(found)
    }
}

/// 32 bytes in unpadded base64url.
fn is_sha256(text: &str) -> bool {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.len() == 43 && text.bytes().all(is_base64url)
}
