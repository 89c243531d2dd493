//! The claim `cnf` (RFC 7800 §3.1): to what a token is bound.

use crate::error::TokenInvalidReason;
use crate::strict::{Json, Object};

/// What a token is bound to: both must hold where both are there. Empty for a bearer token.
#[derive(Default)]
pub(crate) struct Confirmation {
    /// The thumbprint of the key that signs the proofs (RFC 9449 §6.1).
    pub(super) jkt: Option<Box<str>>,
    /// The hash of the client's certificate (RFC 8705 §3.1).
    pub(super) x5t_s256: Option<Box<str>>,
}

impl Confirmation {
    /// Reads `cnf`. `null` is not the absence of a binding, but one that cannot be read.
    pub(crate) fn of(claims: &Object<'_>) -> Result<Self, TokenInvalidReason> {
        let members = match claims.get("cnf") {
            None => return Ok(Self::default()),
            Some(Json::Object(members)) => members,
            Some(_) => return Err(TokenInvalidReason::InvalidClaim("cnf".into())),
        };
        let mut found = Self::default();
        for (name, value) in members.iter() {
            let place = match name {
                "jkt" => &mut found.jkt,
                "x5t#S256" => &mut found.x5t_s256,
                // A key, a key id or what is still to come: a condition that nobody has checked.
                _ => {
                    let what = "is bound in a way that this service does not know";
                    return Err(TokenInvalidReason::SenderConstraint(what));
                }
            };
            let hash = value.as_str().filter(|hash| is_sha256(hash));
            let hash = hash.ok_or_else(|| TokenInvalidReason::InvalidClaim("cnf".into()))?;
            *place = Some(hash.into());
        }
        // To be bound to nothing is not to be unbound.
        if found.is_none() {
            return Err(TokenInvalidReason::InvalidClaim("cnf".into()));
        }
        Ok(found)
    }

    /// Whether the token is bound to nothing.
    pub(super) const fn is_none(&self) -> bool {
        self.jkt.is_none() && self.x5t_s256.is_none()
    }
}

/// 32 bytes in unpadded base64url.
fn is_sha256(text: &str) -> bool {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.len() == 43 && text.bytes().all(is_base64url)
}
