//! How a test knows that a token was remembered, and not verified again: its claims are read once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, AuthClientSettingsBuilder, Authenticator, AuthenticatorBuilder, ClaimError,
    Clock, FromClaims, RawClaims, StaticKeys, TokenInvalidReason,
};

/// A claims type that counts how often the claims of each token were read, by `jti`.
pub(crate) struct Counted;

static READ: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

impl FromClaims for Counted {
    const READ_ONCE: bool = true;

    fn from_claims(claims: &RawClaims) -> Result<Self, ClaimError> {
        let jti = claims["jti"].as_str().unwrap().to_owned();
        *READ.lock().unwrap().entry(jti).or_default() += 1;
        Ok(Self)
    }
}

/// How often this token was verified and read, by any authenticator.
pub(crate) fn times_read(token: &str) -> usize {
    let payload = URL_SAFE_NO_PAD
        .decode(token.split('.').nth(1).unwrap())
        .unwrap();
    let claims: RawClaims = serde_json::from_slice(&payload).unwrap();
    let read = READ.lock().unwrap();
    read.get(claims["jti"].as_str().unwrap())
        .copied()
        .unwrap_or_default()
}

/// An authenticator that counts.
pub(crate) fn counting(
    issuer: &TestIssuer,
    parts: impl FnOnce(AuthenticatorBuilder) -> AuthenticatorBuilder,
) -> Authenticator {
    issuer.authenticator_with(issuer.settings(), |builder| {
        parts(builder.claims::<Counted>())
    })
}

/// An authenticator with other settings that counts.
pub(crate) fn counting_with(
    issuer: &TestIssuer,
    settings: AuthClientSettingsBuilder,
) -> Authenticator {
    issuer.authenticator_with(settings, AuthenticatorBuilder::claims::<Counted>)
}

/// What a key source of the issuer would hold.
pub(crate) fn keys_of(issuer: &TestIssuer) -> StaticKeys {
    StaticKeys::from_jwks(issuer.jwks().to_string()).unwrap()
}

pub(crate) async fn admitted(authenticator: &Authenticator, token: &str) {
    let caller = authenticator.authenticate(token, None).await;
    assert!(caller.is_ok(), "{:?}", caller.err());
}

/// The reason why a token is invalid.
pub(crate) async fn refusal(authenticator: &Authenticator, token: &str) -> TokenInvalidReason {
    match authenticator.authenticate(token, None).await {
        Err(AuthClientError::TokenInvalid(error)) => error.reason().clone(),
        other => panic!("{other:?}"),
    }
}

/// Admits a token twice, and asserts that it was remembered.
pub(crate) async fn remembered(authenticator: &Authenticator, token: &str) {
    admitted(authenticator, token).await;
    admitted(authenticator, token).await;
    assert_eq!(times_read(token), 1, "it was not remembered");
}

/// A clock that can be set back.
#[derive(Clone)]
pub(crate) struct AdjustableClock(Arc<AtomicU64>);

impl AdjustableClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(1_800_000_000)))
    }

    pub(crate) fn set_back(&self, seconds: u64) {
        self.0.fetch_sub(seconds, Ordering::SeqCst);
    }
}

impl Clock for AdjustableClock {
    fn now(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}
