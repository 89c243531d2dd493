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
mod known;
mod purpose;
mod rules;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use self::checks::{Refusal, Times};
#[cfg(feature = "http-client")]
pub(crate) use self::compact::unverified_claims;
use self::compact::{Compact, Header, NOT_CLAIMS, malformed};
pub(crate) use self::compact::{has_the_form_of_a_jws, split, unverified_issuer};
use self::known::{KnownHeader, KnownHeaders};
pub use self::rules::ValidationRules;
use crate::clock::Clock;
use crate::error::{
    AuthClientError, AuthConfigurationError, TokenExpiredError, TokenInvalidError,
    TokenInvalidReason, TokenKind,
};
use crate::jwks::{Algorithm, KeyEdition, KeyLookup, KeyQuery, KeySource, VerificationKey};
use crate::strict::{Json, Object};
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
    known: KnownHeaders,
}

/// A token whose signature and claims are good, for as long as it takes to read it. It may be bound to its
/// sender: whether this is the sender is still to be checked.
pub(crate) struct Verified<'t> {
    pub(crate) claims: &'t Object<'t>,
    /// The text of the claims.
    pub(crate) document: &'t [u8],
    pub(crate) times: Times,
    /// When its times were looked at, since the epoch.
    pub(crate) at: Duration,
    pub(crate) signed_by: &'t SignedBy,
}

impl Verified<'_> {
    /// For a token that comes alone: nobody will look at who has sent it.
    pub(crate) fn refuse_bound(&self) -> Result<(), TokenInvalidReason> {
        match self.claims.get("cnf") {
            None => Ok(()),
            Some(_) => Err(TokenInvalidReason::SenderConstraint(
                "is bound to its sender and came alone",
            )),
        }
    }
}

/// The key that verified a token, and how it was found.
#[derive(Clone)]
pub(crate) struct SignedBy {
    /// As the token's header names it.
    pub(crate) kid: Option<Arc<str>>,
    pub(crate) algorithm: Algorithm,
    pub(crate) key: Arc<VerificationKey>,
    /// Of the keys among which it was found. `None` where that cannot be said.
    pub(crate) edition: Option<KeyEdition>,
}

impl SignedBy {
    pub(crate) fn query(&self) -> KeyQuery<'_> {
        KeyQuery {
            kid: self.kid.as_deref(),
            algorithm: self.algorithm,
        }
    }
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
        Ok(Self {
            rules,
            keys,
            clock,
            known: KnownHeaders::default(),
        })
    }

    /// What tokens must satisfy.
    pub const fn rules(&self) -> &ValidationRules {
        &self.rules
    }

    pub(crate) fn keys(&self) -> &dyn KeySource {
        &*self.keys
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
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
        let owned = |verified: Verified<'_>| {
            verified.refuse_bound()?;
            Ok(VerifiedToken {
                claims: verified.claims.to_map(),
                expires_at: verified.times.expires_at,
                kid: verified.signed_by.kid.as_deref().map(Into::into),
                key: Some(Arc::clone(&verified.signed_by.key)),
            })
        };
        self.verify_and_read(token, kind, owned).await
    }

    /// Verifies one token and reads it. What `read` refuses is refused as if the rules did.
    pub(crate) async fn verify_and_read<T>(
        &self,
        token: &str,
        kind: TokenKind,
        read: impl FnOnce(Verified<'_>) -> Result<T, TokenInvalidReason>,
    ) -> Result<T, AuthClientError> {
        let invalid = |reason, kid: Option<&str>, jti: Option<&str>| {
            AuthClientError::from(TokenInvalidError::new(kind, reason).with_trace(kid, jti))
        };
        if token.len() > self.rules.max_token_bytes {
            return Err(invalid(TokenInvalidReason::TooLarge, None, None));
        }
        let compact = Compact::of(token).map_err(|reason| invalid(reason, None, None))?;
        let edition = self.keys.edition();
        let known = edition.and_then(|edition| self.known.find(compact.header, edition));
        let header = match &known {
            Some(known) => known.header.clone(),
            None => Header::read(
                compact.header,
                &self.rules.algorithms,
                self.rules.require_at_jwt,
            )
            .map_err(|(reason, kid)| invalid(reason, kid.as_deref(), None))?,
        };
        let named = header.kid.as_deref();
        let [document, signature] = compact
            .decoded()
            .map_err(|reason| invalid(reason, named, None))?;
        let (key, edition) = match &known {
            Some(known) => (Arc::clone(&known.key), edition),
            None => self
                .key(&header)
                .await?
                .map_err(|reason| invalid(reason, named, None))?,
        };
        key.verify(header.algorithm, compact.message, &signature)
            .map_err(|reason| invalid(reason, named, None))?;
        if let (None, Some(edition)) = (known, edition) {
            self.known.remember(KnownHeader {
                text: compact.header.into(),
                header: header.clone(),
                key: Arc::clone(&key),
                edition,
            });
        }

        let signed_by = SignedBy {
            kid: header.kid,
            algorithm: header.algorithm,
            key,
            edition,
        };
        let kid = signed_by.kid.as_deref();
        let claims =
            Object::parse(&document).ok_or_else(|| invalid(malformed(NOT_CLAIMS), kid, None))?;
        let jti = claims.get("jti").and_then(Json::as_str);
        let now = self.clock.now();
        let times = checks::check(&claims, &self.rules, now).map_err(|refusal| match refusal {
            Refusal::Invalid(reason) => invalid(reason, kid, jti),
            Refusal::Expired => TokenExpiredError::new(kind).with_trace(kid, jti).into(),
        })?;
        read(Verified {
            claims: &claims,
            document: &document,
            times,
            at: now,
            signed_by: &signed_by,
        })
        .map_err(|reason| invalid(reason, kid, jti))
    }

    /// Asks for a key. With the answer comes the edition of the keys that it is about; `None` where that
    /// cannot be said.
    pub(crate) async fn find(
        &self,
        query: KeyQuery<'_>,
    ) -> Result<(KeyLookup, Option<KeyEdition>), AuthClientError> {
        let edition = self.keys.edition();
        let found = self.keys.find(query).await;
        let found = found.map_err(|outage| outage.with_trace(query.kid, None))?;
        // Keys that were exchanged meanwhile: it may be about the old ones or the new.
        let edition = edition.filter(|edition| self.keys.edition() == Some(*edition));
        Ok((found, edition))
    }

    /// The key that a header asks for, and the edition of the keys, as [`find`](Self::find).
    async fn key(
        &self,
        header: &Header,
    ) -> Result<
        Result<(Arc<VerificationKey>, Option<KeyEdition>), TokenInvalidReason>,
        AuthClientError,
    > {
        let query = KeyQuery {
            kid: header.kid.as_deref(),
            algorithm: header.algorithm,
        };
        let (found, edition) = self.find(query).await?;
        Ok(match found {
            KeyLookup::Found(key) => Ok((key, edition)),
            KeyLookup::AlgorithmMismatch => Err(TokenInvalidReason::Algorithm),
            KeyLookup::Unknown | KeyLookup::Ambiguous => Err(TokenInvalidReason::UnknownKey),
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
