//! How the bearer tokens of one issuer are verified.

use std::sync::Arc;

use serde_json::Value;

use super::caller::{Caller, CallerReader};
use crate::clock::Clock;
use crate::error::{AuthClientError, TokenInvalidError, TokenInvalidReason, TokenKind};
use crate::jwt::has_the_form_of_a_jws;
use crate::meter::Begun;
use crate::token_cache::{Kept, RememberingValidator};
use crate::verifier::{TokenVerifier, VerifiedToken};

/// An enum, so that a JWT costs no boxed future.
pub(super) enum Bearer {
    Jwt(RememberingValidator<Arc<Caller>>),
    /// JWTs by their signature, all others by the verifier.
    JwtOr(RememberingValidator<Arc<Caller>>, Box<dyn TokenVerifier>),
    /// All by the verifier.
    Verifier(Box<dyn TokenVerifier>),
}

impl Bearer {
    /// The caller of a token that was verified before, where nothing has to be waited for to know that it
    /// is still good.
    pub(super) fn at_hand(&self, token: &str) -> Option<Arc<Kept<Arc<Caller>>>> {
        match self {
            Self::Jwt(jwt) | Self::JwtOr(jwt, _) => jwt.at_hand(token),
            Self::Verifier(_) => None,
        }
    }

    /// Counts a token that was [`at_hand`](Self::at_hand) and needed nothing else.
    pub(super) fn count_hit(&self) {
        if let Self::Jwt(jwt) | Self::JwtOr(jwt, _) = self {
            jwt.count_hit();
        }
    }

    /// Verifies a bearer token of the issuer with this name, and reads its caller. It may be bound to its
    /// sender: whether this is the sender is still to be checked.
    pub(super) async fn verify_unconfirmed(
        &self,
        token: &str,
        issuer: &str,
        reader: &CallerReader,
        clock: &dyn Clock,
    ) -> Result<Arc<Caller>, AuthClientError> {
        let verifier = match self {
            Self::Jwt(jwt) => return of_jwt(jwt, token, reader).await,
            Self::JwtOr(jwt, _) if has_the_form_of_a_jws(token) => {
                return of_jwt(jwt, token, reader).await;
            }
            Self::JwtOr(_, verifier) | Self::Verifier(verifier) => verifier,
        };
        let begun = Begun::now(clock);
        let verified = verifier.verify(token, TokenKind::Bearer).await;
        begun.verification(clock, "verifier", TokenKind::Bearer, &verified);
        let verified = verified?;
        let (kid, jti) = (verified.kid.clone(), verified.jti().map(Box::<str>::from));
        let verified = of_issuer(verified, issuer).and_then(|verified| reader.of_other(verified));
        verified.map(Arc::new).map_err(|reason| {
            let error = TokenInvalidError::new(TokenKind::Bearer, reason);
            error.with_trace(kid.as_deref(), jti.as_deref()).into()
        })
    }

    /// Whether a token that names no issuer can be one of these.
    pub(super) const fn takes_opaque_tokens(&self) -> bool {
        !matches!(self, Self::Jwt(_))
    }
}

async fn of_jwt(
    jwt: &RememberingValidator<Arc<Caller>>,
    token: &str,
    reader: &CallerReader,
) -> Result<Arc<Caller>, AuthClientError> {
    let read = jwt.verify(token, |verified| reader.of_jwt(verified).map(Arc::new));
    Ok(Arc::clone(&read.await?.read))
}

/// A subject is unique only within its issuer, so a token must not pass as another issuer's: not where
/// its verifier was given to two issuers, nor where the verifier forgot to look.
fn of_issuer(mut token: VerifiedToken, issuer: &str) -> Result<VerifiedToken, TokenInvalidReason> {
    match token.claims.get("iss") {
        Some(Value::String(name)) if name == issuer => Ok(token),
        None | Some(Value::Null) => {
            token.claims.insert("iss".to_owned(), issuer.into());
            Ok(token)
        }
        Some(Value::String(_)) => Err(TokenInvalidReason::Issuer),
        Some(_) => Err(TokenInvalidReason::InvalidClaim("iss".into())),
    }
}
