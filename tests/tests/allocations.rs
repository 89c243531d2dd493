//! How often a request allocates. The allocator of this binary counts, for each thread alone.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, clippy::unused_async)]

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, UNIX_EPOCH};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use http_body_util::{BodyExt, Full};
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, MemoryRevocationList, Policy, PolledRevocationList, RevocationList,
    RevocationQuery, SecureRouter, SecurityContext, TokenKind, allow_anonymous, authenticated,
    requires_role, routing,
};
use tower::Service;

/// What a token that was never seen may cost. Where less is needed, lower the number.
const NEW_TOKEN: u64 = 30;

type AnswerResult = Result<&'static str, AuthClientError>;

fn allocations(call: impl FnOnce()) -> u64 {
    allocation_counter::measure(call).count_total
}

/// The output of a future that has nothing to wait for.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits for something"),
    }
}

/// What one request costs once the service has seen another.
fn of_a_request<S>(service: &mut S, path: &str, token: Option<&str>) -> u64
where
    S: Service<Request, Response = Response>,
    S::Error: std::fmt::Debug,
{
    let request = || {
        let mut request = Request::get(path);
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        request.body(Body::empty()).unwrap()
    };
    let first = now(service.call(request())).unwrap();
    assert_eq!(first.status(), StatusCode::OK, "{path}");
    let request = request();
    let mut response = None;
    let count = allocations(|| response = Some(now(service.call(request)).unwrap()));
    drop(response);
    count
}

async fn plain() -> AnswerResult {
    Ok("hello")
}

#[allow_anonymous]
async fn anonymous() -> AnswerResult {
    Ok("hello")
}

#[requires_role("admin")]
async fn protected() -> AnswerResult {
    Ok("hello")
}

#[authenticated]
async fn mapped() -> &'static str {
    "hello"
}

/// A router as `axum::serve` makes it: with its routes made, and not anew on each request.
fn served(path: &str, methods: axum::routing::MethodRouter) -> axum::Router {
    axum::Router::new().route(path, methods).with_state(())
}

/// What axum needs for a route of this path. Its handler holds something, as a gate is held: axum copies
/// what a route holds for each request, and copies nothing where that is nothing.
fn holding_something(path: &str) -> u64 {
    let held = Arc::new(());
    let handler = || async move {
        drop(held);
        plain().await
    };
    of_a_request(&mut served(path, axum::routing::get(handler)), path, None)
}

#[test]
fn an_anonymous_route_allocates_as_a_handler_that_holds_something() {
    let mut service = SecureRouter::new()
        .route("/function", routing::get(anonymous))
        .route(
            "/closure",
            routing::get(Policy::AllowAnonymous.guard(plain)),
        )
        .secured_by(TestIssuer::in_memory().authenticator());
    for path in ["/function", "/closure"] {
        assert_eq!(
            of_a_request(&mut service, path, None),
            holding_something(path),
            "{path}"
        );
    }
}

#[test]
fn an_attribute_allocates_nothing() {
    let mut router = axum::Router::new()
        .route("/protected", axum::routing::get(protected))
        .route("/mapped", axum::routing::get(mapped))
        .with_state(());
    SecurityContext::test("ada").role("admin").sync_scope(|| {
        for path in ["/protected", "/mapped"] {
            let bare = of_a_request(&mut served(path, axum::routing::get(plain)), path, None);
            assert_eq!(of_a_request(&mut router, path, None), bare, "{path}");
        }
        assert_eq!(allocations(|| drop(now(protected()))), 0);
        assert_eq!(allocations(|| drop(now(mapped()))), 0);
    });
}

#[test]
fn entering_a_context_allocates_nothing() {
    let caller = SecurityContext::test("ada").build();
    let entered = allocations(|| {
        now(caller.clone().scope(std::future::ready(())));
        caller.clone().sync_scope(|| ());
    });
    assert_eq!(entered, 0);
}

#[test]
fn a_known_token_allocates_nothing() {
    let issuer = TestIssuer::in_memory();
    let authenticator = issuer.authenticator();
    let token = issuer
        .token("ada")
        .role("admin")
        .scope("orders:read orders:write")
        .sign();
    let new = allocations(|| drop(now(authenticator.authenticate(&token, None)).unwrap()));
    assert!(new <= NEW_TOKEN, "{new} allocations for a new token");
    let hit = allocations(|| drop(now(authenticator.authenticate(&token, None)).unwrap()));
    assert_eq!(hit, 0);

    let mut service = SecureRouter::new()
        .route("/protected", routing::get(protected))
        .secured_by(authenticator);
    let request = of_a_request(&mut service, "/protected", Some(&token));
    assert_eq!(request, holding_something("/protected"));
}

/// Agent tokens are remembered, too: what is left is the context of this caller with this agent.
#[test]
fn a_known_agent_token_allocates_only_the_context() {
    let issuer = TestIssuer::in_memory();
    let authenticator = issuer.authenticator();
    let token = issuer.token("ada").role("admin").sign();
    let agent = issuer.token("bot").sign();
    let both = || drop(now(authenticator.authenticate(&token, Some(&agent))).unwrap());
    both();
    let known = allocations(both);
    assert!(known <= 3, "{known} allocations");
}

#[allow_anonymous]
async fn complete() -> Response {
    Response::new(Body::from("hello"))
}

#[allow_anonymous]
async fn streamed() -> Response {
    // Whatever is done to frames, the length is no longer known.
    Response::new(Body::new(
        Full::new(Bytes::from_static(b"hello")).map_frame(|frame| frame),
    ))
}

#[test]
fn only_a_streamed_body_is_wrapped() {
    let mut unsecured = axum::Router::new()
        .route("/complete", axum::routing::get(complete))
        .route("/streamed", axum::routing::get(streamed))
        .with_state(());
    let mut secured = SecureRouter::new()
        .route("/complete", routing::get(complete))
        .route("/streamed", routing::get(streamed))
        .secured_by(TestIssuer::in_memory().authenticator());
    // Beside the copy of the gate, see `holding_something`.
    let gate = holding_something("/")
        - of_a_request(&mut served("/", axum::routing::get(plain)), "/", None);
    for (path, boxes) in [("/complete", 0), ("/streamed", 1)] {
        let plain = of_a_request(&mut unsecured, path, None) + gate;
        assert_eq!(
            of_a_request(&mut secured, path, None) - plain,
            boxes,
            "{path}"
        );
    }
}

#[test]
fn asking_a_revocation_list_in_memory_allocates_nothing() {
    let list = MemoryRevocationList::new();
    list.revoke("https://issuer.test", "revoked", UNIX_EPOCH + EXPIRES);
    asks_without_allocating(&list);
}

const EXPIRES: Duration = Duration::from_secs(4_102_444_800);

fn asks_without_allocating(list: &impl RevocationList) {
    for (jti, is_revoked) in [("revoked", true), ("good", false)] {
        let query = RevocationQuery::new("https://issuer.test", jti, TokenKind::Bearer, EXPIRES);
        let mut answer = None;
        let count = allocations(|| answer = list.at_hand(query));
        assert_eq!(answer.unwrap().unwrap(), is_revoked, "{jti}");
        assert_eq!(count, 0, "{jti}");
    }
}

#[tokio::test]
async fn asking_a_polled_revocation_list_allocates_nothing() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let revoked = || async { Json(serde_json::json!({ "items": [{ "jti": "revoked" }] })) };
    let router = axum::Router::new().route("/", axum::routing::get(revoked));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let list = PolledRevocationList::builder(url).build().unwrap();
    list.refresh().await.unwrap();
    asks_without_allocating(&list);
}
