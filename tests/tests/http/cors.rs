//! CORS stands outside authentication: preflights have no token, and pages may read why they are refused.

use std::time::Duration;

use axum::Router;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method};
use pico_auth::routing::{get, put};
use pico_auth::{
    AuthClientError, AuthLayer, AuthUnavailableError, Authentication, CsrfProtection, Dependency,
    SecureRouter, TokenCookie,
};
use tower_http::cors::CorsLayer;

use super::support::{ADMIN, Answer, App, ISSUER, MISSING, admin, send, viewer, whoami};

const PAGE: &str = "https://app.example.com";

/// What docs/browsers.md says to write.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin([HeaderValue::from_static(PAGE)])
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE])
        .allow_credentials(true)
        .expose_headers([WWW_AUTHENTICATE, RETRY_AFTER])
}

fn authentication() -> Authentication {
    let protection = CsrfProtection::default().allowed_origins([PAGE]).unwrap();
    let cookie = TokenCookie::default().csrf_protection(protection);
    Authentication::with_extractor(ISSUER.authenticator(), cookie.or_authorization_header())
}

async fn unavailable() -> Result<&'static str, AuthClientError> {
    let error = AuthUnavailableError::new(Dependency::Roles);
    Err(error.with_retry_after(Duration::from_secs(7)).into())
}

fn secured() -> SecureRouter {
    SecureRouter::new()
        .route("/", get(ADMIN.guard(whoami)).put(ADMIN.guard(whoami)))
        .route("/later", put(ADMIN.guard(unavailable)))
}

fn plain() -> Router {
    use axum::routing::{get, put};
    Router::new()
        .route("/", get(ADMIN.guard(whoami)).put(ADMIN.guard(whoami)))
        .route("/later", put(unavailable))
}

fn layer() -> AuthLayer {
    AuthLayer::new(authentication()).unwrap()
}

async fn preflight(app: &App, path: &str, origin: &str) -> Answer {
    let request = app
        .request(Method::OPTIONS, path)
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "PUT")
        .header("Access-Control-Request-Headers", "authorization");
    send(request).await
}

/// Whether a page of this origin is told that it may read the answer.
fn is_readable(answer: &Answer) -> bool {
    answer.header("access-control-allow-origin") == Some(PAGE)
        && answer.header("access-control-allow-credentials") == Some("true")
}

async fn both_ways() -> [App; 2] {
    [
        App::secured(secured().layer(cors()).secured_by(authentication())).await,
        App::serve(plain().layer(layer()).layer(cors())).await,
    ]
}

#[tokio::test]
async fn a_preflight_passes_without_a_token() {
    for app in both_ways().await {
        for path in ["/", "/later", "/no-such-path"] {
            let answer = preflight(&app, path, PAGE).await;
            assert_eq!(
                (answer.status, is_readable(&answer)),
                (200, true),
                "{answer:?}"
            );
            assert_eq!(
                answer.header("access-control-allow-methods"),
                Some("GET,PUT")
            );
            let answer = preflight(&app, path, "https://evil.test").await;
            assert!(!is_readable(&answer), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn an_options_request_that_is_no_preflight_needs_a_token() {
    for app in both_ways().await {
        let request = app.request(Method::OPTIONS, "/").header("Origin", PAGE);
        assert_ne!(send(request).await.body, "ada");
    }
}

#[tokio::test]
async fn pages_can_read_why_they_are_refused() {
    for app in both_ways().await {
        for (method, path, token, status, header) in [
            (Method::GET, "/", None, 401, Some("www-authenticate")),
            (
                Method::PUT,
                "/no-such-path",
                None,
                401,
                Some("www-authenticate"),
            ),
            (
                Method::GET,
                "/",
                Some(viewer()),
                403,
                Some("www-authenticate"),
            ),
            (
                Method::PUT,
                "/later",
                Some(admin()),
                503,
                Some("retry-after"),
            ),
            (Method::PUT, "/", Some(admin()), 200, None),
        ] {
            let mut request = app.request(method.clone(), path).header("Origin", PAGE);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let answer = send(request).await;
            assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
            assert!(is_readable(&answer), "{method} {path}: {answer:?}");
            let exposed = answer.header("access-control-expose-headers").unwrap();
            if let Some(header) = header {
                assert!(answer.header(header).is_some(), "{path} {header}");
                assert!(exposed.contains(header), "{path} {header}");
            }
        }
    }
}

#[tokio::test]
async fn cors_says_who_may_read_and_the_cookie_s_protection_who_may_act() {
    for app in both_ways().await {
        let with = |origin: &'static str| {
            app.request(Method::PUT, "/")
                .header("Origin", origin)
                .header("Sec-Fetch-Site", "cross-site")
                .header("Cookie", format!("__Host-token={}", admin()))
        };
        let answer = send(with(PAGE)).await;
        assert!(is_readable(&answer), "{answer:?}");
        answer.is_ok("the page that may", "ada");
        let answer = send(with("https://evil.test")).await;
        assert_eq!(
            (answer.status, is_readable(&answer)),
            (403, false),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn cors_inside_authentication_fails_closed() {
    // The wrong order: preflights are refused, and pages learn nothing but that.
    for app in [
        App::secured(secured().route_layer(cors()).secured_by(authentication())).await,
        App::serve(plain().layer(cors()).layer(layer())).await,
    ] {
        for answer in [preflight(&app, "/", PAGE).await, app.get("/", None).await] {
            answer.refuses("inside", 401, MISSING, Some("Bearer"));
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
}
