//! A document that was made by utoipa's own means, compared with the access map.

use pico_auth::openapi::{Disagreement, check, secure};
use pico_auth::routing::{any, get};
use pico_auth::{Policy, SecureRouter};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};

use super::handlers::{delete, health, order, payout, show};

#[derive(utoipa::OpenApi)]
#[openapi(paths(
    super::handlers::health,
    super::handlers::show,
    super::handlers::delete,
    super::handlers::order,
    super::handlers::payout,
))]
struct ApiDoc;

fn router() -> SecureRouter {
    SecureRouter::new()
        .route("/health", get(health))
        .route("/users/{user}", get(show).delete(delete))
        .route("/orders", pico_auth::routing::post(order))
        .route("/payouts", pico_auth::routing::post(payout))
}

/// A document that says what is enforced.
fn secured() -> OpenApi {
    let mut document = ApiDoc::openapi();
    secure(&mut document, &router().access_map());
    document
}

fn disagreements(document: &OpenApi, router: &SecureRouter) -> Vec<String> {
    let found = check(document, &router.access_map());
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn a_document_that_was_secured_agrees() {
    assert_eq!(disagreements(&secured(), &router()), [""; 0]);
}

#[test]
fn a_document_that_says_nothing_of_security_disagrees() {
    let found = check(&ApiDoc::openapi(), &router().access_map());
    let other = |found: &&Disagreement| matches!(found, Disagreement::OtherSecurity { .. });
    let missing = |found: &&Disagreement| matches!(found, Disagreement::NoRefusal { .. });
    // `/health` is right as it is; `delete` describes its 403.
    assert_eq!(found.iter().filter(other).count(), 4);
    assert_eq!(found.iter().filter(missing).count(), 11);
    assert_eq!(found.len(), 15);
}

fn with_security(security: Option<Vec<SecurityRequirement>>) -> Vec<String> {
    let mut document = secured();
    let item = document.paths.paths.get_mut("/orders").unwrap();
    item.post.as_mut().unwrap().security = security;
    disagreements(&document, &router())
}

#[test]
fn a_document_that_opens_what_is_closed_disagrees() {
    let expected = "POST /orders asks for no token in the document, and for a valid token with the scopes \
                    'orders:read', 'orders:write' in the application: let `pico_auth::openapi::secure` write it";
    assert_eq!(with_security(Some(Vec::new())), [expected]);
    assert_eq!(with_security(None), [expected]);
    let none_will_do = vec![
        SecurityRequirement::default(),
        SecurityRequirement::new("bearerAuth", ["orders:read", "orders:write"]),
    ];
    assert!(with_security(Some(none_will_do))[0].contains("a token with scopes, and none"));
}

#[test]
fn a_document_with_other_scopes_disagrees() {
    let fewer = SecurityRequirement::new("bearerAuth", ["orders:read"]);
    assert!(
        with_security(Some(vec![fewer]))[0]
            .contains("with the scopes 'orders:read' in the document")
    );
    let in_turn = ["orders:read", "orders:write"];
    let in_turn = in_turn.map(|scope| SecurityRequirement::new("bearerAuth", [scope]));
    assert_eq!(with_security(Some(in_turn.to_vec())).len(), 1);
}

#[test]
fn a_scheme_that_is_no_token_disagrees() {
    let basic = SecurityRequirement::new("basicAuth", [""; 0]);
    assert!(with_security(Some(vec![basic]))[0].contains("the scheme `basicAuth`"));
}

#[test]
fn a_document_that_closes_what_is_open_disagrees() {
    let mut document = secured();
    let item = document.paths.paths.get_mut("/health").unwrap();
    let bearer = SecurityRequirement::new("bearerAuth", [""; 0]);
    item.get.as_mut().unwrap().security = Some(vec![bearer]);
    assert_eq!(disagreements(&document, &router()).len(), 1);
}

#[test]
fn the_security_of_the_whole_document_counts_where_an_operation_has_none() {
    let mut document = secured();
    let item = document.paths.paths.get_mut("/users/{id}").unwrap();
    item.get.as_mut().unwrap().security = None;
    assert_eq!(disagreements(&document, &router()).len(), 1);
    document.security = Some(vec![SecurityRequirement::new("bearerAuth", [""; 0])]);
    assert_eq!(disagreements(&document, &router()), [""; 0]);
}

#[test]
fn a_refusal_that_is_not_described_is_found() {
    let mut document = secured();
    let item = document.paths.paths.get_mut("/users/{id}").unwrap();
    let responses = &mut item.get.as_mut().unwrap().responses.responses;
    responses.remove("403").unwrap();
    assert_eq!(
        disagreements(&document, &router()),
        [
            "GET /users/{id} can be answered 403, and the document does not say so: let \
          `pico_auth::openapi::secure` write it"
        ]
    );
}

#[test]
fn a_route_that_is_not_documented_is_found_and_a_service_is_not_asked_for() {
    let hidden = || Policy::Authenticated.guard(|| async {});
    let router = router()
        .route("/hidden/{*rest}", get(hidden()))
        .route("/every-method", any(hidden()));
    assert_eq!(
        disagreements(&secured(), &router),
        [
            "GET /hidden/{rest} is not in the document: give it `#[utoipa::path]` and add it by `routes!`"
        ]
    );
}

#[test]
fn an_operation_that_no_route_answers_is_found() {
    let router = SecureRouter::new()
        .route("/health", get(health))
        .route("/users/{id}", get(show))
        .route("/orders", pico_auth::routing::post(order))
        .route("/payouts", pico_auth::routing::post(payout));
    assert_eq!(
        disagreements(&secured(), &router),
        [
            "the document describes DELETE /users/{id}, and no route answers it: remove it, or route it"
        ]
    );
}

#[test]
fn a_rule_that_a_router_adds_after_the_document_was_written_is_found() {
    let router = router().require(Policy::Authenticated);
    let found = check(&secured(), &router.access_map());
    assert!(
        matches!(&found[0], Disagreement::OtherSecurity { operation, .. } if operation == "GET /health")
    );
}

/// The document with this scheme in place of the one for bearer tokens.
fn with_scheme(name: &str, scheme: SecurityScheme) -> OpenApi {
    let mut document = ApiDoc::openapi();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(name, scheme);
    document
}

fn http(scheme: HttpAuthScheme) -> SecurityScheme {
    SecurityScheme::Http(HttpBuilder::new().scheme(scheme).build())
}

#[test]
fn a_scheme_for_passwords_is_no_bearer_token_whatever_its_name() {
    let map = router().access_map();
    let mut document = secured();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearerAuth", http(HttpAuthScheme::Basic));
    assert_eq!(check(&document, &map).len(), 4);

    // What is written then has a scheme of its own.
    let mut document = with_scheme("bearerAuth", http(HttpAuthScheme::Basic));
    secure(&mut document, &map);
    assert_eq!(check(&document, &map), []);
}

#[test]
fn a_scheme_that_is_not_declared_says_nothing() {
    let mut document = secured();
    let components = document.components.get_or_insert_default();
    components.security_schemes.clear();
    let found = disagreements(&document, &router());
    assert_eq!(found.len(), 4);
    assert!(found[0].contains("which it does not declare"), "{found:?}");
}

#[test]
fn the_scheme_that_a_document_has_is_used() {
    let map = router().access_map();
    let mut document = with_scheme("token", http(HttpAuthScheme::Bearer));
    secure(&mut document, &map);
    assert_eq!(check(&document, &map), []);
    let order = super::operation(&document, "post", "/orders");
    let scopes = serde_json::json!([{ "token": ["orders:read", "orders:write"] }]);
    assert_eq!(order["security"], scopes);
}

#[test]
fn a_class_of_refusals_describes_each_of_it() {
    let mut document = secured();
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post, &mut item.delete]
            .into_iter()
            .flatten()
        {
            let responses = &mut operation.responses.responses;
            if let Some(refusal) = responses.remove("401") {
                responses.remove("403");
                responses.remove("503");
                responses.insert("4XX".to_owned(), refusal.clone());
                responses.insert("default".to_owned(), refusal);
            }
        }
    }
    assert_eq!(disagreements(&document, &router()), [""; 0]);
}

#[test]
fn an_operation_of_a_method_that_only_openapi_knows_is_found() {
    let mut document = secured();
    let item = document.paths.paths.get_mut("/orders").unwrap();
    item.query = item.post.clone();
    let expected =
        "the document describes QUERY /orders, and no route answers it: remove it, or route it";
    assert_eq!(disagreements(&document, &router()), [expected]);
}
