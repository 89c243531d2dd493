//! The tests of the service.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Request, StatusCode};
use axum_test::TestServer;
use pico_auth::test_kit::{Attack, DecisionMatrix, RequestTokens, TestIssuer, bearer};
use pico_auth::{Authenticator, AuthenticatorBuilder, SecurityContext};
use rstest::rstest;
use serde_json::json;
use tower::ServiceExt;

use crate::app::{Job, Order, Orders, ShopError, refund, routes, show};

/// One order, of Ann.
fn orders() -> Orders {
    let owner = "ann".to_owned();
    Orders::of([(1, Order { owner, cents: 995 })])
}

fn authenticator(issuer: &TestIssuer) -> Authenticator {
    issuer.authenticator_with(
        issuer.settings(),
        AuthenticatorBuilder::role_hierarchy::<Job>,
    )
}

// 1. Functions, as a caller. No token, no request.

#[pico_auth::test(subject = "max", roles(Job::Manager))]
async fn managers_refund() {
    assert_eq!(refund(orders(), 1).await.unwrap().cents, 995);
}

#[pico_auth::test(subject = "sue", roles(Job::Support))]
async fn support_does_not_refund() {
    let Err(ShopError::Refused(refusal)) = refund(orders(), 1).await else {
        panic!("support has refunded");
    };
    assert!(refusal.to_string().contains("'manager'"), "{refusal}");
}

#[pico_auth::test(subject = "ann", agent(subject = "bot", scopes("refunds:*")))]
async fn an_agent_that_may_refunds_for_anybody() {
    assert_eq!(refund(orders(), 1).await.unwrap().owner, "ann");
}

// 2. A table of callers.

#[rstest]
#[case::owner("ann", &[], true)]
#[case::other("bob", &[], false)]
#[case::support("sue", &["support"], true)]
#[case::manager("max", &["manager"], true)]
#[case::misspelt("eve", &["Support"], false)]
#[tokio::test]
async fn who_sees_the_order_of_ann(
    #[case] subject: &str,
    #[case] roles: &[&str],
    #[case] may: bool,
) {
    let caller = SecurityContext::test(subject).role_hierarchy::<Job>();
    let caller = roles.iter().fold(caller, |caller, role| caller.role(*role));
    let shown = caller.scope(show(State(orders()), Path(1))).await;
    assert_eq!(shown.is_ok(), may, "{subject}");
}

// 3. The service, by requests with real tokens: tower's `oneshot`, and the crate axum-test.

#[tokio::test]
async fn whoever_places_an_order_owns_it() {
    let issuer = TestIssuer::in_memory();
    let app = routes(Orders::default()).secured_by(authenticator(&issuer));
    let ann = issuer.token("ann").sign();

    let place = Request::post("/orders")
        .bearer(&ann)
        .body(Body::from("42"))
        .unwrap();
    let answer = app.clone().oneshot(place).await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);

    let show = Request::get("/orders/1")
        .bearer(&ann)
        .body(Body::empty())
        .unwrap();
    let answer = app.oneshot(show).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn support_lists_the_orders() {
    let issuer = TestIssuer::in_memory();
    let app = routes(orders()).secured_by(authenticator(&issuer));
    let server = TestServer::new(app.into_make_service());

    let answer = server.get("/orders").await;
    answer.assert_status_unauthorized();

    let (name, value) = bearer(issuer.token("sue").role("support").sign());
    let answer = server.get("/orders").add_header(name, value).await;
    answer.assert_json(&json!({ "1": { "owner": "ann", "cents": 995 } }));
}

// 4. What attackers send.

#[tokio::test]
async fn no_attack_gets_in() {
    let issuer = TestIssuer::in_memory();
    let app = routes(orders()).secured_by(authenticator(&issuer));
    for attack in Attack::ALL {
        let token = issuer.token("max").role("manager").attack(*attack);
        let request = Request::get("/orders")
            .bearer(&token)
            .body(Body::empty())
            .unwrap();
        let answer = app.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{attack}");
    }
}

// 5. Who may call what: every route, as each caller. A change of a rule shows in the table.

#[tokio::test]
async fn the_decisions_are_those_we_know() {
    let issuer = TestIssuer::in_memory();
    let authenticator = authenticator(&issuer);
    let router = routes(orders());
    let token = |subject: &str| issuer.token(subject);
    let decisions = DecisionMatrix::new(router.access_map(), &authenticator)
        .nobody()
        .caller("expired", token("max").role("manager").expired().sign())
        .caller("ann", token("ann").sign())
        .caller("bob", token("bob").sign())
        .caller("support", token("sue").role("support").sign())
        .caller("manager", token("max").role("manager").sign())
        .caller_with_agent(
            "bob's agent",
            token("bob").sign(),
            token("bot").agent_scopes(["refunds:write"]).sign(),
        )
        .parameter("id", "1")
        .assert(router.secured_by(authenticator.clone()))
        .await;
    assert_eq!(
        decisions.to_string(),
        "\
Method  Path                 nobody    expired   ann         bob       support     manager     bob's agent
GET     /health              admitted  admitted  admitted    admitted  admitted    admitted    admitted
GET     /orders              401       401       403         403       admitted    admitted    403
POST    /orders              401       401       admitted    admitted  admitted    admitted    admitted
GET     /orders/{id}         401       401       admitted ?  403 ?     admitted ?  admitted ?  403 ?
POST    /orders/{id}/refund  401       401       403         403       403         admitted    admitted
*       any other path       401       401       admitted    admitted  admitted    admitted    admitted
",
        "{decisions}"
    );
}

// 6. The issuer over loopback: it rotates its keys, and it goes down.

#[tokio::test]
async fn rotation_and_outages_of_the_issuer_are_not_noticed() {
    let mut issuer = TestIssuer::start().await;
    let app = routes(orders()).secured_by(authenticator(&issuer));
    let status = async |issuer: &TestIssuer| {
        let token = issuer.token("sue").role("support").sign();
        let request = Request::get("/orders")
            .bearer(&token)
            .body(Body::empty())
            .unwrap();
        app.clone().oneshot(request).await.unwrap().status()
    };

    assert_eq!(status(&issuer).await, StatusCode::OK);
    issuer.rotate();
    assert_eq!(status(&issuer).await, StatusCode::OK, "a new key");
    assert_eq!(issuer.jwks_requests(), 2);
    issuer.go_down();
    assert_eq!(status(&issuer).await, StatusCode::OK, "keys that are known");
    assert_eq!(issuer.jwks_requests(), 2);
}
