//! What the operator says of DPoP.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::check::DpopCheck;
use super::nonce::Nonces;
use super::target;
use crate::clock::Clock;
use crate::crypto::MacKey;
use crate::error::AuthConfigurationError;
use crate::jwks::Algorithm;

/// Accepts tokens that are bound to a key of their client, and checks the proofs that come with them
/// (DPoP, RFC 9449). A token that was stolen is worth nothing without the key.
///
/// ```
/// use pico_auth::{AuthClientSettings, AuthConfigurationError, Authenticator, Dpop};
///
/// fn authenticator(settings: AuthClientSettings) -> Result<Authenticator, AuthConfigurationError> {
///     Authenticator::builder(settings)
///         .dpop(Dpop::new(["https://api.example.com"]))
///         .require_bound_tokens()
///         .build()
/// }
/// ```
///
/// A client sends `Authorization: DPoP <token>` and, in the header `DPoP`, a proof: a JWT signed by its
/// key for this one request. It is accepted where all of this holds, as RFC 9449 §4.3 demands:
///
/// - there is exactly one, of at most 16 KiB, with `typ` `dpop+jwt` and an accepted asymmetric `alg`;
/// - its key is the one to which the token is bound (`cnf.jkt`), is public, and made the signature;
/// - `htm` is the method and `htu` the public URL of the request, `ath` is the hash of the token;
/// - `iat` lies in the last 60 seconds, or up to 5 in the future;
/// - `nonce` is one of this service, where it demands one;
/// - its `jti` was not seen before.
///
/// Each process remembers the proofs that it saw: behind a load balancer, who reads a request in clear can
/// repeat it once on each other process, while the proof is fresh. An issuer that is distrusted and trusted
/// again begins anew, too.
///
/// A request must pass one authenticator once: of two layers with clones of one, the second sees the proof
/// again and refuses it.
///
/// A browser application can read nonce and challenge only if the CORS layer exposes the headers
/// `DPoP-Nonce` and `WWW-Authenticate`.
#[derive(Clone)]
#[must_use = "give it to `AuthenticatorBuilder::dpop`"]
pub struct Dpop {
    urls: Vec<String>,
    algorithms: Vec<Algorithm>,
    max_age: Duration,
    leeway: Duration,
    replay_capacity: usize,
    nonces: Option<Secret>,
    nonce_lifetime: Duration,
}

#[derive(Clone)]
enum Secret {
    /// Made at start-up, for this process.
    Random,
    /// Given, for all processes of the service.
    Shared(Arc<[u8]>),
}

/// As long as the hash: RFC 2104 §3.
const SECRET_BYTES: usize = 32;

const KEY: &str = "dpop";

fn wrong(problem: impl Into<std::borrow::Cow<'static, str>>) -> AuthConfigurationError {
    AuthConfigurationError::new(KEY, problem)
}

impl Dpop {
    /// Accepts proofs for requests to these URLs: the service as its clients see it, each with scheme and
    /// host, such as `https://api.example.com`. Where a proxy takes a prefix off the path, it belongs
    /// here, too: `https://example.com/orders`.
    ///
    /// The service cannot find them out: the `Host` header and what proxies add are the caller's words.
    pub fn new<U: Into<String>>(public_urls: impl IntoIterator<Item = U>) -> Self {
        Self {
            urls: public_urls.into_iter().map(Into::into).collect(),
            algorithms: vec![
                Algorithm::ES256,
                Algorithm::ES384,
                Algorithm::EdDSA,
                Algorithm::PS256,
                Algorithm::RS256,
            ],
            max_age: Duration::from_secs(60),
            leeway: Duration::from_secs(5),
            replay_capacity: 200_000,
            nonces: None,
            nonce_lifetime: Duration::from_secs(300),
        }
    }

    /// Accepts proofs by these algorithms only. Default: ES256, ES384, `EdDSA`, PS256 and RS256.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// How old a proof may be. Default: 60 seconds; at most an hour, as all proofs of this time are
    /// remembered.
    pub const fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    /// By how much the clock of a client may be ahead. Default: 5 seconds; at most 5 minutes.
    pub const fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// How many proofs are accepted in the time for which they are remembered, `max_age` and twice the
    /// leeway; a quarter of them of one key. Further ones are answered by 503 until there is room: a proof
    /// that cannot be remembered is not accepted. Default: 200,000, about 2,800 a second, for which at most
    /// 25 MB are used.
    pub const fn replay_capacity(mut self, proofs: usize) -> Self {
        self.replay_capacity = proofs;
        self
    }

    /// Demands a nonce of this process in each proof (RFC 9449 §9), so that no proof can be made for
    /// later. A request without one is answered by 401 with `error="use_dpop_nonce"` and a nonce in the
    /// header `DPoP-Nonce`, which is good for 5 minutes.
    ///
    /// Where several processes serve one URL, or several issuers are trusted, use [`require_shared_nonce`](Self::require_shared_nonce).
    pub fn require_nonce(mut self) -> Self {
        self.nonces = Some(Secret::Random);
        self
    }

    /// As [`require_nonce`](Self::require_nonce); all processes with this secret accept the nonces of
    /// each other. At least 32 random bytes, used for nothing else.
    pub fn require_shared_nonce(mut self, secret: impl AsRef<[u8]>) -> Self {
        self.nonces = Some(Secret::Shared(secret.as_ref().into()));
        self
    }

    /// How long a nonce is good. Default: 5 minutes.
    pub const fn nonce_lifetime(mut self, lifetime: Duration) -> Self {
        self.nonce_lifetime = lifetime;
        self
    }

    /// What checks proofs.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `dpop`, as `AuthenticatorBuilder::build` says.
    pub(in crate::binding) fn check(
        self,
        clock: &dyn Clock,
    ) -> Result<DpopCheck, AuthConfigurationError> {
        if self.urls.is_empty() {
            return Err(wrong(
                "names no public URL; say which one clients use, such as `https://api.example.com`",
            ));
        }
        let bases = self.urls.iter().map(|url| base(url));
        let bases = bases.collect::<Result<_, _>>()?;
        if self.algorithms.is_empty() {
            return Err(wrong(
                "accepts no algorithm; name at least one, such as `ES256`",
            ));
        }
        if self.max_age.is_zero() || self.max_age > Duration::from_secs(3600) {
            return Err(wrong(
                "`max_age` must be more than nothing and at most an hour",
            ));
        }
        if self.leeway > Duration::from_secs(300) {
            return Err(wrong("`leeway` must be at most 5 minutes"));
        }
        if self.replay_capacity == 0 {
            return Err(wrong(
                "`replay_capacity` is 0, so no proof could be accepted",
            ));
        }
        if self.nonce_lifetime.is_zero() {
            return Err(wrong(
                "`nonce_lifetime` is 0, so no nonce could be accepted",
            ));
        }
        let nonces = match self.nonces {
            None => None,
            Some(secret) => Some(Nonces::new(secret.key()?, self.nonce_lifetime)),
        };
        Ok(DpopCheck::new(
            bases,
            self.algorithms.into(),
            (self.max_age, self.leeway),
            (self.replay_capacity, clock.elapsed()),
            nonces,
        ))
    }
}

/// What stands before the path of a request, in the form that is compared.
fn base(url: &str) -> Result<Box<str>, AuthConfigurationError> {
    let base = (!url.contains(['?', '#']))
        .then(|| target::normalized(url))
        .flatten();
    let base = base.ok_or_else(|| {
        // Without the text: it may hold a password.
        wrong("a public URL is not scheme, host and path, such as `https://api.example.com`")
    })?;
    Ok(base.trim_end_matches('/').into())
}

impl Secret {
    fn key(self) -> Result<MacKey, AuthConfigurationError> {
        match self {
            Self::Random => MacKey::random()
                .map_err(|_| wrong("the operating system has no random numbers for nonces")),
            Self::Shared(secret) if secret.len() < SECRET_BYTES => Err(wrong(
                "the secret of nonces must have at least 32 random bytes",
            )),
            Self::Shared(secret) => Ok(MacKey::new(&secret)),
        }
    }
}

/// Shows what it accepts, and nothing of the secret.
impl fmt::Debug for Dpop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dpop")
            .field("urls", &self.urls)
            .field("algorithms", &self.algorithms)
            .field("max_age", &self.max_age)
            .field("nonce", &self.nonces.is_some())
            .finish_non_exhaustive()
    }
}
