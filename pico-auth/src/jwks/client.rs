//! Keys that are fetched from the issuer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::bucket::Rate;
use super::cache::{KeyCache, Surroundings};
use super::fetch::{Fetcher, Location};
use super::schedule::Rules;
use super::{KeyEdition, KeyFuture, KeyQuery, KeySource, ReadyFuture};
use crate::clock::{Clock, SystemClock};
use crate::crypto::fill_random;
use crate::error::{AuthConfigurationError, AuthUnavailableError};
use crate::fetch::Limits;
use crate::fetch::url_rules::configured;

/// Fetches the key set of an issuer over HTTPS and keeps it. Cheap to clone; clones share the set.
///
/// - Nothing is fetched before the first token comes, or [`wait_until_ready`](Self::wait_until_ready).
///   From then on a task of the running tokio runtime (with its I/O and time drivers enabled) fetches
///   the set anew before it ends, at a random moment, until the last clone is dropped. So requests do
///   not wait for a fetch. One fetch runs at a time, whatever the load.
/// - A key that the issuer rotates in is accepted by the first request that shows it. Key ids that
///   nobody knows cause at most 5 fetches at once and one more every 10 seconds.
/// - A key that the issuer withdraws is refused within the TTL and the time of one fetch.
/// - While the issuer is down, known keys keep working within a bound. Fetches are repeated after a
///   pause that doubles from 1 second up to 60, or up to 10 while there are no keys.
///
/// ```
/// # use pico_auth::{AuthConfigurationError, JwksClient};
/// # fn example() -> Result<(), AuthConfigurationError> {
/// let keys = JwksClient::builder().issuer("https://id.example").build()?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct JwksClient {
    cache: Arc<KeyCache<Fetcher>>,
    location: Location,
}

impl JwksClient {
    /// Starts to configure a client. At least the issuer or the endpoint must be given.
    pub fn builder() -> JwksClientBuilder {
        JwksClientBuilder {
            endpoint: String::new(),
            issuer: String::new(),
            ttl: Duration::from_secs(300),
            max_stale: Duration::from_secs(3600),
            unknown: Rate {
                burst: 5,
                interval: Duration::from_secs(10),
            },
            limits: Limits {
                total: Duration::from_secs(5),
                connect: Duration::from_secs(3),
                body: 1024 * 1024,
            },
            clock: None,
        }
    }

    /// Waits until there are keys, for those who prefer not to start without. Fetches are begun as
    /// for a request, and repeated. Later calls answer at once.
    ///
    /// # Errors
    ///
    /// [`AuthUnavailableError`] where there are no keys after `timeout`, with the reason why the last
    /// fetch failed as its source; at once where the issuer's set has no key that can be used.
    pub async fn wait_until_ready(&self, timeout: Duration) -> Result<(), AuthUnavailableError> {
        self.cache.ready(timeout).await
    }
}

impl KeySource for JwksClient {
    fn find<'a>(&'a self, query: KeyQuery<'a>) -> KeyFuture<'a> {
        Box::pin(self.cache.find(query))
    }

    fn edition(&self) -> Option<KeyEdition> {
        self.cache.edition()
    }

    fn wait_until_ready(&self, timeout: Duration) -> ReadyFuture<'_> {
        Box::pin(self.cache.ready(timeout))
    }
}

/// Shows where the keys come from.
impl fmt::Debug for JwksClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwksClient")
            .field("location", &self.location.without_query().as_str())
            .finish_non_exhaustive()
    }
}

/// Configures a [`JwksClient`].
#[must_use]
pub struct JwksClientBuilder {
    endpoint: String,
    issuer: String,
    ttl: Duration,
    max_stale: Duration,
    unknown: Rate,
    limits: Limits,
    clock: Option<Arc<dyn Clock>>,
}

impl JwksClientBuilder {
    /// The URL of the key set. Where it is empty (the default), it is discovered from the issuer.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = url.into();
        self
    }

    /// The issuer, exactly as in the `iss` claim. Used where there is no endpoint: its `OpenID`
    /// Connect metadata, or else its RFC 8414 metadata, name the key set; where it has neither, the
    /// set is at `{issuer}/api/v1/auth/jwks`.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = issuer.into();
        self
    }

    /// How long a fetched set is used at most before it is fetched anew, which happens after 75 % to
    /// 95 % of this time (the first set: 20 % to 95 %). A smaller `max-age` in its `Cache-Control`
    /// counts instead, down to 60 seconds; `no-store` and `no-cache` mean these 60 seconds, a larger
    /// one changes nothing (RFC 9111 §5.2.2). Default: 300 seconds.
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// How much longer known keys work while the issuer cannot be reached, `must-revalidate` or not.
    /// Default: 1 hour.
    pub const fn max_stale(mut self, max_stale: Duration) -> Self {
        self.max_stale = max_stale;
        self
    }

    /// How many fetches key ids that nobody knows may cause at once. Default: 5.
    pub const fn unknown_kid_burst(mut self, fetches: u32) -> Self {
        self.unknown.burst = fetches;
        self
    }

    /// How long it takes until they may cause one more. A set younger than this is believed when it
    /// does not have a key; an older one is not: the answer is then 503. Default: 10 seconds.
    pub const fn unknown_kid_interval(mut self, interval: Duration) -> Self {
        self.unknown.interval = interval;
        self
    }

    /// How long one fetch may take in all, discovery included, and how long a request waits for fetches.
    /// Default: 5 seconds.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.total = timeout;
        self
    }

    /// How long it may take to connect. Default: 3 seconds.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect = timeout;
        self
    }

    /// Larger documents are refused, in bytes. Default: 1 MiB.
    pub const fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self
    }

    /// The clock that ages the set. Default: [`SystemClock`]. Network time-outs always use real time.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Builds the client. It fetches nothing yet.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `jwks_endpoint` or `issuer` where the URL is not https (http on
    /// loopback is allowed), or has credentials or a fragment, or the issuer a query; for
    /// `jwks_ttl_seconds`, `unknown_kid_burst` and `unknown_kid_interval` where they are zero; for
    /// `jwks_endpoint` where TLS cannot be set up.
    pub fn build(self) -> Result<JwksClient, AuthConfigurationError> {
        let location = if self.endpoint.is_empty() {
            issuer_location(self.issuer)?
        } else {
            Location::Endpoint(configured("jwks_endpoint", &self.endpoint)?)
        };
        if self.ttl.is_zero() {
            let problem = "it is zero; every request would fetch the keys";
            return Err(AuthConfigurationError::new("jwks_ttl_seconds", problem));
        }
        if self.unknown.burst == 0 {
            let problem = "it is zero; a key rotated in would be refused until the next refresh";
            return Err(AuthConfigurationError::new("unknown_kid_burst", problem));
        }
        if self.unknown.interval.is_zero() {
            let problem = "it is zero; invented key ids would cause any number of fetches";
            return Err(AuthConfigurationError::new("unknown_kid_interval", problem));
        }
        let fetcher = Fetcher::new(location.clone(), self.limits)?;
        let rules = Rules {
            ttl: self.ttl,
            max_stale: self.max_stale,
            unknown: self.unknown,
            timeout: self.limits.total,
        };
        let surroundings = Surroundings {
            clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock::new())),
            random,
            patience: self.limits.total,
        };
        Ok(JwksClient {
            cache: Arc::new(KeyCache::new(fetcher, rules, surroundings)),
            location,
        })
    }
}

/// A number in 0..1, to spread instances over time. Not a secret.
fn random() -> f64 {
    let mut bytes = [0; 4];
    // Where there is no randomness, there is no TLS either.
    let _ = fill_random(&mut bytes);
    f64::from(u32::from_ne_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}

fn issuer_location(name: String) -> Result<Location, AuthConfigurationError> {
    if name.is_empty() {
        let problem = "there is neither an endpoint nor an issuer to discover it from";
        return Err(AuthConfigurationError::new("jwks_endpoint", problem));
    }
    let url = configured("issuer", &name)?;
    if url.query().is_some() {
        // RFC 8414 §2.
        let problem = "must not have a query; set `jwks_endpoint` to skip discovery";
        return Err(AuthConfigurationError::new("issuer", problem));
    }
    Ok(Location::Issuer { name, url })
}

/// Shows nothing: URLs that were not checked yet may hold a password.
impl fmt::Debug for JwksClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwksClientBuilder").finish_non_exhaustive()
    }
}
