//! Keys that are fetched, as the callers of a service see it: what is answered while the issuer is
//! down, and through rotations.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use pico_auth::routing::get;
use pico_auth::test_kit::{ManualClock, TestIssuer};
use pico_auth::{Authenticator, Dependency, JwksClient, Policy, SecureRouter};

use super::support::{ADMIN, App, ISSUER, admin, base64url, whoami};

/// An issuer's key server: the document, or a failure.
#[derive(Clone, Default)]
struct Keys {
    document: Arc<Mutex<Option<String>>>,
    fetches: Arc<AtomicUsize>,
}

impl Keys {
    fn publish(&self, issuer: &TestIssuer) {
        *self.document.lock().unwrap() = Some(issuer.jwks().to_string());
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }

    async fn serve(&self) -> App {
        let keys = self.clone();
        let answer = move || {
            keys.fetches.fetch_add(1, Ordering::SeqCst);
            let document = keys.document.lock().unwrap().clone();
            std::future::ready(document.ok_or(StatusCode::INTERNAL_SERVER_ERROR))
        };
        App::serve(axum::Router::new().route("/jwks", axum::routing::get(answer))).await
    }
}

/// A service that takes its keys from there, and its clock.
async fn service(keys: &App) -> (App, ManualClock) {
    let clock = ManualClock::new();
    let client = JwksClient::builder()
        .endpoint(format!("{}/jwks", keys.url()))
        .clock(clock.clone())
        .build()
        .unwrap();
    let authenticator =
        ISSUER.authenticator_with(ISSUER.settings(), |builder| builder.key_source(client));
    let router = SecureRouter::new()
        .route("/closed", get(ADMIN.guard(whoami)))
        .route("/open", get(Policy::AllowAnonymous.guard(whoami)));
    let app = App::secured(router.secured_by(authenticator)).await;
    (app, clock)
}

#[tokio::test]
async fn a_service_starts_without_its_issuer_and_recovers_by_itself() {
    let keys = Keys::default();
    let server = keys.serve().await;
    let (app, clock) = service(&server).await;
    let token = admin();
    for _ in 0..20 {
        app.get("/open", Some(&token)).await.is_ok("open", "nobody");
        let answer = app.get("/closed", Some(&token)).await;
        let detail = "Signing keys are temporarily unavailable";
        answer.refuses("no keys", 503, detail, None);
        assert_eq!(answer.header("retry-after"), Some("1"));
        app.get("/closed", None).await.is_missing("no token");
    }
    assert_eq!(keys.fetches(), 1);
    keys.publish(&ISSUER);
    clock.advance(Duration::from_secs(1));
    app.get("/closed", Some(&token)).await.is_ok("up", "ada");
    assert_eq!(keys.fetches(), 2);
}

#[tokio::test]
async fn an_issuer_that_goes_down_is_not_noticed_within_the_bound() {
    let keys = Keys::default();
    keys.publish(&ISSUER);
    let server = keys.serve().await;
    let (app, clock) = service(&server).await;
    let token = admin();
    app.get("/closed", Some(&token)).await.is_ok("up", "ada");
    *keys.document.lock().unwrap() = None;
    for _ in 0..13 {
        clock.advance(Duration::from_secs(299));
        app.get("/closed", Some(&token)).await.is_ok("down", "ada");
    }
    clock.advance(Duration::from_secs(13));
    let answer = app.get("/closed", Some(&token)).await;
    assert_eq!((answer.status, answer.challenge()), (503, None));
}

#[tokio::test]
async fn a_flood_of_2000_invented_key_ids_is_refused_and_valid_requests_go_on() {
    let keys = Keys::default();
    keys.publish(&ISSUER);
    let server = keys.serve().await;
    let (app, _) = service(&server).await;
    let good = admin();
    app.get("/closed", Some(&good)).await.is_ok("before", "ada");
    let (_, rest) = good.split_once('.').unwrap();
    for n in 0..2000 {
        let header = format!(r#"{{"alg":"RS256","typ":"at+jwt","kid":"invented-{n}"}}"#);
        let forged = format!("{}.{rest}", base64url(header));
        let answer = app.get("/closed", Some(&forged)).await;
        answer.is_invalid("forged", "Invalid token: Unknown signing key");
        if n % 20 == 0 {
            app.get("/closed", Some(&good)).await.is_ok("during", "ada");
        }
    }
    assert_eq!(keys.fetches(), 1 + 5);
}

/// Of an authenticator that discovers its keys by itself, and of several issuers at once.
#[tokio::test]
async fn a_service_that_would_rather_not_start_without_keys_waits_for_them() {
    let patience = Duration::from_secs(10);
    let (one, other) = (TestIssuer::start().await, TestIssuer::start().await);
    let trusted = |issuer: &TestIssuer| issuer.trusted(issuer.settings());
    let both = Authenticator::trusting([trusted(&one), trusted(&other)]).unwrap();
    both.wait_until_ready(patience).await.unwrap();
    assert_eq!((one.jwks_requests(), other.jwks_requests()), (1, 1));
    let token = other.token("ada").sign();
    both.authenticate(&token, None).await.unwrap();
    assert_eq!(
        other.jwks_requests(),
        1,
        "the token came to keys that were there"
    );

    ISSUER
        .authenticator()
        .wait_until_ready(Duration::ZERO)
        .await
        .unwrap();
    let keys = Keys::default();
    let unreachable = keys.serve().await;
    let client = JwksClient::builder().endpoint(format!("{}/jwks", unreachable.url()));
    let client = client.build().unwrap();
    let authenticator =
        ISSUER.authenticator_with(ISSUER.settings(), |builder| builder.key_source(client));
    let error = authenticator
        .wait_until_ready(Duration::from_millis(1))
        .await;
    assert_eq!(error.unwrap_err().what(), Dependency::SigningKeys);
}
