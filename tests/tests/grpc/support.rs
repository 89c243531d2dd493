//! A gRPC server behind the layer, called without a socket.

use std::convert::Infallible;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use pico_auth::test_kit::TestIssuer;
use pico_auth::{AuthClientError, AuthLayer, GrpcAuthLayer, SecurityContext};
use tonic::{Code, Status};
use tower::{Layer, ServiceExt, service_fn};

/// One issuer for all tests: its key takes long to generate.
pub(crate) static ISSUER: LazyLock<TestIssuer> = LazyLock::new(TestIssuer::in_memory);

pub(crate) const ORDERS: &str = "/shop.v1.Orders/List";

pub(crate) fn layer() -> GrpcAuthLayer {
    AuthLayer::new(ISSUER.authenticator()).unwrap().grpc()
}

pub(crate) fn bearer(token: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {token}"))
}

/// What a call was answered with.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: Option<Status>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// The refusal, as layers outside see it.
    pub(crate) refusal: Option<AuthClientError>,
    /// Whether the server behind the layer was called.
    pub(crate) reached: bool,
}

/// Who the caller is: when a method is called, while it runs, and while its answer is streamed.
fn who() -> String {
    SecurityContext::current().map_or_else(|| "nobody".to_owned(), |c| c.subject().to_owned())
}

/// Calls a server whose every method answers who the caller is, at each moment.
pub(crate) async fn call(layer: &GrpcAuthLayer, path: &str, metadata: &[(&str, String)]) -> Answer {
    call_method(layer, path, metadata, async || {
        let running = who();
        tokio::task::yield_now().await;
        Ok(running)
    })
    .await
}

/// Calls a server that answers as `method` does.
pub(crate) async fn call_method(
    layer: &GrpcAuthLayer,
    path: &str,
    metadata: &[(&str, String)],
    method: impl AsyncFn() -> Result<String, Status>,
) -> Answer {
    let calls = AtomicUsize::new(0);
    let method = &method;
    let server = service_fn(|_: Request<Body>| {
        calls.fetch_add(1, Ordering::SeqCst);
        let called = who();
        async move {
            Ok::<_, Infallible>(match method().await {
                Ok(running) => Response::new(streamed(format!("{called} {running}"))),
                Err(status) => status.into_http(),
            })
        }
    });
    let mut request = Request::post(path);
    for (name, value) in metadata {
        request = request.header(*name, value);
    }
    let request = request.body(Body::from("the message")).unwrap();
    let response = layer.layer(server).oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200, "gRPC errors are not HTTP errors");
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer {
        status: Status::from_header_map(&parts.headers),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
        refusal: parts.extensions.get::<AuthClientError>().cloned(),
        reached: calls.into_inner() > 0,
    }
}

/// A body of unknown length that says, when it is polled, who the caller is.
fn streamed(before: String) -> Body {
    let once = Full::new(Bytes::from_static(b"x"));
    Body::new(
        once.map_frame(move |frame| frame.map_data(|_| Bytes::from(format!("{before} {}", who())))),
    )
}

impl Answer {
    #[track_caller]
    pub(crate) fn is_from(&self, subject: &str) {
        assert!(self.status.is_none(), "{self:?}");
        assert_eq!(self.body, format!("{subject} {subject} {subject}"));
    }

    /// Trailers only, and nothing ran.
    #[track_caller]
    pub(crate) fn is_refused(&self, code: Code, message: &str, reason: &str) {
        let status = self.status.as_ref().expect("a gRPC status");
        assert_eq!((status.code(), status.message()), (code, message));
        assert_eq!(self.header("content-type"), Some("application/grpc"));
        assert_eq!(self.header("auth-reason"), Some(reason));
        assert_eq!(self.body, "");
        assert_eq!(self.refusal.as_ref().unwrap().code(), reason);
        assert!(!self.reached, "the server was called");
    }

    #[track_caller]
    pub(crate) fn is_missing(&self) {
        let message = "Missing or invalid Authorization header";
        self.is_refused(Code::Unauthenticated, message, "missing_token");
        assert_eq!(self.header("www-authenticate"), Some("Bearer"));
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}
