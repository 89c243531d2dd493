//! The extractor, behind the gate of a service.

use axum::body::Body;
use axum::http::Request;
use pico_auth::routing::get;
use pico_auth::{
    AuthClientError, Authenticator, Claims, SecureRouter, SecurityContext, TokenClaims,
    allow_anonymous, authenticated, requires_role,
};
use serde_json::json;
use tower::ServiceExt;

use crate::support::{ISSUER, authenticator, token};

#[derive(Claims, Clone)]
struct MyClaims {
    tenant: String,
    #[claim(roles)]
    roles: Vec<String>,
}

#[requires_role("admin")]
async fn tenant(claims: Claims<MyClaims>) -> String {
    claims.tenant.clone()
}

#[authenticated]
async fn subject(Claims(claims): Claims<TokenClaims>) -> String {
    claims.sub().to_owned()
}

#[allow_anonymous]
async fn open(claims: Claims<MyClaims>) -> String {
    claims.tenant.clone()
}

#[allow_anonymous]
async fn greeting(claims: Option<Claims<MyClaims>>) -> String {
    claims.map_or_else(|| "nobody".to_owned(), |claims| claims.tenant.clone())
}

async fn call(authenticator: Authenticator, path: &str, token: Option<&str>) -> (u16, String) {
    let app = SecureRouter::new()
        .route("/tenant", get(tenant))
        .route("/subject", get(subject))
        .route("/open", get(open))
        .route("/greeting", get(greeting))
        .secured_by(authenticator);
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = app
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let status = response.status().as_u16();
    let body = axum::body::to_bytes(response.into_body(), 4096)
        .await
        .unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn detail(text: &str) -> String {
    json!({ "detail": text }).to_string()
}

#[tokio::test]
async fn rules_see_the_roles_of_the_struct_and_handlers_its_fields() {
    let admin = token(json!({ "tenant": "acme", "roles": ["admin"] })).sign();
    let app = authenticator::<MyClaims>;
    assert_eq!(
        call(app(), "/tenant", Some(&admin)).await,
        (200, "acme".into())
    );
    assert_eq!(
        call(app(), "/subject", Some(&admin)).await,
        (200, "user-1".into())
    );

    let viewer = token(json!({ "tenant": "acme", "roles": ["viewer"], "role": "admin" })).sign();
    assert_eq!(call(app(), "/tenant", Some(&viewer)).await.0, 403);

    let misfit = token(json!({ "tenant": "acme", "roles": "admin" })).sign();
    let refused = (401, detail("Invalid token: Invalid claim 'roles'"));
    assert_eq!(call(app(), "/tenant", Some(&misfit)).await, refused);
}

#[tokio::test]
async fn without_a_caller_there_are_no_claims() {
    let missing = (401, detail("Missing or invalid Authorization header"));
    let app = authenticator::<MyClaims>;
    assert_eq!(call(app(), "/tenant", None).await, missing);
    assert_eq!(call(app(), "/open", None).await, missing);
    assert_eq!(call(app(), "/greeting", None).await, (200, "nobody".into()));
}

/// The application forgot `.claims::<MyClaims>()`: its mistake, and nothing of it in the answer.
#[tokio::test]
async fn another_claims_type_is_a_mistake_of_the_service() {
    let admin = ISSUER.token("user-1").role("admin").sign();
    let misconfigured = (500, detail("Authentication is misconfigured"));
    assert_eq!(
        call(ISSUER.authenticator(), "/tenant", Some(&admin)).await,
        misconfigured
    );

    let caller = ISSUER
        .authenticator()
        .authenticate(&admin, None)
        .await
        .unwrap();
    let (mut parts, ()) = Request::new(()).into_parts();
    let extracted = caller.scope(async move {
        use axum::extract::FromRequestParts;
        <Claims<MyClaims> as FromRequestParts<()>>::from_request_parts(&mut parts, &()).await
    });
    let Err(AuthClientError::AuthConfiguration(error)) = extracted.await.map(|_| ()) else {
        panic!("the type is not there")
    };
    assert_eq!(error.key(), "claims");
    assert!(error.problem().contains("service::MyClaims"), "{error}");
}

#[tokio::test]
async fn the_test_kit_has_typed_callers() {
    let claims = MyClaims {
        tenant: "acme".into(),
        roles: vec!["editor".into()],
    };
    let caller = SecurityContext::test("u1")
        .role("admin")
        .group("g")
        .claims(claims.clone());
    let context = caller.clone().build();
    assert!(context.has_role("admin") && context.has_role("editor") && context.has_group("g"));
    assert_eq!(context.claims::<MyClaims>().unwrap().tenant, "acme");

    let plain = SecurityContext::test("u2").role("admin").build();
    assert!(plain.claims::<MyClaims>().is_none());
    let typed = plain.with_claims(claims);
    assert!(
        typed.has_role("editor") && !typed.has_role("admin"),
        "the struct decides"
    );
    assert_eq!(typed.subject(), "u2");
}
