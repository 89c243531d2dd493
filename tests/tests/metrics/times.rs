//! How long things take, and how old they are: by the clock of the authenticator.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use axum::Json;
use metrics::set_default_local_recorder;
use pico_auth::test_kit::{ManualClock, TestIssuer};
use pico_auth::{
    AuthenticatorBuilder, KeyFuture, KeyQuery, KeySource, PolledRevocationList, StaticKeys,
};
use serde_json::json;
use tokio::net::TcpListener;

use super::recorder::Measured;
use super::support::{ISSUER, get, service};

/// Keys that take their time.
struct Slow {
    keys: StaticKeys,
    clock: ManualClock,
}

impl KeySource for Slow {
    fn find<'a>(&'a self, query: KeyQuery<'a>) -> KeyFuture<'a> {
        self.clock.advance(Duration::from_millis(1500));
        self.keys.find(query)
    }
}

#[tokio::test]
async fn verification_is_measured_with_the_wait_for_keys() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    let clock = ManualClock::new();
    let keys = StaticKeys::from_jwks(ISSUER.jwks().to_string()).unwrap();
    let slow = Slow {
        keys,
        clock: clock.clone(),
    };
    let issuer = ISSUER.clone().with_clock(clock);
    let parts = |parts: AuthenticatorBuilder| parts.key_source(slow);
    let service = service(issuer.authenticator_with(issuer.settings(), parts));
    get(&service, "/any", Some(&issuer.token("u1").sign())).await;
    let forged = issuer.token("u1").with_signature(b"0123456789");
    get(&service, "/any", Some(&forged)).await;
    for result in ["verified", "unauthenticated"] {
        let series =
            format!("pico_auth_token_verification_seconds by=key result={result} token=bearer");
        assert_eq!(measured.values(&series), [1.5], "{result}");
    }
}

#[tokio::test]
async fn a_fetch_of_keys_is_measured_and_when_it_was() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    let issuer = TestIssuer::start().await;
    let clock = ManualClock::new();
    let parts = |parts: AuthenticatorBuilder| parts.clock(clock.clone());
    let authenticator = issuer.authenticator_with(issuer.settings(), parts);
    authenticator
        .wait_until_ready(Duration::from_secs(30))
        .await
        .unwrap();
    let source = format!("source={}", authenticator_source(&measured));
    let fetch = format!("pico_auth_key_fetch_seconds result=fetched {source}");
    assert_eq!(measured.values(&fetch), [0.0]);
    let fetched = format!("pico_auth_keys_timestamp_seconds {source}");
    assert_eq!(measured.values(&fetched), [1_800_000_000.0]);
    assert!(source.contains(issuer.url()), "{source}");
}

/// The one source there is.
fn authenticator_source(measured: &Measured) -> String {
    let gauges = measured.counts("pico_auth_keys_timestamp_seconds");
    let [(labels, _)] = &gauges[..] else {
        panic!("not one source: {gauges:?}");
    };
    labels.strip_prefix("source=").unwrap().to_owned()
}

#[tokio::test]
async fn a_fetch_that_fails_is_measured_and_makes_no_set_younger() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    // Nobody listens there: the port was ours, and is given back.
    let port = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}/jwks?key=s3cret");
    let keys = pico_auth::JwksClient::builder()
        .endpoint(&url)
        .build()
        .unwrap();
    let parts = |parts: AuthenticatorBuilder| parts.key_source(keys);
    let service = service(ISSUER.authenticator_with(ISSUER.settings(), parts));
    let token = ISSUER.token("u1").sign();
    assert_eq!(get(&service, "/any", Some(&token)).await, 503);
    let failed =
        format!("pico_auth_key_fetch_seconds result=failed source=http://127.0.0.1:{port}/jwks");
    assert!(!measured.values(&failed).is_empty(), "{:?}", measured.all());
    assert_eq!(measured.counts("pico_auth_keys_timestamp_seconds"), []);
}

/// Serves a list of revoked tokens; answers its URL.
pub(crate) async fn revocation_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/revoked", listener.local_addr().unwrap());
    let list = || async { Json(json!({ "items": [{ "jti": "revoked" }] })) };
    let router = axum::Router::new().route("/revoked", axum::routing::get(list));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn the_age_of_a_revocation_list_counts_from_the_beginning_of_its_fetch() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    let url = revocation_server().await;
    let clock = ManualClock::new();
    clock.advance(Duration::from_secs(7));
    let list = PolledRevocationList::builder(format!("{url}?key=s3cret"))
        .clock(std::sync::Arc::new(clock))
        .build()
        .unwrap();
    list.refresh().await.unwrap();
    let series = format!("pico_auth_revocation_list_timestamp_seconds source={url}");
    assert!(
        measured.values(&series).contains(&1_800_000_007.0),
        "{:?}",
        measured.all()
    );
}

/// A verifier of the application's own.
struct Opaque;

impl pico_auth::TokenVerifier for Opaque {
    fn verify<'a>(&'a self, _: &'a str, kind: pico_auth::TokenKind) -> pico_auth::VerifyFuture<'a> {
        let refused = pico_auth::TokenExpiredError::new(kind).into();
        let answer: Pin<Box<dyn Future<Output = _> + Send>> =
            Box::pin(std::future::ready(Err(refused)));
        answer
    }
}

#[tokio::test]
async fn verifiers_are_measured_apart() {
    let measured = Measured::default();
    let _guard = set_default_local_recorder(&measured);
    let parts = |parts: AuthenticatorBuilder| parts.token_verifier(Opaque);
    let service = service(ISSUER.authenticator_with(ISSUER.settings(), parts));
    get(&service, "/any", Some("opaque")).await;
    let series =
        "pico_auth_token_verification_seconds by=verifier result=unauthenticated token=bearer";
    assert_eq!(measured.values(series).len(), 1, "{:?}", measured.all());
}
