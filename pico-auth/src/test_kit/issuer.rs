//! An issuer with its own keys.

use std::sync::Arc;

use super::server::{HeldRequests, Server};
use super::token::next;
use super::{TestKey, TokenBuilder, must};
use crate::{
    Algorithm, AuthClientSettings, AuthClientSettingsBuilder, Authenticator, AuthenticatorBuilder,
    Clock, StaticKeys, SystemClock,
};

/// An issuer with its own keys, in memory or over HTTP on loopback.
///
/// ```
/// use pico_auth::test_kit::TestIssuer;
///
/// let issuer = TestIssuer::in_memory();
/// let authenticator = issuer.authenticator();
/// let admin = issuer.token("u1").role("admin").sign();
/// # let _ = (authenticator, admin);
/// ```
#[derive(Clone)]
pub struct TestIssuer {
    url: String,
    clock: Arc<dyn Clock>,
    keys: Vec<TestKey>,
    server: Option<Arc<Server>>,
}

/// What tokens of a test issuer name in `aud`.
const AUDIENCE: &str = "test-api";

impl TestIssuer {
    /// An issuer without a network: its authenticators have its keys. It signs RS256.
    pub fn in_memory() -> Self {
        Self {
            url: "https://issuer.test".to_owned(),
            clock: Arc::new(SystemClock::new()),
            keys: vec![TestKey::generate("key-1", Algorithm::RS256)],
            server: None,
        }
    }

    /// An issuer without a network under another name: for services that trust several.
    pub fn in_memory_at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            ..Self::in_memory()
        }
    }

    /// An issuer that serves its discovery document and its keys on a free port of 127.0.0.1, until
    /// its last clone is dropped. Needs a running tokio runtime.
    pub async fn start() -> Self {
        let mut issuer = Self::in_memory();
        let server = must(Server::start(issuer.jwks()).await, "starting the issuer");
        server.url().clone_into(&mut issuer.url);
        issuer.server = Some(Arc::new(server));
        issuer
    }

    /// Takes the time from `clock`; its authenticators do, too.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Signs with this key from now on and publishes it beside the others. Its algorithm is accepted
    /// by [`settings`](Self::settings) made from now on.
    #[must_use]
    pub fn with_key(mut self, key: TestKey) -> Self {
        self.keys.push(key);
        self.publish();
        self
    }

    /// The same with a key of each of these algorithms, whose `kid` is the name of the algorithm.
    #[must_use]
    pub fn with_keys_of(self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        algorithms.into_iter().fold(self, |issuer, algorithm| {
            issuer.with_key(TestKey::generate(algorithm.name(), algorithm))
        })
    }

    /// Makes a new key of the same algorithm as the newest, signs with it from now on and publishes it beside
    /// the others.
    ///
    /// Services fetch it over loopback. Of an issuer in memory, authenticators know the keys that it had when
    /// they were made.
    pub fn rotate(&mut self) {
        let kid = next("rotated-key");
        self.keys
            .push(TestKey::generate(kid, self.key().algorithm()));
        self.publish();
    }

    /// Withdraws all keys but the newest.
    pub fn withdraw_old_keys(&mut self) {
        let newest = self.keys.pop();
        self.keys = newest.into_iter().collect();
        self.publish();
    }

    /// The `iss` of its tokens: the URL it serves, or a name.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The `aud` of its tokens.
    pub fn audience(&self) -> &str {
        AUDIENCE
    }

    /// The key it signs with: the newest.
    pub fn key(&self) -> &TestKey {
        must(self.keys.last().ok_or("none"), "the issuer has a key")
    }

    /// Every key it publishes, the newest last. `token(..).with_key(key)` signs with an older one.
    pub fn keys(&self) -> &[TestKey] {
        &self.keys
    }

    /// Its JWKS document.
    pub fn jwks(&self) -> serde_json::Value {
        let keys: Vec<_> = self.keys.iter().map(TestKey::jwk).collect();
        serde_json::json!({ "keys": keys })
    }

    /// How many requests for its keys have come.
    pub fn jwks_requests(&self) -> usize {
        self.server
            .as_ref()
            .map_or(0, |server| server.jwks_requests())
    }

    /// How many requests for its discovery document have come.
    pub fn discovery_requests(&self) -> usize {
        self.server
            .as_ref()
            .map_or(0, |server| server.discovery_requests())
    }

    /// Answers 503 to all requests from now on.
    ///
    /// # Panics
    ///
    /// If it is an issuer in memory.
    #[track_caller]
    pub fn go_down(&self) {
        self.served().set_down(true);
    }

    /// Answers again.
    ///
    /// # Panics
    ///
    /// If it is an issuer in memory.
    #[track_caller]
    pub fn come_back(&self) {
        self.served().set_down(false);
    }

    /// Keeps its answers back from now on, until what is returned is dropped: for tests of what a service
    /// does meanwhile. No time is measured.
    ///
    /// ```
    /// use pico_auth::test_kit::TestIssuer;
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// let issuer = TestIssuer::start().await;
    /// let authenticator = issuer.authenticator();
    /// let token = issuer.token("u1").sign();
    ///
    /// let held = issuer.hold();
    /// let (answer, ()) = tokio::join!(authenticator.authenticate(&token, None), async {
    ///     held.arrived(1).await; // the service asks for keys, and waits
    ///     held.release();
    /// });
    /// assert_eq!(answer.unwrap().subject(), "u1");
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// If it is an issuer in memory.
    #[track_caller]
    pub fn hold(&self) -> HeldRequests {
        self.served().hold()
    }

    /// Settings that trust this issuer and accept the algorithms of its keys.
    pub fn settings(&self) -> AuthClientSettingsBuilder {
        let algorithms = self.keys.iter().map(|key| key.algorithm().name());
        AuthClientSettings::builder()
            .issuer(self.url())
            .audience(AUDIENCE)
            .accepted_algorithms(algorithms)
    }

    /// An authenticator that trusts this issuer.
    pub fn authenticator(&self) -> Authenticator {
        self.authenticator_with(self.settings(), |builder| builder)
    }

    /// An authenticator with other settings or parts.
    pub fn authenticator_with(
        &self,
        settings: AuthClientSettingsBuilder,
        parts: impl FnOnce(AuthenticatorBuilder) -> AuthenticatorBuilder,
    ) -> Authenticator {
        let builder = parts(self.trusted(settings));
        must(builder.build(), "authenticator of a test")
    }

    /// What [`Authenticator::trusting`] takes to trust this issuer among others.
    pub fn trusted(&self, settings: AuthClientSettingsBuilder) -> AuthenticatorBuilder {
        let settings = must(settings.build(), "settings of a test");
        let builder = Authenticator::builder(settings).clock(Arc::clone(&self.clock));
        if self.server.is_some() {
            return builder;
        }
        let keys = StaticKeys::from_jwks(self.jwks().to_string());
        builder.key_source(must(keys, "keys of the issuer"))
    }

    /// Starts a token for this subject.
    pub fn token(&self, subject: &str) -> TokenBuilder {
        TokenBuilder::new(self.url(), AUDIENCE, subject, self.key(), self.clock.now())
    }

    /// Starts a DPoP proof (RFC 9449), signed by a client's `key`, for one request with `token` to the
    /// public URL `uri`.
    ///
    /// ```
    /// use pico_auth::{Algorithm, Dpop};
    /// use pico_auth::test_kit::{TestIssuer, TestKey};
    ///
    /// let issuer = TestIssuer::in_memory();
    /// let key = TestKey::generate("client", Algorithm::ES256);
    /// let authenticator = issuer.authenticator_with(issuer.settings(), |builder| {
    ///     builder.dpop(Dpop::new(["https://api.example"]))
    /// });
    /// let token = issuer.token("u1").bound_to(&key).sign();
    /// let proof = issuer.proof(&key, "GET", "https://api.example/orders", &token).sign();
    /// # let _ = (authenticator, proof);
    /// ```
    pub fn proof(&self, key: &TestKey, method: &str, uri: &str, token: &str) -> TokenBuilder {
        TokenBuilder::proof(key, method, uri, token, self.clock.now())
    }

    #[track_caller]
    fn served(&self) -> &Server {
        let server = self.server.as_deref();
        must(
            server.ok_or("in memory"),
            "what answers must be an issuer over loopback, `TestIssuer::start()`",
        )
    }

    fn publish(&self) {
        if let Some(server) = &self.server {
            server.publish(self.jwks());
        }
    }
}
