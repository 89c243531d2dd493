//! Annotated functions as handlers: under `routing` the gate decides before the extractors, under
//! axum's own routing the function itself does.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{FromRequestParts, State};
use axum::handler::Handler;
use axum::http::request::Parts;
use pico_auth::routing::{MethodRouter, get};
use pico_auth::{
    AuthClientError, AuthLayer, Policy, Requirement, SecureRouter, allow_anonymous, authenticated,
    optional_authentication, requires_agent_scope, requires_group, requires_role, requires_scope,
};
use tower_http::cors::CorsLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use super::support::{App, ISSUER, ambient, send};

#[allow_anonymous]
async fn open() -> String {
    ambient()
}

#[optional_authentication]
async fn maybe() -> String {
    ambient()
}

#[authenticated]
async fn signed_in() -> String {
    ambient()
}

#[requires_role("admin")]
async fn role() -> String {
    ambient()
}

#[requires_group("ops", "dev")]
async fn group() -> Result<String, AuthClientError> {
    Ok(ambient())
}

#[requires_scope(all("pay:read", "pay:write"))]
async fn scope() -> Result<String, AuthClientError> {
    Ok(ambient())
}

#[requires_agent_scope("treasury:write")]
async fn agent() -> Result<String, AuthClientError> {
    Ok(ambient())
}

#[requires_role("admin")]
#[requires_group("ops")]
async fn both() -> Result<String, AuthClientError> {
    Ok(ambient())
}

struct Users;

impl Users {
    #[requires_role("admin")]
    async fn list() -> Result<String, AuthClientError> {
        Ok(ambient())
    }
}

/// Handlers in a block, which says for all of them what they require.
struct Orders;

#[requires_role("admin")]
impl Orders {
    async fn list() -> String {
        ambient()
    }

    #[requires_group("ops")]
    async fn change() -> Result<String, AuthClientError> {
        Ok(ambient())
    }

    #[allow_anonymous(reason = "a price list is public")]
    async fn prices() -> String {
        ambient()
    }
}

/// A path, its handler, and its status for: nobody, a bad token, `vic` without anything, and `ada`,
/// who has all that any rule asks for.
fn table() -> [(&'static str, MethodRouter, [u16; 4]); 12] {
    [
        ("/open", get(open), [200, 200, 200, 200]),
        ("/maybe", get(maybe), [200, 401, 200, 200]),
        ("/signed-in", get(signed_in), [401, 401, 200, 200]),
        ("/role", get(role), [401, 401, 403, 200]),
        ("/group", get(group), [401, 401, 403, 200]),
        ("/scope", get(scope), [401, 401, 403, 200]),
        ("/agent", get(agent), [401, 401, 401, 200]),
        ("/both", get(both), [401, 401, 403, 200]),
        ("/users", get(Users::list), [401, 401, 403, 200]),
        ("/orders", get(Orders::list), [401, 401, 403, 200]),
        ("/change", get(Orders::change), [401, 401, 403, 200]),
        ("/prices", get(Orders::prices), [200, 200, 200, 200]),
    ]
}

async fn statuses(app: &App, path: &str) -> [u16; 4] {
    let ada = ISSUER
        .token("ada")
        .role("admin")
        .groups(["ops"])
        .scope("pay:*")
        .sign();
    let agent = ISSUER.token("agent-7").agent_scopes(["treasury:*"]).sign();
    let vic = ISSUER.token("vic").sign();
    let as_ada = app.request(reqwest::Method::GET, path).bearer_auth(ada);
    let as_ada = as_ada.header("x-agent-authorization", format!("Bearer {agent}"));
    [
        app.get(path, None).await.status,
        app.get(path, Some("a.b.c")).await.status,
        app.get(path, Some(&vic)).await.status,
        send(as_ada).await.status,
    ]
}

#[tokio::test]
async fn every_attribute_denies_and_admits_under_secure_routing() {
    let mut router = SecureRouter::new();
    for (path, methods, _) in table() {
        router = router.route(path, methods);
    }
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    for (path, _, expected) in table() {
        assert_eq!(statuses(&app, path).await, expected, "{path}");
    }
}

#[tokio::test]
async fn every_attribute_denies_and_admits_under_axum_s_own_routing() {
    use axum::routing::get;
    let router = axum::Router::new()
        .route("/open", get(open))
        .route("/maybe", get(maybe))
        .route("/signed-in", get(signed_in))
        .route("/role", get(role))
        .route("/group", get(group))
        .route("/scope", get(scope))
        .route("/agent", get(agent))
        .route("/both", get(both))
        .route("/users", get(Users::list))
        .route("/orders", get(Orders::list))
        .route("/change", get(Orders::change))
        .route("/prices", get(Orders::prices))
        .layer(AuthLayer::new(ISSUER.authenticator()).unwrap().optional());
    let app = App::serve(router).await;
    for (path, _, mut expected) in table() {
        // The layer does not know the handler: it refuses a bad token everywhere.
        expected[1] = 401;
        assert_eq!(statuses(&app, path).await, expected, "{path}");
    }
}

static EXTRACTED: AtomicUsize = AtomicUsize::new(0);

/// Counts how often extractors ran.
struct Counted;

impl<S: Sync> FromRequestParts<S> for Counted {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        EXTRACTED.fetch_add(1, Ordering::SeqCst);
        Ok(Self)
    }
}

#[requires_role("admin")]
async fn counted(State(state): State<u8>, _: Counted) -> String {
    state.to_string()
}

#[tokio::test]
async fn a_refused_caller_s_request_is_not_extracted() {
    let header = reqwest::header::HeaderName::from_static("x-layered");
    let value = reqwest::header::HeaderValue::from_static("yes");
    let layered = counted.layer(SetResponseHeaderLayer::overriding(header, value));
    let router = SecureRouter::new()
        .route("/", get(counted))
        .route("/layered", get(layered));
    let app = App::secured(router.with_state(7).secured_by(ISSUER.authenticator())).await;
    for path in ["/", "/layered"] {
        EXTRACTED.store(0, Ordering::SeqCst);
        for (token, status) in [(None, 401), (Some(super::support::viewer()), 403)] {
            let answer = app.get(path, token.as_deref()).await;
            assert_eq!(answer.status, status, "{path}");
            assert_eq!(
                answer.headers.get("x-layered"),
                None,
                "the layer stands inside the gate"
            );
        }
        assert_eq!(EXTRACTED.load(Ordering::SeqCst), 0, "{path}");
        let answer = app.get(path, Some(&super::support::admin())).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "7"));
        assert_eq!(answer.headers.contains_key("x-layered"), path == "/layered");
        assert_eq!(EXTRACTED.load(Ordering::SeqCst), 1, "{path}");
    }
}

#[requires_scope("pay:read")]
#[requires_scope("pay:write")]
async fn two_scopes() -> String {
    ambient()
}

#[tokio::test]
async fn the_challenge_names_all_scopes_that_are_needed_not_the_next_one() {
    const AUDIT: Policy = Policy::require(Requirement::any_scope(&["audit", "admin"]));
    let router = SecureRouter::new()
        .route("/", get(two_scopes))
        .require(AUDIT);
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    for (held, needed) in [
        ("none", "admin pay:read pay:write"),
        ("pay:read audit", "audit pay:read pay:write"),
        ("pay:*", "admin pay:read pay:write"),
    ] {
        let answer = app
            .get("/", Some(&ISSUER.token("u1").scope(held).sign()))
            .await;
        let challenge = format!(r#"Bearer error="insufficient_scope", scope="{needed}""#);
        assert_eq!(
            (answer.status, answer.challenge()),
            (403, Some(&*challenge)),
            "{held}"
        );
        let enough = ISSUER.token("u1").scope(needed).sign();
        assert_eq!(
            app.get("/", Some(&enough)).await.status,
            200,
            "{needed} suffices"
        );
    }
}

#[tokio::test]
async fn a_function_with_several_layers_keeps_its_rule() {
    let layer = || CorsLayer::new();
    let router = SecureRouter::new().route("/", get(role.layer(layer()).layer(layer())));
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    assert_eq!(statuses(&app, "/").await, [401, 401, 403, 200]);
}

#[tokio::test]
async fn a_layer_on_methods_stays_around_the_answer_to_other_methods() {
    let methods = get(role).layer(CorsLayer::permissive()).post(both);
    let router = SecureRouter::new().route("/", methods);
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    let preflight = app
        .request(reqwest::Method::OPTIONS, "/")
        .header("origin", "https://page.example")
        .header("access-control-request-method", "GET");
    assert_eq!(send(preflight).await.status, 200);
}
