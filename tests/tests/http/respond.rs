//! Stage 5: errors as answers.

use std::time::Duration;

use axum::http::HeaderMap;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use pico_auth::routing::get;
use pico_auth::{
    AuthClientError, AuthConfigurationError, AuthUnavailableError, CrossSiteReason,
    CrossSiteRequestError, Dependency, InsufficientPermissionsError, MissingTokenError, Permission,
    Policy, SecureRouter, TokenExpiredError, TokenInvalidError, TokenInvalidReason, TokenKind,
};
use reqwest::Method;

use super::support::{ADMIN, App, ISSUER, admin, viewer, whoami};

async fn show(mut response: Response) -> Response {
    let shown = match response.extensions().get::<AuthClientError>() {
        Some(AuthClientError::MissingToken(_)) => "missing",
        Some(AuthClientError::TokenExpired(_)) => "expired",
        Some(AuthClientError::TokenInvalid(error)) => error.reason().code(),
        Some(AuthClientError::InsufficientPermissions(_)) => "insufficient",
        Some(_) => "other",
        None => "none",
    };
    response
        .headers_mut()
        .insert("x-error", shown.parse().unwrap());
    response
}

#[tokio::test]
async fn an_outer_layer_sees_the_error_of_every_refusal() {
    let router = SecureRouter::new()
        .route("/", get(ADMIN.guard(whoami)))
        .layer(map_response(show));
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    let expired = ISSUER.token("u1").expired().sign();
    let early = ISSUER.token("u1").claim("nbf", 4_102_444_800_u64).sign();
    for (method, path, token, shown) in [
        (Method::GET, "/", None, "missing"),
        (Method::GET, "/", Some(expired), "expired"),
        (Method::GET, "/", Some(early), "not_yet_valid"),
        (Method::GET, "/", Some(viewer()), "insufficient"),
        (Method::GET, "/", Some(admin()), "none"),
        (Method::GET, "/no-such-path", None, "missing"),
        (Method::POST, "/", None, "missing"),
    ] {
        let answer = app.call(method, path, token.as_deref()).await;
        assert_eq!(answer.header("x-error"), Some(shown), "{path} {answer:?}");
    }
}

#[tokio::test]
async fn retry_after_is_whole_seconds_rounded_up_and_at_least_one() {
    for (millis, seconds) in [(0, "1"), (1, "1"), (1000, "1"), (1001, "2"), (59_999, "60")] {
        let error = AuthUnavailableError::new(Dependency::Roles)
            .with_retry_after(Duration::from_millis(millis));
        let response = error.into_response();
        assert_eq!(response.headers()["retry-after"], seconds, "{millis} ms");
    }
    let error = AuthUnavailableError::new(Dependency::Roles).with_retry_after(Duration::MAX);
    assert_eq!(error.into_response().status(), 503);
}

async fn parts(response: Response) -> (u16, HeaderMap, String) {
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (
        head.status.as_u16(),
        head.headers,
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

#[tokio::test]
async fn a_misconfiguration_does_not_name_settings_to_callers() {
    let error = AuthConfigurationError::new("jwks_endpoint", "is http://internal.corp");
    let (status, headers, body) = parts(error.into_response()).await;
    assert_eq!(
        (status, body.as_str()),
        (500, r#"{"detail":"Authentication is misconfigured"}"#)
    );
    assert!(!headers.contains_key("www-authenticate"));
}

#[tokio::test]
async fn the_cause_of_an_outage_does_not_reach_callers() {
    let error = AuthUnavailableError::new(Dependency::RevocationList).with_cause("redis://secret");
    let (status, headers, body) = parts(error.into_response()).await;
    assert_eq!(status, 503);
    assert_eq!(
        body,
        r#"{"detail":"The revocation list is temporarily unavailable"}"#
    );
    assert!(!headers.contains_key("www-authenticate"));
}

#[tokio::test]
async fn every_leaf_answers_as_the_base_does() {
    macro_rules! same {
        ($($leaf:expr),+ $(,)?) => {$({
            let leaf = $leaf;
            let base = parts(AuthClientError::from(leaf.clone()).into_response()).await;
            let body = format!("{:?}", base);
            assert!(leaf.clone().into_response().extensions().get::<AuthClientError>().is_some());
            assert_eq!(parts(leaf.into_response()).await, base, "{body}");
        })+};
    }
    let kind = TokenKind::Agent;
    same![
        MissingTokenError::new(kind),
        TokenExpiredError::new(kind),
        TokenInvalidError::new(kind, TokenInvalidReason::Revoked),
        InsufficientPermissionsError::of(Permission::Scope, "a"),
        CrossSiteRequestError::new(CrossSiteReason::NoOrigin),
        AuthUnavailableError::new(Dependency::ExternalDecision),
        AuthConfigurationError::new("issuer", "is empty"),
    ];
}

#[tokio::test]
async fn names_in_a_body_are_json() {
    let error = InsufficientPermissionsError::of(Permission::Role, "a\"b\\c\u{7}\u{e9}");
    let (_, _, body) = parts(error.clone().into_response()).await;
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["detail"], error.to_string());
}

#[tokio::test]
async fn head_is_refused_with_the_headers_of_get_and_no_body() {
    let router = SecureRouter::new().route("/", get(ADMIN.guard(whoami)));
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    for token in [None, Some(viewer()), Some(admin())] {
        let get = app.get("/", token.as_deref()).await;
        let head = app.call(Method::HEAD, "/", token.as_deref()).await;
        assert_eq!((head.status, head.body.as_str()), (get.status, ""));
        for name in ["content-type", "content-length", "www-authenticate"] {
            assert_eq!(head.header(name), get.header(name), "{name}");
        }
    }
}

#[tokio::test]
async fn a_refusal_inside_a_handler_answers_the_same_way() {
    let handler = |caller: pico_auth::SecurityContext| async move {
        caller.require_scope("pay")?;
        Ok::<_, InsufficientPermissionsError>("paid")
    };
    let router = SecureRouter::new().route("/", get(Policy::Authenticated.guard(handler)));
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    let answer = app.get("/", Some(&viewer())).await;
    let challenge = r#"Bearer error="insufficient_scope", scope="pay""#;
    answer.refuses(
        "no scope",
        403,
        "Requires one of scopes: ['pay']",
        Some(challenge),
    );
}
