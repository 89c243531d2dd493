//! The configuration of an [`IntrospectionClient`], checked.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::IntrospectionClient;
use super::calls::{Bounds, Calls};
use super::credentials::{Credentials, wrong};
use super::endpoint::Endpoint;
use super::memory::Room;
use super::verdict::Judge;
use crate::clock::{Clock, SystemClock};
use crate::danger::{AllowMissingAudience, AllowMissingExpiry};
use crate::error::AuthConfigurationError;
use crate::fetch::url_rules::configured;
use crate::fetch::{HttpClient, Limits};
use crate::settings::{self, AuthClientSettings};

/// A longer time is a typing error: a revoked token would work for as long.
const LONGEST_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// Configures an [`IntrospectionClient`]. It needs one kind of credentials.
#[must_use = "call `build`"]
pub struct IntrospectionClientBuilder {
    endpoint: String,
    credentials: Option<Credentials>,
    bounds: Bounds,
    limits: Limits,
    accept_missing_audience: bool,
    accept_missing_expiry: bool,
    clock: Option<Arc<dyn Clock>>,
}

impl IntrospectionClientBuilder {
    pub(super) fn new(endpoint: String) -> Self {
        Self {
            endpoint,
            credentials: None,
            bounds: Bounds {
                max_age: Duration::from_secs(60),
                refused_max_age: Duration::from_secs(10),
                room: Room {
                    entries: 10_000,
                    bytes: 16 * 1024 * 1024,
                },
                max_calls: 64,
            },
            limits: Limits {
                total: Duration::from_secs(5),
                connect: Duration::from_secs(3),
                body: 64 * 1024,
            },
            accept_missing_audience: false,
            accept_missing_expiry: false,
            clock: None,
        }
    }

    /// Authenticates with a client id and a secret in the `Authorization` header
    /// (`client_secret_basic`, RFC 6749 §2.3.1). The last call of the three decides.
    pub fn client_secret_basic(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        let (id, secret) = (id.into(), secret.into());
        self.credentials = Some(Credentials::Basic { id, secret });
        self
    }

    /// Authenticates with a client id and a secret in the form (`client_secret_post`, RFC 6749 §2.3.1),
    /// for issuers that accept no header.
    pub fn client_secret_post(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        let (id, secret) = (id.into(), secret.into());
        self.credentials = Some(Credentials::Post { id, secret });
        self
    }

    /// Authenticates with a token that the issuer gave to this service (RFC 7662 §2.1). It is not
    /// renewed.
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.credentials = Some(Credentials::Bearer(token.into()));
        self
    }

    /// How long the issuer's word that a token is active is believed: as long as a token that was
    /// revoked may still work. Zero asks for each request. At most a day. Default: 60 seconds.
    pub const fn max_age(mut self, max_age: Duration) -> Self {
        self.bounds.max_age = max_age;
        self
    }

    /// How long a token stays refused without another call. Zero remembers no refusal. At most a day.
    /// Default: 10 seconds.
    pub const fn refused_max_age(mut self, max_age: Duration) -> Self {
        self.bounds.refused_max_age = max_age;
        self
    }

    /// How many accepted tokens are remembered, and as many refused ones beside them; those that were
    /// not used for longest are forgotten first. At least 2. Default: 10,000.
    pub const fn max_remembered(mut self, tokens: usize) -> Self {
        self.bounds.room.entries = tokens;
        self
    }

    /// How large the remembered answers are in all, in bytes of what the issuer sent; in memory, each
    /// takes several times as much. An answer larger than half of this is not remembered. Default:
    /// 16 MiB.
    pub const fn max_remembered_bytes(mut self, bytes: usize) -> Self {
        self.bounds.room.bytes = bytes;
        self
    }

    /// How many calls may run at once. A request that would need one more is answered 503. At least 1.
    /// Default: 64.
    pub const fn max_calls(mut self, calls: usize) -> Self {
        self.bounds.max_calls = calls;
        self
    }

    /// How long one call may take in all. Default: 5 seconds.
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.total = timeout;
        self
    }

    /// How long it may take to connect. Default: 3 seconds.
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.limits.connect = timeout;
        self
    }

    /// Larger answers are refused, in bytes. Default: 64 KiB.
    pub const fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self
    }

    /// Accepts answers without an audience. One that is there must still name this service. See
    /// [`danger::allow_missing_audience`](crate::danger::allow_missing_audience).
    pub const fn accept_missing_audience(mut self, _: AllowMissingAudience) -> Self {
        self.accept_missing_audience = true;
        self
    }

    /// Accepts answers without `exp`; such a token counts as expiring after
    /// [`max_age`](Self::max_age), when its issuer is asked again. So `expires_at` of such a caller is no
    /// time until which it is enough to list the token as revoked: revoke it at its issuer, or list it for
    /// as long as it may ever be used. See
    /// [`danger::allow_missing_expiry`](crate::danger::allow_missing_expiry).
    pub const fn accept_missing_expiry(mut self, _: AllowMissingExpiry) -> Self {
        self.accept_missing_expiry = true;
        self
    }

    /// The clock that compares `exp` and ages what is remembered. Default: [`SystemClock`]. Network
    /// time-outs always use real time.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Builds the client for tokens that satisfy `settings`: its issuer, audience, audience claim,
    /// leeway, largest size, and what a token must say of its use. It calls nobody yet. Where they say
    /// `enabled = false`, nothing is checked, and the client refuses every token.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] as [`AuthClientSettings::validate`]; for `introspection_endpoint`
    /// where the URL is not https (http on loopback is allowed), or has credentials or a fragment, or
    /// TLS cannot be set up; for `introspection_credentials` where there are none, or one is empty or
    /// cannot be sent; for the name of a bound that is zero, or of a time beyond a day.
    pub fn build(
        self,
        settings: &AuthClientSettings,
    ) -> Result<IntrospectionClient, AuthConfigurationError> {
        if !settings.enabled {
            return Ok(IntrospectionClient { calls: None });
        }
        let rules = settings::check(settings)?.bearer;
        self.check_bounds()?;
        let url = configured("introspection_endpoint", &self.endpoint)?;
        let credentials = self.credentials.ok_or_else(|| {
            wrong("there are none; RFC 7662 demands them: call `client_secret_basic`, for one")
        })?;
        let client = HttpClient::new("introspection_endpoint", &url, self.limits)?;
        let endpoint = Endpoint {
            client,
            url,
            proof: credentials.proof()?,
        };
        let judge = Judge {
            rules,
            accept_missing_audience: self.accept_missing_audience,
            missing_expiry: self.accept_missing_expiry.then_some(self.bounds.max_age),
        };
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        Ok(IntrospectionClient {
            calls: Some(Arc::new(Calls::new(endpoint, judge, clock, self.bounds))),
        })
    }

    fn check_bounds(&self) -> Result<(), AuthConfigurationError> {
        let Bounds {
            max_age,
            refused_max_age,
            room,
            max_calls,
        } = self.bounds;
        let wrong = |key, problem| Err(AuthConfigurationError::new(key, problem));
        for (key, age) in [
            ("introspection_max_age", max_age),
            ("introspection_refused_max_age", refused_max_age),
        ] {
            if age > LONGEST_AGE {
                return wrong(key, "it is longer than a day; name a shorter time");
            }
        }
        if room.entries < 2 {
            let problem = "it is less than 2; to remember nothing, set `max_age` to zero";
            return wrong("introspection_max_remembered", problem);
        }
        if max_calls == 0 {
            let problem = "it is zero; no token could ever be accepted";
            return wrong("introspection_max_calls", problem);
        }
        Ok(())
    }
}

/// Shows nothing of it: the URL may hold an API key, and the credentials are secret.
impl fmt::Debug for IntrospectionClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntrospectionClientBuilder")
            .finish_non_exhaustive()
    }
}
