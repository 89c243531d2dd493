//! `AuthLayer` on a plain axum `Router`, and guarded handlers without any layer.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{get, post};
use pico_auth::{AuthClientSettings, AuthLayer, Authenticator, Policy, danger};
use reqwest::Method;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::{Service, ServiceExt};

use super::support::{ADMIN, App, ISSUER, admin, viewer, whoami};

fn layer() -> AuthLayer {
    AuthLayer::new(ISSUER.authenticator()).unwrap()
}

fn disabled() -> Authenticator {
    let settings = AuthClientSettings::builder().enabled(false).build();
    Authenticator::new(settings.unwrap()).unwrap()
}

fn routes() -> Router {
    Router::new()
        .route("/plain", get(whoami))
        .route("/open", get(Policy::AllowAnonymous.guard(whoami)))
        .route("/maybe", get(Policy::OptionalAuthentication.guard(whoami)))
        .route("/admin", get(ADMIN.guard(whoami)))
}

#[tokio::test]
async fn the_layer_refuses_everything_without_a_token() {
    let app = App::serve(routes().layer(layer())).await;
    for path in ["/plain", "/open", "/maybe", "/admin", "/no-such-path"] {
        for method in [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS] {
            let answer = app.call(method.clone(), path, None).await;
            assert_eq!(answer.status, 401, "{method} {path}");
        }
        app.get(path, None).await.is_missing(path);
        let answer = app.get(path, Some("abc")).await;
        answer.is_invalid(path, "Invalid token: Malformed token, not three parts");
    }
    app.get("/plain", Some(&viewer()))
        .await
        .is_ok("plain", "vic");
    assert_eq!(app.get("/no-such-path", Some(&viewer())).await.status, 404);
}

#[tokio::test]
async fn rules_of_handlers_hold_behind_the_layer() {
    let app = App::serve(routes().layer(layer())).await;
    app.get("/admin", Some(&admin()))
        .await
        .is_ok("admin", "ada");
    assert_eq!(app.get("/admin", Some(&viewer())).await.status, 403);
    app.get("/maybe", Some(&viewer()))
        .await
        .is_ok("maybe", "vic");
}

#[tokio::test]
async fn an_optional_layer_lets_anonymous_callers_through_and_no_bad_token() {
    let app = App::serve(routes().layer(layer().optional())).await;
    for path in ["/plain", "/open", "/maybe"] {
        app.get(path, None).await.is_ok(path, "nobody");
        let answer = app.get(path, Some("abc")).await;
        answer.is_invalid(path, "Invalid token: Malformed token, not three parts");
    }
    let expired = ISSUER.token("u1").expired().sign();
    let answer = app.get("/plain", Some(&expired)).await;
    answer.is_invalid("expired", "Token has expired");
    app.get("/plain", Some(&viewer()))
        .await
        .is_ok("a caller", "vic");
    app.get("/admin", None)
        .await
        .is_missing("the rule still holds");
    assert_eq!(app.get("/admin", Some(&viewer())).await.status, 403);
}

#[test]
fn a_disabled_authenticator_and_a_layer_are_a_configuration_error() {
    let error = AuthLayer::new(disabled()).expect_err("one variable must not open a service");
    assert_eq!(error.key(), "enabled");
    assert!(
        error.to_string().contains("danger::allow_disabling"),
        "{error}"
    );
}

#[tokio::test]
async fn a_disabled_layer_passes_everything_through_only_with_danger_and_no_rule_is_lifted() {
    let layer = AuthLayer::disableable(disabled(), danger::allow_disabling());
    for layer in [layer.clone(), layer.optional()] {
        let app = App::serve(routes().layer(layer)).await;
        for token in [None, Some("garbage"), Some(&*admin())] {
            for path in ["/plain", "/open", "/maybe"] {
                app.get(path, token).await.is_ok(path, "nobody");
            }
            app.get("/admin", token).await.is_missing("a rule");
        }
    }
    let enabled = AuthLayer::disableable(ISSUER.authenticator(), danger::allow_disabling());
    let app = App::serve(routes().layer(enabled)).await;
    app.get("/plain", None)
        .await
        .is_missing("allowed to be disabled and not disabled");
}

#[tokio::test]
async fn without_a_layer_rules_refuse_everybody() {
    let app = App::serve(routes()).await;
    for token in [None, Some(admin())] {
        app.get("/admin", token.as_deref())
            .await
            .is_missing("nobody authenticates");
        app.get("/open", token.as_deref())
            .await
            .is_ok("open", "nobody");
        app.get("/maybe", token.as_deref())
            .await
            .is_ok("maybe", "nobody");
    }
}

#[tokio::test]
async fn a_guard_refuses_before_its_handler_s_extractors_also_under_axum_s_routing() {
    let handler = |body: String| async move { body };
    let app = Router::new().route("/", post(ADMIN.guard(handler)));
    let app = App::serve(app.layer(layer())).await;
    let head = |token: &str| {
        format!(
            "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
             Authorization: Bearer {token}\r\nContent-Length: 1000\r\n\r\n"
        )
    };
    let answer = app.raw(head(&viewer())).await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

/// Takes a permit when it is polled ready and panics when it is called without one, as tower's
/// `Buffer` and `ConcurrencyLimit` do.
struct Limited {
    permits: Arc<Semaphore>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Clone for Limited {
    fn clone(&self) -> Self {
        let permits = Arc::clone(&self.permits);
        Self {
            permits,
            permit: None,
        }
    }
}

impl Service<Request> for Limited {
    type Response = Response;
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        if self.permit.is_none() {
            self.permit = Arc::clone(&self.permits).try_acquire_owned().ok();
        }
        if self.permit.is_some() {
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    }

    fn call(&mut self, _: Request) -> Self::Future {
        let permit = self.permit.take().expect("called without being ready");
        drop(permit);
        std::future::ready(Ok(Response::new(Body::empty())))
    }
}

#[tokio::test]
async fn the_service_that_was_ready_is_the_one_that_is_called() {
    use tower::Layer;
    let permits = Arc::new(Semaphore::new(1));
    let limited = Limited {
        permits: Arc::clone(&permits),
        permit: None,
    };
    let mut service = layer().layer(limited);
    let request = |token: Option<String>| {
        let builder = token.iter().fold(Request::get("/"), |builder, token| {
            builder.header("authorization", format!("Bearer {token}"))
        });
        builder.body(Body::empty()).unwrap()
    };
    for (token, status) in [
        (None, 401),
        (Some(admin()), 200),
        (Some("x".into()), 401),
        (Some(viewer()), 200),
    ] {
        let ready = service.ready().await.unwrap();
        let response = ready.call(request(token)).await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(
            permits.available_permits(),
            1,
            "a refused request gives its permit back"
        );
    }

    // Cancelled while it authenticates.
    let ready = service.ready().await.unwrap();
    drop(ready.call(request(Some(admin()))));
    assert_eq!(permits.available_permits(), 1);
    let response = service
        .ready()
        .await
        .unwrap()
        .call(request(Some(admin())))
        .await;
    assert_eq!(response.unwrap().status(), 200);
}
