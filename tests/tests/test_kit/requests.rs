//! Tokens on requests: tower's `oneshot` and the crate `axum-test`.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum_test::TestServer;
use pico_auth::routing::get;
use pico_auth::test_kit::{RequestTokens, TestIssuer, agent, bearer};
use pico_auth::{AgentContext, SecureRouter, SecuredService, SecurityContext};
use pico_auth::{AuthClientError, requires_agent_scope};
use tower::ServiceExt;

#[requires_agent_scope("orders:read")]
async fn pair(user: SecurityContext, agent: AgentContext) -> Result<String, AuthClientError> {
    Ok(format!("{} by {}", user.subject(), agent.subject()))
}

fn service(issuer: &TestIssuer) -> SecuredService {
    SecureRouter::new()
        .route("/", get(pair))
        .secured_by(issuer.authenticator())
}

#[tokio::test]
async fn both_tokens_by_oneshot() {
    let issuer = TestIssuer::in_memory();
    let service = service(&issuer);
    let request = Request::get("/")
        .bearer(issuer.token("u1").sign())
        .agent(issuer.token("bot").agent_scopes(["orders:read"]).sign());
    let answer = service
        .clone()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let body = axum::body::to_bytes(answer.into_body(), 100).await.unwrap();
    assert_eq!(body, "u1 by bot");
}

#[tokio::test]
async fn both_tokens_by_axum_test() {
    let issuer = TestIssuer::in_memory();
    let server = TestServer::new(service(&issuer).into_make_service());
    server.get("/").await.assert_status_unauthorized();

    let (name, value) = bearer(issuer.token("u1").sign());
    let request = server.get("/").add_header(name, value);
    let (name, value) = agent(issuer.token("bot").agent_scopes(["orders:read"]).sign());
    request
        .add_header(name, value)
        .await
        .assert_text("u1 by bot");
}

#[tokio::test]
async fn a_second_token_is_added_as_an_attacker_would() {
    let issuer = TestIssuer::in_memory();
    let token = issuer.token("u1").sign();
    let request = Request::get("/")
        .bearer(&token)
        .bearer(&token)
        .body(Body::empty())
        .unwrap();
    assert_eq!(request.headers().get_all("authorization").iter().count(), 2);
    let answer = service(&issuer).oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[test]
fn tokens_of_requests_do_not_show_in_debug() {
    let request = Request::get("/")
        .bearer("s3cret")
        .agent("s3cret")
        .body(())
        .unwrap();
    assert!(!format!("{request:?}").contains("s3cret"), "{request:?}");
    assert!(!format!("{:?}{:?}", bearer("s3cret"), agent("s3cret")).contains("s3cret"));
}

#[test]
#[should_panic(expected = "a token in a header")]
fn a_line_break_cannot_be_in_a_header() {
    drop(bearer("a\r\nx-admin: true"));
}
