//! What `routes!` routes, and that the document follows nests, merges and rules of routers.

use axum::body::Body;
use axum::extract::Request;
use pico_auth::openapi::{OpenApiRouter, check, routes};
use pico_auth::test_kit::TestIssuer;
use pico_auth::{Policy, Requirement, SecureRouter};
use serde_json::json;
use tower::ServiceExt;

use super::handlers;
use super::operation;

async fn status(router: SecureRouter, method: &str, path: &str, role: Option<&str>) -> u16 {
    let issuer = TestIssuer::in_memory();
    let mut request = Request::builder().method(method).uri(path);
    if let Some(role) = role {
        let token = issuer.token("u1").role(role).sign();
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let service = router.secured_by(issuer.authenticator());
    let response = service.oneshot(request.body(Body::empty()).unwrap()).await;
    response.unwrap().status().as_u16()
}

fn router() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(handlers::health, handlers::show, handlers::delete))
}

#[tokio::test]
async fn handlers_are_routed_as_their_documentation_says_and_their_rules_hold() {
    for (method, path, role, expected) in [
        ("GET", "/health", None, 200),
        ("GET", "/users/7", None, 401),
        ("GET", "/users/7", Some("other"), 403),
        ("GET", "/users/7", Some("viewer"), 200),
        ("DELETE", "/users/7", Some("viewer"), 403),
        ("DELETE", "/users/7", Some("admin"), 200),
        ("POST", "/users/7", Some("admin"), 405),
    ] {
        let answer = status(router().split().0, method, path, role).await;
        assert_eq!(answer, expected, "{method} {path} {role:?}");
    }
}

#[tokio::test]
async fn a_nested_router_is_documented_where_it_answers() {
    const AUDITOR: Policy = Policy::require(Requirement::any_role(&["auditor"]));
    let inner = OpenApiRouter::new()
        .routes(routes!(handlers::delete))
        .require(AUDITOR);
    let outer = OpenApiRouter::new()
        .routes(routes!(handlers::health, handlers::show))
        .nest("/v1", inner);
    let (router, document) = outer.split();
    let nested = operation(&document, "delete", "/v1/users/{id}");
    let description = nested["description"].as_str().unwrap();
    assert!(
        description.ends_with("Requires all of (role 'admin'; role 'auditor')"),
        "{description}"
    );
    assert_eq!(check(&document, &router.access_map()), []);
    assert_eq!(
        status(router, "DELETE", "/v1/users/7", Some("admin")).await,
        403
    );
}

#[test]
fn a_merged_router_is_documented_beside_the_methods_that_are_there() {
    let one = OpenApiRouter::new().routes(routes!(handlers::show));
    let other = OpenApiRouter::new().routes(routes!(handlers::delete));
    let (router, document) = one.merge(other).split();
    operation(&document, "get", "/users/{id}");
    operation(&document, "delete", "/users/{id}");
    let router: SecureRouter = router;
    assert_eq!(check(&document, &router.access_map()), []);
}

#[test]
fn a_rule_of_the_router_closes_what_a_function_opens_and_the_document_says_so() {
    let router: OpenApiRouter = OpenApiRouter::new()
        .routes(routes!(handlers::health))
        .require(Policy::Authenticated);
    let (_, document) = router.split();
    let health = operation(&document, "get", "/health");
    assert_eq!(health["security"], json!([{ "bearerAuth": [] }]));
    assert!(
        health["description"]
            .as_str()
            .unwrap()
            .ends_with("Requires a valid token")
    );
}

#[tokio::test]
async fn handlers_have_the_state_of_the_router() {
    let router = OpenApiRouter::<&'static str>::new().routes(routes!(handlers::of_state));
    let (router, document) = router.with_state::<()>("here").split();
    assert_eq!(operation(&document, "get", "/")["tags"], json!(["state"]));
    assert_eq!(status(router, "GET", "/", Some("viewer")).await, 200);
}
