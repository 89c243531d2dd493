//! How the bearer tokens of one issuer are verified.

use serde_json::Value;

use crate::error::{AuthClientError, TokenInvalidError, TokenInvalidReason, TokenKind};
use crate::jwt::{TokenValidator, has_the_form_of_a_jws};
use crate::verifier::{TokenVerifier, VerifiedToken};

/// An enum, so that a JWT costs no boxed future.
pub(super) enum Bearer {
    Jwt(TokenValidator),
    /// JWTs by their signature, all others by the verifier.
    JwtOr(TokenValidator, Box<dyn TokenVerifier>),
    /// All by the verifier.
    Verifier(Box<dyn TokenVerifier>),
}

impl Bearer {
    /// Verifies a bearer token of the issuer with this name. Whether it comes from the sender to whom it is
    /// bound is still to be checked.
    pub(super) async fn verify(
        &self,
        token: &str,
        issuer: &str,
    ) -> Result<VerifiedToken, AuthClientError> {
        let kind = TokenKind::Bearer;
        let verifier = match self {
            Self::Jwt(jwt) => return jwt.verify_unconfirmed(token, kind).await,
            Self::JwtOr(jwt, _) if has_the_form_of_a_jws(token) => {
                return jwt.verify_unconfirmed(token, kind).await;
            }
            Self::JwtOr(_, verifier) | Self::Verifier(verifier) => verifier,
        };
        let verified = verifier.verify(token, kind).await?;
        of_issuer(verified, issuer).map_err(|(reason, jti)| {
            let error = TokenInvalidError::new(kind, reason);
            error.with_trace(None, jti.as_deref()).into()
        })
    }

    /// Whether a token that names no issuer can be one of these.
    pub(super) const fn takes_opaque_tokens(&self) -> bool {
        !matches!(self, Self::Jwt(_))
    }
}

/// A subject is unique only within its issuer, so a token must not pass as another issuer's: not where
/// its verifier was given to two issuers, nor where the verifier forgot to look.
fn of_issuer(
    mut token: VerifiedToken,
    issuer: &str,
) -> Result<VerifiedToken, (TokenInvalidReason, Option<String>)> {
    let reason = match token.claims.get("iss") {
        Some(Value::String(name)) if name == issuer => return Ok(token),
        None | Some(Value::Null) => {
            token.claims.insert("iss".to_owned(), issuer.into());
            return Ok(token);
        }
        Some(Value::String(_)) => TokenInvalidReason::Issuer,
        Some(_) => TokenInvalidReason::InvalidClaim("iss".into()),
    };
    Err((reason, token.jti().map(str::to_owned)))
}
