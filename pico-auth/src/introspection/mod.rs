//! Tokens that only their issuer can read: it is asked about each (RFC 7662).
//!
//! 1. [`builder`](IntrospectionClientBuilder) checks the configuration; `credentials` says how this
//!    service proves to the issuer who it is.
//! 2. `endpoint` makes one call. What is not an answer is an outage.
//! 3. `verdict` reads an answer: is the token active, ours, for this service, and valid now?
//! 4. `calls` decides when to call: verdicts are kept for a while in `memory`, one call runs for one
//!    token at a time, and there is a bound on all calls.

mod builder;
mod calls;
mod credentials;
mod endpoint;
mod memory;
mod verdict;

use std::fmt;
use std::sync::Arc;

use self::calls::Calls;
use self::verdict::Verdict;
use crate::error::{
    MissingTokenError, TokenExpiredError, TokenInvalidError, TokenInvalidReason, TokenKind,
};
use crate::jwt::ValidationRules;
use crate::jwt::checks::Refusal;
use crate::token::RawToken;
use crate::verifier::{TokenVerifier, VerifiedToken, VerifyFuture};

pub use self::builder::IntrospectionClientBuilder;

/// Verifies tokens by asking their issuer (RFC 7662), and remembers its answers for a short while. Cheap
/// to clone; clones share what they remember.
///
/// ```
/// use pico_auth::{AuthClientSettings, AuthConfigurationError, Authenticator, IntrospectionClient};
///
/// # fn example(secret: &str) -> Result<(), AuthConfigurationError> {
/// let settings = AuthClientSettings::builder()
///     .issuer("https://id.example")
///     .audience("orders-api")
///     .build()?;
/// let introspection = IntrospectionClient::builder("https://id.example/introspect")
///     .client_secret_basic("orders-api", secret)
///     .build(&settings)?;
/// // JWTs are verified here, and the issuer is asked about every other token.
/// let authenticator = Authenticator::builder(settings).introspection(introspection).build()?;
/// # let _ = authenticator;
/// # Ok(()) }
/// ```
///
/// [`AuthenticatorBuilder::introspection`](crate::AuthenticatorBuilder::introspection) asks about tokens
/// that are not JWTs;
/// [`AuthenticatorBuilder::token_verifier`](crate::AuthenticatorBuilder::token_verifier) with this client
/// asks about all of them.
///
/// # What is accepted
///
/// The issuer must say that the token is active. Beyond that its answer is held to what is asked of a
/// JWT, by the same settings: `iss`, where it is there, is the issuer; `aud` (or `audience_claim`) names
/// this service; `exp` and `nbf` hold; nothing says that it is not an access token; the
/// [`Authenticator`](crate::Authenticator) asks for `sub`. `require_rfc9068` asks for the claims of that
/// RFC. The members of the answer are the token's claims; where there is no `iss`, the configured issuer
/// stands in.
///
/// An issuer that answers about refresh tokens, too, and does not say that they are, cannot be told from
/// one that speaks of an access token: have it answer resource servers about access tokens only.
///
/// # How long a revoked token works
///
/// Until its remembered answer is older than [`max_age`](IntrospectionClientBuilder::max_age), counted
/// from the moment it was asked for: 60 seconds by default. No answer outlives the token's `exp`.
///
/// # What the issuer bears
///
/// One call for one token in one `max_age`, however many requests bring it. Answers that refuse a token
/// are remembered, too, for 10 seconds by default. What has no form of a token (RFC 6750 §2.1) or is too
/// long is refused without a call. Tokens that somebody invents, each another, cause one call each, of
/// which at most [`max_calls`](IntrospectionClientBuilder::max_calls) run at once; requests beyond that
/// are answered 503 and cause none. Where strangers can send many, limit their rate in front of the
/// service: they can keep tokens that are not remembered from being looked up.
///
/// # When the issuer does not answer
///
/// 503 with `Retry-After`, for that is no answer about the token: nothing of it is remembered, and
/// remembered answers go on until their age. That holds for a refusal of this service's credentials, too
/// (with an error in the log), for time-outs, redirects, and whatever is not a JSON object with a boolean
/// `active`.
#[derive(Clone)]
pub struct IntrospectionClient {
    /// `None` where the settings say `enabled = false`: nobody can be identified.
    calls: Option<Arc<Calls>>,
}

impl IntrospectionClient {
    /// Starts to configure a client of the introspection endpoint at this URL: https, or http on a
    /// loopback host.
    pub fn builder(endpoint: impl Into<String>) -> IntrospectionClientBuilder {
        IntrospectionClientBuilder::new(endpoint.into())
    }

    /// What tokens must satisfy. `None` where nobody can be identified.
    pub(crate) fn rules(&self) -> Option<&ValidationRules> {
        self.calls.as_ref().map(|calls| calls.rules())
    }
}

impl TokenVerifier for IntrospectionClient {
    /// Agent tokens are JWTs: none is accepted here.
    fn verify<'a>(&'a self, token: &'a str, kind: TokenKind) -> VerifyFuture<'a> {
        Box::pin(async move {
            let Some(calls) = &self.calls else {
                return Err(MissingTokenError::new(kind).into());
            };
            let refused = |reason| TokenInvalidError::new(kind, reason);
            if kind != TokenKind::Bearer {
                let what = "only a JWT can be the token of an agent";
                return Err(refused(TokenInvalidReason::Malformed(what)).into());
            }
            if token.len() > calls.rules().max_token_bytes {
                return Err(refused(TokenInvalidReason::TooLarge).into());
            }
            let Some(token) = RawToken::from_bytes(token.as_bytes()) else {
                let what = "it has characters that no token has";
                return Err(refused(TokenInvalidReason::Malformed(what)).into());
            };
            match calls.verdict(token).await? {
                Verdict::Active { token, .. } => Ok(VerifiedToken::clone(&token)),
                Verdict::Refused { why, jti } => Err(match why {
                    Refusal::Expired => TokenExpiredError::new(kind)
                        .with_trace(None, jti.as_deref())
                        .into(),
                    Refusal::Invalid(reason) => {
                        refused(reason).with_trace(None, jti.as_deref()).into()
                    }
                }),
            }
        })
    }
}

/// Shows whom it asks.
impl fmt::Debug for IntrospectionClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoint = self.calls.as_ref().map(|calls| calls.endpoint().shown());
        f.debug_struct("IntrospectionClient")
            .field("endpoint", &endpoint)
            .finish_non_exhaustive()
    }
}
