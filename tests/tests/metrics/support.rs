//! Services without a network, and the words all tests share.

use std::sync::LazyLock;

use axum::body::Body;
use axum::http::Request;
use pico_auth::routing::any;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, Authentication, Policy, Requirement, SecureRouter, SecuredService,
    requires_role,
};
use tower::ServiceExt;

pub(crate) static ISSUER: LazyLock<TestIssuer> = LazyLock::new(TestIssuer::in_memory);

pub(crate) const ADMIN: Policy = Policy::require(Requirement::any_role(&["admin"]));

#[requires_role("owner")]
async fn delete() -> Result<&'static str, AuthClientError> {
    Ok("deleted")
}

/// `/{policy}` behind each policy, and `/delete`, whose handler calls a function with a rule.
pub(crate) fn service(authentication: impl Into<Authentication>) -> SecuredService {
    let hello = || async { "hello" };
    SecureRouter::new()
        .route("/open", any(Policy::AllowAnonymous.guard(hello)))
        .route("/any", any(Policy::Authenticated.guard(hello)))
        .route("/admin", any(ADMIN.guard(hello)))
        .route(
            "/delete",
            any(Policy::Authenticated.guard(|| async { delete().await })),
        )
        .secured_by(authentication)
}

pub(crate) async fn get(service: &SecuredService, path: &str, token: Option<&str>) -> u16 {
    let mut request = Request::get(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let request = request.body(Body::empty()).unwrap();
    service
        .clone()
        .oneshot(request)
        .await
        .unwrap()
        .status()
        .as_u16()
}
