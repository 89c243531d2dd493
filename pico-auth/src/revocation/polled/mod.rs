//! The list of revoked tokens that an issuer publishes, fetched again and again.

mod document;
mod poller;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use self::poller::{Poller, Rules, Source};
use super::background::Background;
use super::digest::Digest;
use super::{RevocationList, RevocationQuery, unavailable};
use crate::clock::{Clock, SystemClock};
use crate::error::{AuthConfigurationError, AuthUnavailableError};
use crate::fetch::url_rules::configured;
use crate::fetch::{HttpClient, Limits, bearer, without_query};

/// More than two million ids of 36 characters, and far below 256 MB: a server that sends more and more
/// must not fill the memory.
const MAX_BODY: usize = 128 * 1024 * 1024;

/// The denylist of an issuer, `{"items":[{"jti":"…"}]}`, fetched in the background. Cheap to clone;
/// clones share the list, and the fetching ends with the last one.
///
/// The setting `revocation_endpoint` makes one; build it yourself to change what has no setting. It is
/// the list of **one** issuer: an id on it is refused for whichever issuer's tokens it is asked about.
///
/// Nothing is fetched before the first token comes; that request waits for the list, no longer than twice
/// the [`timeout`](PolledRevocationListBuilder::timeout), unless
/// [`Authenticator::wait_until_ready`](crate::Authenticator::wait_until_ready) did. From then on no
/// request waits. It takes a tokio runtime with its I/O and time drivers enabled. When the list is older
/// than the TTL and [`max_stale`](PolledRevocationListBuilder::max_stale) together, tokens that are not on
/// it are answered 503 until there is a new one. An answer of another shape, or a larger one, is no answer:
/// a list is never partly read.
///
/// An id takes 16 bytes, however long it is. While a new list is read, there are the old one, the new
/// one and the document itself in memory.
///
/// ```
/// # use pico_auth::{AuthConfigurationError, PolledRevocationList};
/// # fn example() -> Result<(), AuthConfigurationError> {
/// let revoked = PolledRevocationList::builder("https://id.example/api/v1/auth/revoked-jtis").build()?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct PolledRevocationList {
    running: Arc<Running>,
}

struct Running {
    poller: Arc<Poller>,
    task: Background,
}

impl PolledRevocationList {
    /// Starts to configure a list at this URL: https, or http on a loopback host.
    pub fn builder(endpoint: impl Into<String>) -> PolledRevocationListBuilder {
        PolledRevocationListBuilder {
            endpoint: endpoint.into(),
            bearer_token: String::new(),
            ttl: Duration::from_secs(15),
            max_stale: None,
            limits: Limits {
                total: Duration::from_secs(10),
                connect: Duration::from_secs(3),
                body: MAX_BODY,
            },
            fail_open: false,
            clock: None,
        }
    }

    /// Fetches the list now, and waits for it: a token that was revoked before this call is refused
    /// after it. While another fetch runs, this one comes after it.
    ///
    /// # Errors
    ///
    /// [`AuthUnavailableError`] where it could not be fetched.
    pub async fn refresh(&self) -> Result<(), AuthUnavailableError> {
        self.running.start()?;
        let Running { poller, .. } = &*self.running;
        poller.attempts().new_one().await;
        poller.last_attempt()
    }
}

impl Running {
    fn start(&self) -> Result<(), AuthUnavailableError> {
        self.task.start(|| Arc::clone(&self.poller).run())
    }
}

impl RevocationList for PolledRevocationList {
    async fn is_revoked(&self, token: RevocationQuery<'_>) -> Result<bool, AuthUnavailableError> {
        let Running { poller, .. } = &*self.running;
        self.running.start()?;
        let _ = tokio::time::timeout(poller.patience(), poller.attempts().any()).await;
        match poller.answer(Digest::of(token.jti)) {
            Some(listed) => Ok(listed),
            None => poller.outage().unwrap_or_else(|| poller.not_yet()),
        }
    }

    fn at_hand(&self, token: RevocationQuery<'_>) -> Option<Result<bool, AuthUnavailableError>> {
        match self.running.poller.answer(Digest::of(token.jti)) {
            Some(listed) => Some(Ok(listed)),
            None if self.running.task.is_alive() => self.running.poller.outage(),
            None => None,
        }
    }

    /// Fetches the list, again after failures. Where `revocation_fail_open` is set, the first failure
    /// ends it, too: then requests are answered without a list.
    async fn wait_until_ready(&self, timeout: Duration) -> Result<(), AuthUnavailableError> {
        self.running.start()?;
        let Running { poller, .. } = &*self.running;
        let ready = poller.attempts().until(|| poller.is_ready());
        match tokio::time::timeout(timeout, ready).await {
            Ok(()) => Ok(()),
            Err(_) => poller.last_attempt().and_then(|()| Err(unavailable())),
        }
    }
}

/// Shows where the list comes from.
impl fmt::Debug for PolledRevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolledRevocationList")
            .field(
                "endpoint",
                &without_query(self.running.poller.url()).as_str(),
            )
            .finish_non_exhaustive()
    }
}

/// Configures a [`PolledRevocationList`].
#[must_use]
pub struct PolledRevocationListBuilder {
    endpoint: String,
    bearer_token: String,
    ttl: Duration,
    max_stale: Option<Duration>,
    limits: Limits,
    fail_open: bool,
    clock: Option<Arc<dyn Clock>>,
}

impl PolledRevocationListBuilder {
    /// The token the list is asked for with, without the word `Bearer`. It is not renewed. Default empty:
    /// none.
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.bearer_token = token.into();
        self
    }

    /// How often the list is fetched: after 80 % to 100 % of this time, and after a failure in 1, 2, 4 …
    /// seconds, if that is less. Default: 15 seconds.
    pub const fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// How much longer than the TTL a list answers while no new one can be fetched. Default: twice the
    /// TTL, so 45 seconds in all.
    pub const fn max_stale(mut self, max_stale: Duration) -> Self {
        self.max_stale = Some(max_stale);
        self
    }

    /// How long one fetch may take in all; of that, 3 seconds to connect. A request that needs a list waits
    /// no longer than twice this time. Default: 10 seconds.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.total = timeout;
        self
    }

    /// Larger lists are refused, in bytes: reading stops there. Default: 128 MiB (134,217,728 bytes),
    /// enough for two million ids where each takes 64 bytes.
    pub const fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self
    }

    /// The clock that ages the list. Default: [`SystemClock`]. The pause between two fetches and network
    /// time-outs always use real time.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Only by the setting of that name.
    pub(crate) const fn fail_open(mut self, fail_open: bool) -> Self {
        self.fail_open = fail_open;
        self
    }

    /// Builds the list. It fetches nothing yet.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `revocation_endpoint` where it is not https (http on loopback is
    /// allowed), or has credentials or a fragment, or TLS cannot be set up; for `revocation_bearer`
    /// where it does not have the form of a token; for `revocation_ttl_seconds` where it is zero.
    pub fn build(self) -> Result<PolledRevocationList, AuthConfigurationError> {
        let url = configured("revocation_endpoint", &self.endpoint)?;
        let authorization = match self.bearer_token.as_str() {
            "" => None,
            token => Some(bearer("revocation_bearer", token)?),
        };
        if self.ttl.is_zero() {
            let problem = "it is zero; the list would be fetched without a pause";
            return Err(AuthConfigurationError::new(
                "revocation_ttl_seconds",
                problem,
            ));
        }
        let client = HttpClient::new("revocation_endpoint", &url, self.limits)?;
        let max_stale = self.max_stale.unwrap_or(self.ttl.saturating_mul(2));
        let rules = Rules {
            ttl: self.ttl,
            max_age: self.ttl.saturating_add(max_stale),
            fail_open: self.fail_open,
        };
        let source = Source {
            client,
            url,
            authorization,
        };
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        Ok(PolledRevocationList {
            running: Arc::new(Running {
                poller: Arc::new(Poller::new(source, rules, clock)),
                task: Background::default(),
            }),
        })
    }
}

/// Shows nothing: the URL may hold an API key, the token is one.
impl fmt::Debug for PolledRevocationListBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolledRevocationListBuilder")
            .finish_non_exhaustive()
    }
}
