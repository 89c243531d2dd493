//! Across the stages: what an attacker tries between them.

use std::sync::Arc;

use axum::body::Bytes;
use pico_auth::routing::{get, post};
use pico_auth::{
    AuthLayer, Authentication, KeyFuture, KeyQuery, KeySource, Policy, SecureRouter, TokenHeader,
};
use reqwest::Method;
use tokio::sync::Notify;

use super::support::{ADMIN, App, ISSUER, admin, send, viewer, whoami};

#[tokio::test]
async fn the_unread_body_of_a_refused_request_is_not_the_next_request() {
    let router = SecureRouter::new()
        .route(
            "/closed",
            post(ADMIN.guard(|body: Bytes| async move { body })),
        )
        .route("/open", get(Policy::AllowAnonymous.guard(whoami)));
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    let inner = "GET /open HTTP/1.1\r\nHost: a\r\n\r\n";
    let last = "GET /closed HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let chunked = format!("{:x}\r\n{inner}\r\n0\r\n\r\n", inner.len());
    for (framing, body) in [
        (format!("Content-Length: {}", inner.len()), inner.to_owned()),
        ("Transfer-Encoding: chunked".to_owned(), chunked),
    ] {
        let head = format!("POST /closed HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n");
        let answer = app.raw(format!("{head}{body}{last}")).await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{framing}: {answer}");
        assert!(
            !answer.contains("HTTP/1.1 200"),
            "smuggled by {framing}: {answer}"
        );
    }
}

/// An issuer that never answers.
struct Hanging(Arc<Notify>);

impl KeySource for Hanging {
    fn find<'a>(&'a self, _: KeyQuery<'a>) -> KeyFuture<'a> {
        self.0.notify_one();
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn a_hanging_issuer_disturbs_neither_anonymous_endpoints_nor_refusals_of_form() {
    let asked = Arc::new(Notify::new());
    let keys = Hanging(Arc::clone(&asked));
    let authenticator =
        ISSUER.authenticator_with(ISSUER.settings(), |builder| builder.key_source(keys));
    let router = SecureRouter::new()
        .route("/closed", get(ADMIN.guard(whoami)))
        .route("/open", get(Policy::AllowAnonymous.guard(whoami)));
    let app = App::secured(router.secured_by(authenticator)).await;
    let token = admin();
    for _ in 0..3 {
        tokio::select! {
            answer = app.get("/closed", Some(&token)) => panic!("answered: {answer:?}"),
            () = asked.notified() => {}
        }
        // The caller has gone away in the middle of authentication.
        app.get("/open", Some(&token)).await.is_ok("open", "nobody");
        app.get("/closed", None).await.is_missing("no token");
        let answer = app.get("/closed", Some("x")).await;
        answer.is_invalid("form", "Invalid token: Malformed token, not three parts");
    }
}

#[tokio::test]
async fn an_unknown_path_a_closed_path_and_a_wrong_path_look_the_same_to_strangers() {
    let router = SecureRouter::new()
        .route("/closed/{id}", get(ADMIN.guard(whoami)))
        .nest(
            "/n",
            SecureRouter::new().route("/closed", get(ADMIN.guard(whoami))),
        );
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    let expired = ISSUER.token("u1").expired().sign();
    for token in [None, Some("x"), Some(expired.as_str())] {
        let mut first = None;
        for path in ["/no", "/closed/1", "/closed", "/n/closed", "/n/no", "/n"] {
            let answer = app.get(path, token).await;
            let mut headers = answer.headers;
            headers.remove("date");
            let seen = (answer.status, headers, answer.body);
            assert_eq!(first.get_or_insert_with(|| seen.clone()), &seen, "{path}");
        }
    }
}

#[tokio::test]
async fn layers_that_authenticate_twice_do_not_add_up() {
    // An outer layer of another issuer does not vouch for the inner application's callers.
    let other = pico_auth::test_kit::TestIssuer::in_memory();
    let header = TokenHeader::new("x-gateway").unwrap();
    let gateway = Authentication::with_extractor(other.authenticator(), header);
    let inner = SecureRouter::new().route("/", get(ADMIN.guard(whoami)));
    let inner = axum::Router::new().fallback_service(inner.secured_by(ISSUER.authenticator()));
    let app = App::serve(inner.layer(AuthLayer::new(gateway).unwrap())).await;
    let outer = format!("Bearer {}", other.token("root").role("admin").sign());
    let request = || app.request(Method::GET, "/").header("x-gateway", &outer);
    send(request())
        .await
        .is_missing("the outer identity is no token");
    let answer = send(request().bearer_auth(viewer())).await;
    assert_eq!(answer.status, 403, "the outer role does not count");
    send(request().bearer_auth(admin()))
        .await
        .is_ok("both", "ada");
    let answer = app.get("/", Some(&admin())).await;
    answer.is_missing("the inner alone");
}

#[tokio::test]
async fn tokens_of_a_thousand_shapes_never_crash_the_service() {
    let app = super::support::serve(Policy::Authenticated).await;
    let good = admin();
    let bytes = good.as_bytes();
    // Every prefix, and every byte in turn replaced: an answer each time, and never an admission.
    for cut in (0..bytes.len()).step_by(3) {
        let answer = app.get("/", Some(&good[..cut])).await;
        assert_eq!(answer.status, 401, "cut at {cut}: {}", answer.body);
    }
    for at in (0..bytes.len()).step_by(2) {
        let mut forged = bytes.to_vec();
        forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).unwrap();
        let answer = app.get("/", Some(&forged)).await;
        assert_eq!(answer.status, 401, "forged at {at}: {}", answer.body);
    }
}
