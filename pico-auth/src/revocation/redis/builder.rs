//! The parts of a [`RedisRevocationList`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::RedisRevocationList;
use super::connect::Server;
use super::layout::Layout;
use super::mirror::Mirror;
use super::upkeep::Shared;
use crate::clock::{Clock, SystemClock};
use crate::danger::AllowPlaintextRedis;
use crate::error::AuthConfigurationError;
use crate::revocation::attempts::Attempts;

/// Configures a [`RedisRevocationList`].
#[must_use]
pub struct RedisRevocationListBuilder {
    url: String,
    name: String,
    max_age: Duration,
    timeout: Duration,
    root_pem: Option<Vec<u8>>,
    accept_plaintext: bool,
    clock: Option<Arc<dyn Clock>>,
}

impl RedisRevocationListBuilder {
    pub(super) fn new(url: String) -> Self {
        Self {
            url,
            name: "pico-auth:revoked".to_owned(),
            max_age: Duration::from_secs(10),
            timeout: Duration::from_secs(3),
            root_pem: None,
            accept_plaintext: false,
            clock: None,
        }
    }

    /// The key of the sorted set, and the beginning of the names of its channels. Services that share a
    /// name share the list. Default: `pico-auth:revoked`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// How long the list answers without a proof that it is current. Default: 10 seconds.
    pub const fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    /// How long it may take to connect, and to answer one command. Requests wait for the first list twice
    /// as long and are answered 503 then; to read the whole set may take a hundred times as long. Default:
    /// 3 seconds.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Trusts these certificate authorities, in PEM, and no others. Default: those of the operating
    /// system.
    pub fn root_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_pem = Some(pem.into());
        self
    }

    /// Takes `redis://` for other hosts than loopback, too.
    pub const fn accept_plaintext(mut self, _: AllowPlaintextRedis) -> Self {
        self.accept_plaintext = true;
        self
    }

    /// The clock that ages the list. Default: [`SystemClock`]. Pauses and network time-outs always use
    /// real time.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Builds the list. It connects when the first token comes, or by
    /// [`Authenticator::wait_until_ready`](crate::Authenticator::wait_until_ready).
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `redis_url` where it is not `rediss://` (`redis://` on loopback is
    /// allowed), or has a query or a fragment, or TLS cannot be set up; for `redis_root_pem` where it is
    /// not PEM; for `redis_name` where it is empty; for `redis_timeout` and `redis_max_age` where they
    /// are zero.
    pub fn build(self) -> Result<RedisRevocationList, AuthConfigurationError> {
        for (key, is_wrong) in [
            ("redis_name", self.name.is_empty()),
            ("redis_timeout", self.timeout.is_zero()),
            ("redis_max_age", self.max_age.is_zero()),
        ] {
            if is_wrong {
                return Err(AuthConfigurationError::new(
                    key,
                    "must not be empty or zero",
                ));
            }
        }
        let root_pem = self.root_pem.as_deref();
        let server = Server::new(&self.url, self.accept_plaintext, root_pem, self.timeout)?;
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        Ok(RedisRevocationList {
            shared: Arc::new(Shared {
                server,
                layout: Layout::named(&self.name),
                mirror: Mirror::new(clock, self.max_age),
                attempts: Attempts::default(),
                writer: tokio::sync::Mutex::default(),
            }),
            task: Arc::default(),
        })
    }
}

/// Shows nothing: the URL may hold a password.
impl fmt::Debug for RedisRevocationListBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisRevocationListBuilder")
            .finish_non_exhaustive()
    }
}
