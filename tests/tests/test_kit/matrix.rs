//! `DecisionMatrix`: what it asks, what it makes of the answers, and what it says of differences.

use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use pico_auth::access_map::AccessMap;
use pico_auth::routing::{any, get, post};
use pico_auth::test_kit::{DecisionMatrix, TestIssuer};
use pico_auth::{
    AuthClientError, Authenticator, AuthenticatorBuilder, Role, SecureRouter, SecurityContext,
    allow_anonymous, authenticated, authorize, optional_authentication, requires_agent_scope,
    requires_role,
};

#[derive(Role)]
#[role(rename_all = "lowercase")]
enum AppRole {
    #[role(implies(Editor))]
    Admin,
    Editor,
}

#[allow_anonymous]
async fn open() -> &'static str {
    "open"
}

#[optional_authentication]
async fn greeting() -> &'static str {
    "hello"
}

#[requires_role(AppRole::Editor)]
async fn edit(Path(id): Path<String>) -> Result<String, AuthClientError> {
    Ok(id)
}

/// Nobody sends it a body.
#[requires_role(AppRole::Admin)]
async fn create(Json(name): Json<String>) -> Result<String, AuthClientError> {
    Ok(name)
}

#[authorize(any(role(AppRole::Admin), when(ctx.subject() == owner)))]
async fn own(Path(owner): Path<String>) -> Result<StatusCode, AuthClientError> {
    let _ = owner;
    Ok(StatusCode::NOT_FOUND)
}

#[requires_agent_scope("orders:read")]
async fn delegated() -> &'static str {
    "delegated"
}

#[authenticated]
async fn file(Path(rest): Path<String>) -> Result<String, AuthClientError> {
    Ok(rest)
}

fn router() -> SecureRouter {
    SecureRouter::new()
        .route("/open", get(open))
        .route("/greeting", get(greeting))
        .route("/articles/{id}", any(edit))
        .route("/articles", post(create))
        .route("/users/{owner}", get(own))
        .route("/delegated", get(delegated))
        .route("/files/{*rest}", get(file))
        .fallback(open)
}

fn authenticator(issuer: &TestIssuer) -> Authenticator {
    issuer.authenticator_with(
        issuer.settings(),
        AuthenticatorBuilder::role_hierarchy::<AppRole>,
    )
}

fn matrix(map: AccessMap, issuer: &TestIssuer) -> DecisionMatrix {
    let token = |subject: &str, role: &str| issuer.token(subject).role(role).sign();
    let user = issuer.token("u1").sign();
    DecisionMatrix::new(map, &authenticator(issuer))
        .nobody()
        .caller(
            "expired",
            issuer.token("ada").role("admin").expired().sign(),
        )
        .caller("ann", issuer.token("ann").sign())
        .caller("editor", token("ed", "editor"))
        .caller("admin", token("ada", "admin"))
        .caller_with_agent(
            "agent",
            user,
            issuer.token("bot").agent_scopes(["orders:*"]).sign(),
        )
        .parameter("owner", "ann")
        .parameter("rest", "a/b")
}

#[tokio::test]
async fn every_route_is_asked_as_every_caller() {
    let issuer = TestIssuer::in_memory();
    let app = router().secured_by(authenticator(&issuer));
    let decisions = matrix(router().access_map(), &issuer).assert(app).await;
    assert_eq!(
        decisions.to_string(),
        "\
Method  Path            nobody    expired   ann         editor    admin     agent
POST    /articles       401       401       403         403       admitted  403
*       /articles/{id}  401       401       403         admitted  admitted  403
GET     /delegated      401       401       401         401       401       admitted
GET     /files/{*rest}  401       401       admitted    admitted  admitted  admitted
GET     /greeting       admitted  401       admitted    admitted  admitted  admitted
GET     /open           admitted  admitted  admitted    admitted  admitted  admitted
GET     /users/{owner}  401       401       admitted ?  403 ?     admitted  403 ?
*       any other path  admitted  admitted  admitted    admitted  admitted  admitted
",
        "{decisions}"
    );
    assert_eq!(decisions.mismatches(), [""; 0]);
}

#[tokio::test]
async fn requests_are_those_that_were_asked_for() {
    let issuer = TestIssuer::in_memory();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let app = router()
        .layer(from_fn(move |request: Request, next: Next| {
            let header = request.headers().get("x-tenant").cloned();
            let line = format!("{} {} {header:?}", request.method(), request.uri());
            log.lock().unwrap().push(line);
            next.run(request)
        }))
        .secured_by(authenticator(&issuer));
    let decisions = DecisionMatrix::new(router().access_map(), &authenticator(&issuer))
        .nobody()
        .parameter("rest", "a/b")
        .adjust_request(|entry, request| {
            if entry.path() == "/open" {
                request
                    .headers_mut()
                    .insert("x-tenant", "acme".parse().unwrap());
            }
        })
        .assert(app)
        .await;
    drop(decisions);
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "POST /articles None",
            "GET /articles/1 None",
            "GET /delegated None",
            "GET /files/a/b None",
            "GET /greeting None",
            "GET /open Some(\"acme\")",
            "GET /users/1 None",
            "GET /no-route-has-this-path None",
        ]
    );
}

/// What a team sees whose handler, or layer, decides by itself.
#[tokio::test]
async fn what_differs_is_listed_with_its_reason() {
    #[allow_anonymous]
    async fn says_no_itself() -> Result<&'static str, AuthClientError> {
        SecurityContext::require()?.require_role("admin")?;
        Ok("admin")
    }
    #[requires_role("editor")]
    async fn forgets() -> StatusCode {
        StatusCode::FORBIDDEN
    }
    #[requires_role("admin")]
    async fn edit_all() -> &'static str {
        "all"
    }
    async fn lets_everybody_in(request: Request, next: Next) -> Response {
        match request.uri().path() {
            "/leaks" => "cached".into_response(),
            _ => next.run(request).await,
        }
    }
    let router = || {
        SecureRouter::new()
            .route("/itself", get(says_no_itself))
            .route("/forgets", get(forgets))
            .route("/leaks", get(edit_all))
            .layer(from_fn(lets_everybody_in))
    };
    let issuer = TestIssuer::in_memory();
    let matrix = || {
        DecisionMatrix::new(router().access_map(), &issuer.authenticator())
            .nobody()
            .caller("editor", issuer.token("ed").role("editor").sign())
    };
    let app = || router().secured_by(issuer.authenticator());
    assert_eq!(
        matrix().run(app()).await.mismatches(),
        [
            "GET /forgets as editor: the map admits them (role 'editor'), and the service refused: 403 \
             Forbidden, not in the words of pico-auth",
            "GET /itself as nobody: the map admits them (everybody), and the service refused: 401 \
             Unauthorized, Missing or invalid Authorization header",
            "GET /itself as editor: the map admits them (everybody), and the service refused: 401 \
             Unauthorized, Missing or invalid Authorization header",
            "GET /leaks as nobody: the map refuses them (role 'admin'), and the service admitted: 200 OK",
            "GET /leaks as editor: the map refuses them (role 'admin'), and the service admitted: 200 OK",
        ]
    );
    let panic = tokio::spawn(matrix().assert(app()))
        .await
        .unwrap_err()
        .into_panic();
    let message = panic.downcast::<String>().unwrap();
    assert!(
        message.starts_with(
            "5 of 8 decisions are not what the access map says:\n  GET /forgets as editor"
        ),
        "{message}"
    );
}

/// An answer 503 is no decision.
#[tokio::test]
async fn a_service_that_cannot_decide_is_no_refusal() {
    let issuer = TestIssuer::start().await;
    let known = issuer.authenticator();
    known
        .authenticate(&issuer.token("u1").sign(), None)
        .await
        .unwrap();
    issuer.go_down();
    let app = router().secured_by(issuer.authenticator());
    let map = SecureRouter::<()>::new()
        .route("/delegated", get(delegated))
        .access_map();
    let decisions = DecisionMatrix::new(map, &known)
        .caller("ann", issuer.token("ann").sign())
        .run(app)
        .await;
    assert_eq!(
        decisions.mismatches(),
        [
            "GET /delegated as ann: the map refuses them (agent scope 'orders:read'), and the service could \
             not decide: 503 Service Unavailable, Signing keys are temporarily unavailable"
        ]
    );
}

#[tokio::test]
#[should_panic(
    expected = "the values of `GET /users/{id}`: \"`/users/me` is a path of `/users/me`\""
)]
async fn a_value_that_leads_to_another_route_is_noticed() {
    let router = || {
        SecureRouter::<()>::new()
            .route("/users/{id}", get(open))
            .route("/users/me", get(open))
    };
    let issuer = TestIssuer::in_memory();
    let matrix = DecisionMatrix::new(router().access_map(), &issuer.authenticator());
    let app = router().secured_by(issuer.authenticator());
    drop(matrix.nobody().parameter("id", "me").assert(app).await);
}

#[tokio::test]
#[should_panic(
    expected = "the values of `GET /users/{id}`: \"`/users/a/b` is a path of no route\""
)]
async fn a_value_that_leads_to_no_route_is_noticed() {
    let router = || SecureRouter::<()>::new().route("/users/{id}", get(open));
    let issuer = TestIssuer::in_memory();
    let matrix = DecisionMatrix::new(router().access_map(), &issuer.authenticator());
    let app = router().secured_by(issuer.authenticator());
    drop(matrix.nobody().parameter("id", "a/b").assert(app).await);
}

#[requires_role("admin")]
async fn edit_everything() -> &'static str {
    "all"
}

/// `any` answers the methods that have no route of their own, and a path of two segments none that has one.
#[tokio::test]
async fn what_answers_the_rest_is_asked_for_the_rest() {
    let issuer = TestIssuer::in_memory();
    let router = || {
        SecureRouter::<()>::new()
            .route("/{slug}", any(edit_everything).get(open).post(open))
            .route("/", get(open))
    };
    let decisions = DecisionMatrix::new(router().access_map(), &issuer.authenticator())
        .nobody()
        .caller("admin", issuer.token("ada").role("admin").sign())
        .assert(router().secured_by(issuer.authenticator()))
        .await;
    assert_eq!(
        decisions.to_string(),
        "\
Method  Path            nobody    admin
GET     /               admitted  admitted
GET     /{slug}         admitted  admitted
POST    /{slug}         admitted  admitted
*       /{slug}         401       admitted
*       any other path  401       admitted
",
        "{decisions}"
    );
}

#[tokio::test]
async fn where_every_path_is_routed_nothing_else_is_asked() {
    let issuer = TestIssuer::in_memory();
    let router = || {
        SecureRouter::<()>::new()
            .route("/", get(open))
            .route("/{*rest}", get(open))
    };
    let decisions = DecisionMatrix::new(router().access_map(), &issuer.authenticator())
        .nobody()
        .assert(router().secured_by(issuer.authenticator()))
        .await;
    assert_eq!(
        decisions.to_string(),
        "\
Method  Path      nobody
GET     /         admitted
GET     /{*rest}  admitted
",
        "{decisions}"
    );
}

#[tokio::test]
#[should_panic(expected = "nothing was asked")]
async fn a_matrix_that_asks_nothing_asserts_nothing() {
    let issuer = TestIssuer::in_memory();
    let matrix = DecisionMatrix::new(router().access_map(), &issuer.authenticator());
    drop(
        matrix
            .assert(router().secured_by(issuer.authenticator()))
            .await,
    );
}

#[test]
fn tokens_do_not_show_in_debug() {
    let issuer = TestIssuer::in_memory();
    let matrix = DecisionMatrix::new(router().access_map(), &issuer.authenticator());
    let matrix = matrix
        .caller("ann", "s3cret")
        .caller_with_agent("bob", "s3cret", "s3cret");
    assert!(!format!("{matrix:?}").contains("s3cret"), "{matrix:?}");
}
