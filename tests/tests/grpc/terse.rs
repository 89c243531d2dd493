//! Refusals that do not tell what was required.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, Response};
use futures_util::stream::iter;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use pico_auth::{
    AuthClientError, AuthLayer, Authentication, GrpcAuthLayer, InsufficientAuthenticationError,
    InsufficientPermissionsError, MissingTokenError, Permission, ProtectedResource,
    SecurityContext, TokenKind,
};
use tonic::{Code, Status};
use tower::{Layer, ServiceExt, service_fn};

use super::support::{ISSUER, ORDERS, bearer, call_method};

const TERSE: &str = "Insufficient permissions";

fn authentication() -> Authentication {
    Authentication::from(ISSUER.authenticator())
}

fn layer(authentication: Authentication) -> GrpcAuthLayer {
    AuthLayer::new(authentication).unwrap().grpc()
}

fn token() -> (&'static str, String) {
    bearer(&ISSUER.token("u1").sign())
}

/// The trailers of a stream that ends with this status.
async fn trailers_of(layer: &GrpcAuthLayer, status: Status) -> HeaderMap {
    let trailers = status.into_http::<()>().into_parts().0.headers;
    let server = service_fn(move |_: Request<Body>| {
        let frames = [
            Frame::data(Bytes::from_static(b"the first message")),
            Frame::trailers(trailers.clone()),
        ];
        let body = StreamBody::new(iter(frames.map(Ok::<_, Infallible>)));
        async move { Ok::<_, Infallible>(Response::new(Body::new(body))) }
    });
    let (name, value) = token();
    let request = Request::post(ORDERS).header(name, value);
    let request = request.body(Body::empty()).unwrap();
    let response = layer.layer(server).oneshot(request).await.unwrap();
    let collected = response.into_body().collect().await.unwrap();
    let trailers = collected.trailers().unwrap().clone();
    assert_eq!(collected.to_bytes(), "the first message");
    trailers
}

fn scope() -> InsufficientPermissionsError {
    InsufficientPermissionsError::of(Permission::Scope, "orders:read")
}

#[tokio::test]
async fn a_method_that_refuses_does_not_tell_what_was_required_but_logs_do() {
    let layer = layer(authentication().terse());
    let answer = call_method(&layer, ORDERS, &[token()], async || {
        SecurityContext::require()?.require_scope("orders:read")?;
        Ok(String::new())
    })
    .await;
    let status = answer.status.as_ref().unwrap();
    assert_eq!(
        (status.code(), status.message()),
        (Code::PermissionDenied, TERSE)
    );
    let challenge = r#"Bearer error="insufficient_scope""#;
    assert_eq!(answer.header("www-authenticate"), Some(challenge));
    let logged = answer.refusal.unwrap().to_string();
    assert_eq!(logged, "Requires one of scopes: ['orders:read']");
}

#[tokio::test]
async fn a_stream_that_ends_with_a_refusal_does_not_tell_it_either() {
    let resource = ProtectedResource::builder("https://api.example")
        .authorization_server("https://id.example")
        .build()
        .unwrap();
    let named = r#"resource_metadata="https://api.example/.well-known/oauth-protected-resource""#;
    let step_up = InsufficientAuthenticationError::new(["mfa"], None);
    let asked = r#"Bearer error="insufficient_user_authentication", acr_values="mfa""#;
    let missing = MissingTokenError::new(TokenKind::Bearer);
    let message = "Missing or invalid Authorization header";
    for (resource, error, code, expected, challenge) in [
        (
            None,
            AuthClientError::from(scope()),
            Code::PermissionDenied,
            TERSE,
            r#"Bearer error="insufficient_scope""#.to_owned(),
        ),
        (
            Some(resource),
            scope().into(),
            Code::PermissionDenied,
            TERSE,
            format!(r#"Bearer error="insufficient_scope", {named}"#),
        ),
        // How to authenticate is told all the same.
        (
            None,
            step_up.into(),
            Code::Unauthenticated,
            "Insufficient authentication",
            asked.to_owned(),
        ),
        (
            None,
            missing.into(),
            Code::Unauthenticated,
            message,
            "Bearer".to_owned(),
        ),
    ] {
        let authentication = match resource {
            Some(resource) => authentication().protected_resource(resource),
            None => authentication(),
        };
        let layer = layer(authentication.terse());
        let trailers = trailers_of(&layer, error.into()).await;
        let status = Status::from_header_map(&trailers).unwrap();
        assert_eq!((status.code(), status.message()), (code, expected));
        assert_eq!(trailers["www-authenticate"], challenge);
    }
}

#[tokio::test]
async fn a_stream_that_ends_otherwise_ends_as_it_is() {
    let terse = layer(authentication().terse());
    for status in [Status::ok(""), Status::not_found("no such order")] {
        let (code, message) = (status.code(), status.message().to_owned());
        let trailers = trailers_of(&terse, status).await;
        let sent = Status::from_header_map(&trailers).unwrap();
        assert_eq!((sent.code(), sent.message()), (code, &*message));
    }
    // Nor does an application that is not terse take anything away.
    let talkative = layer(authentication());
    let trailers = trailers_of(&talkative, scope().into()).await;
    let sent = Status::from_header_map(&trailers).unwrap();
    assert_eq!(sent.message(), "Requires one of scopes: ['orders:read']");
}

/// Hides that the order is there; the refusal behind it is for the log.
fn hidden() -> Status {
    let mut status = Status::not_found("no such order");
    status.set_source(Arc::new(AuthClientError::from(scope())));
    status
}

#[tokio::test]
async fn what_a_method_made_of_a_refusal_stays() {
    let layer = layer(authentication().terse());
    let answer = call_method(&layer, ORDERS, &[token()], async || Err(hidden())).await;
    let status = answer.status.as_ref().unwrap();
    assert_eq!(
        (status.code(), status.message()),
        (Code::NotFound, "no such order")
    );
    assert_eq!(answer.refusal.unwrap().code(), "insufficient_permissions");
}
