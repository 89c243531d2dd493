//! One compact token: verified or refused.
//!
//! The order of refusals, each before any work of the next:
//!
//! 1. form: size, three parts of strict base64url, a header whose algorithm is on the allow-list,
//!    whose `typ` may be an access token's, and which asks for no extension;
//! 2. the key, which must permit the algorithm;
//! 3. the signature;
//! 4. the claims: a forged token is never told that it has expired.

pub(crate) mod checks;
mod compact;
mod purpose;
mod rules;

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use self::checks::Refusal;
use self::compact::Compact;
#[cfg(feature = "http-client")]
pub(crate) use self::compact::unverified_claims;
pub(crate) use self::compact::{has_the_form_of_a_jws, split, unverified_issuer};
pub use self::rules::ValidationRules;
use crate::clock::Clock;
use crate::error::{
    AuthClientError, AuthConfigurationError, TokenExpiredError, TokenInvalidError,
    TokenInvalidReason, TokenKind,
};
use crate::jwks::{KeyLookup, KeyQuery, KeySource};
use crate::strict::json_object;
use crate::verifier::{TokenVerifier, VerifiedToken, VerifyFuture};

/// Verifies tokens of one issuer.
///
/// The order of refusals is fixed: form, size and algorithm (no key is asked for), then the key, then
/// the signature, then the claims: `iss`, `aud`, what the token is for, and its times last. So a
/// forged token is never told that it has expired, and "expired" means that a new token would do.
///
/// Beyond what [`ValidationRules`] say, every token must have `exp`, `iss` and `aud` in their right
/// JSON types and no member twice, and must not say that it is anything but an access token.
///
/// ```
/// use std::sync::Arc;
/// use pico_auth::{StaticKeys, SystemClock, TokenKind, TokenValidator, ValidationRules};
///
/// # async fn example(pem: &str, token: &str) -> Result<(), pico_auth::AuthClientError> {
/// let keys = StaticKeys::from_pem(Some("2026-01"), "RS256".parse()?, pem)?;
/// let rules = ValidationRules::new("https://id.example", ["orders"]);
/// let validator = TokenValidator::new(rules, Arc::new(keys), Arc::new(SystemClock::new()))?;
/// let verified = validator.verify(token, TokenKind::Bearer).await?;
/// let subject = verified.claims.get("sub");
/// # Ok(()) }
/// ```
pub struct TokenValidator {
    rules: ValidationRules,
    keys: Arc<dyn KeySource>,
    clock: Arc<dyn Clock>,
}

impl TokenValidator {
    /// A validator that takes keys from `keys` and the time from `clock`.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `issuer`, `audience` or `accepted_algorithms` where it is empty.
    pub fn new(
        rules: ValidationRules,
        keys: Arc<dyn KeySource>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AuthConfigurationError> {
        rules.check()?;
        Ok(Self { rules, keys, clock })
    }

    /// What tokens must satisfy.
    pub const fn rules(&self) -> &ValidationRules {
        &self.rules
    }

    /// Verifies one token. `kind` is what errors say the token is; it changes no check.
    ///
    /// A token that is bound to its sender (claim `cnf`) is refused: nothing else is shown here. Give it
    /// to [`Authenticator::authenticate_with`](crate::Authenticator::authenticate_with).
    ///
    /// # Errors
    ///
    /// - [`TokenInvalidError`] with its reason;
    /// - [`TokenExpiredError`] where the time is all that is wrong with the token;
    /// - [`AuthUnavailableError`](crate::AuthUnavailableError) where the key cannot be known now.
    pub async fn verify(
        &self,
        token: &str,
        kind: TokenKind,
    ) -> Result<VerifiedToken, AuthClientError> {
        let verified = self.verify_unconfirmed(token, kind).await?;
        if verified.claims.contains_key("cnf") {
            let reason =
                TokenInvalidReason::SenderConstraint("is bound to its sender and came alone");
            let error = TokenInvalidError::new(kind, reason);
            return Err(error
                .with_trace(verified.kid.as_deref(), verified.jti())
                .into());
        }
        Ok(verified)
    }

    /// As [`verify`](Self::verify), but a token may be bound to its sender: whether this is the sender is
    /// still to be checked.
    pub(crate) async fn verify_unconfirmed(
        &self,
        token: &str,
        kind: TokenKind,
    ) -> Result<VerifiedToken, AuthClientError> {
        let invalid = |reason, kid: Option<&str>, jti: Option<&str>| {
            AuthClientError::from(TokenInvalidError::new(kind, reason).with_trace(kid, jti))
        };
        if token.len() > self.rules.max_token_bytes {
            return Err(invalid(TokenInvalidReason::TooLarge, None, None));
        }
        let Compact {
            algorithm,
            kid,
            message,
            payload,
            signature,
        } = Compact::parse(token, &self.rules.algorithms, self.rules.require_at_jwt)
            .map_err(|(reason, kid)| invalid(reason, kid.as_deref(), None))?;
        let key_id = kid.as_deref();

        let query = KeyQuery {
            kid: key_id,
            algorithm,
        };
        let found = self
            .keys
            .find(query)
            .await
            .map_err(|outage| outage.with_trace(key_id, None))?;
        let key = match found {
            KeyLookup::Found(key) => Ok(key),
            KeyLookup::AlgorithmMismatch => Err(TokenInvalidReason::Algorithm),
            KeyLookup::Unknown | KeyLookup::Ambiguous => Err(TokenInvalidReason::UnknownKey),
        }
        .and_then(|key| key.verify(algorithm, message, &signature).map(|()| key))
        .map_err(|reason| invalid(reason, key_id, None))?;

        let claims = json_object(&payload).ok_or_else(|| {
            let what = "the claims are not a JSON object with unique members";
            invalid(TokenInvalidReason::Malformed(what), key_id, None)
        })?;
        let jti = claims.get("jti").and_then(Value::as_str);
        let expires_at = checks::check(&claims, &self.rules, self.clock.now()).map_err(
            |refusal| match refusal {
                Refusal::Invalid(reason) => invalid(reason, key_id, jti),
                Refusal::Expired => TokenExpiredError::new(kind).with_trace(key_id, jti).into(),
            },
        )?;
        Ok(VerifiedToken {
            claims,
            expires_at,
            kid: key_id.map(Into::into),
            key: Some(key),
        })
    }
}

impl TokenVerifier for TokenValidator {
    fn verify<'a>(&'a self, token: &'a str, kind: TokenKind) -> VerifyFuture<'a> {
        Box::pin(Self::verify(self, token, kind))
    }
}

/// Shows the rules; keys and clocks have nothing to show.
impl fmt::Debug for TokenValidator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenValidator")
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}
