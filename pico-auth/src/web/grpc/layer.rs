//! The gate as a tower layer for gRPC servers.

use std::marker::PhantomData;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::BoxError;
use bytes::Bytes;
use http::{Request, Response};
use tonic::body::Body;
use tower_layer::Layer;
use tower_service::Service;

use super::open::OpenServices;
use super::status::with_refusal;
use crate::error::AuthConfigurationError;
use crate::policy::Policy;
use crate::web::gate::Gate;
use crate::web::guard::{GuardFuture, Next};
use crate::web::layer::AuthLayer;

impl AuthLayer {
    /// The same for gRPC servers: refusals are gRPC statuses, and services can be opened by name.
    #[must_use]
    pub fn grpc(self) -> GrpcAuthLayer {
        GrpcAuthLayer {
            layer: self,
            open: OpenServices::default(),
        }
    }
}

/// Refuses **every** call without a valid token, also one of an `#[allow_anonymous]` method or of an unknown
/// service, unless its service is opened [by name](Self::allow_anonymous_service). Made by
/// [`AuthLayer::grpc`].
///
/// ```
/// use pico_auth::{AuthConfigurationError, AuthLayer, Authenticator, GrpcAuthLayer};
///
/// fn layer(authenticator: Authenticator) -> Result<GrpcAuthLayer, AuthConfigurationError> {
///     AuthLayer::new(authenticator)?.grpc().allow_anonymous_service("grpc.health.v1.Health")
/// }
/// // tonic::transport::Server::builder().layer(layer(authenticator)?).add_service(..)
/// ```
///
/// It stands in front of a whole server, or of one service (`tonic::service::LayerExt::named_layer`). The
/// token is in the metadata `authorization`, as `Bearer <token>`; an agent's in `x-agent-authorization`.
/// Methods see the [`SecurityContext`](crate::SecurityContext), and so do the streams that they return.
/// Their own rules (`#[requires_role("admin")]` above a method, or above the whole `impl` block) are
/// checked when they run.
///
/// A method without a rule is open to every caller with a valid token. **Above the block, write the rule
/// that holds at least** (`#[authenticated]`): so a method that is added has one.
///
/// # What callers see
///
/// The answer is a gRPC status (HTTP 200, `grpc-status`), its message is the
/// [`detail`](crate::AuthClientError::detail). Methods that return a `tonic::Status` answer the same:
/// it is made from each error of this crate.
///
/// | Code | Error |
/// |---|---|
/// | `UNAUTHENTICATED` (16) | [`MissingTokenError`](crate::MissingTokenError), [`TokenExpiredError`](crate::TokenExpiredError), [`TokenInvalidError`](crate::TokenInvalidError), [`InsufficientAuthenticationError`](crate::InsufficientAuthenticationError) |
/// | `PERMISSION_DENIED` (7) | [`InsufficientPermissionsError`](crate::InsufficientPermissionsError), [`CrossSiteRequestError`](crate::CrossSiteRequestError) |
/// | `UNAVAILABLE` (14) | [`AuthUnavailableError`](crate::AuthUnavailableError) |
/// | `INTERNAL` (13) | [`AuthConfigurationError`] |
///
/// | Metadata | When | What |
/// |---|---|---|
/// | `auth-reason` | always | [`AuthClientError::code`](crate::AuthClientError::code), such as `expired` |
/// | `www-authenticate` | `UNAUTHENTICATED`, `PERMISSION_DENIED` | the challenge, as over HTTP (RFC 6750 §3) |
/// | `dpop-nonce` | a DPoP proof needs a nonce | the nonce (RFC 9449 §9) |
/// | `grpc-retry-pushback-ms` | `UNAVAILABLE` | after how many milliseconds to try again (gRFC A6) |
///
/// [`Authentication::terse`](crate::Authentication::terse) holds here, too, also for a refusal that ends a
/// stream. [`problem_details`](crate::Authentication::problem_details) and
/// [`on_error`](crate::Authentication::on_error) have no effect: they are about HTTP bodies.
#[derive(Debug, Clone)]
pub struct GrpcAuthLayer {
    layer: AuthLayer,
    open: OpenServices,
}

impl GrpcAuthLayer {
    /// Lets everybody call the methods of this service; their tokens are not looked at. Their calls are
    /// counted and audited as those of anonymous callers, and rules of methods refuse all the same. `name` is
    /// the full one, with its package: what tonic generates as `SERVICE_NAME`, such as `grpc.health.v1.Health`
    /// or `grpc.reflection.v1.ServerReflection`. It is compared byte by byte.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] where `name` is not the name of a service: it has no slashes and no
    /// wildcards.
    pub fn allow_anonymous_service(mut self, name: &str) -> Result<Self, AuthConfigurationError> {
        self.open.open(name)?;
        Ok(self)
    }
}

impl<Inner> Layer<Inner> for GrpcAuthLayer {
    type Service = GrpcAuthService<Inner>;

    fn layer(&self, inner: Inner) -> Self::Service {
        GrpcAuthService {
            inner,
            gate: self.layer.gate(),
            open_gate: self.layer.gate_of(Policy::AllowAnonymous),
            open: self.open.clone(),
        }
    }
}

/// The service of [`GrpcAuthLayer`].
#[derive(Clone)]
pub struct GrpcAuthService<Inner> {
    inner: Inner,
    gate: Option<Arc<Gate>>,
    /// Of services that are open.
    open_gate: Option<Arc<Gate>>,
    open: OpenServices,
}

impl<Inner, ReqBody, ResBody> Service<Request<ReqBody>> for GrpcAuthService<Inner>
where
    Inner: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone,
    ResBody: http_body::Body<Data = Bytes> + Send + 'static,
    ResBody::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Inner::Error;
    type Future = GuardFuture<GrpcNext<Inner, ReqBody>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Inner::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        // The service that was polled ready is the one to call; its clone waits for the next call.
        let clone = self.inner.clone();
        let next = GrpcNext {
            service: std::mem::replace(&mut self.inner, clone),
            types: PhantomData,
        };
        let gate = if self.open.contain(request.uri().path()) {
            &self.open_gate
        } else {
            &self.gate
        };
        match gate {
            Some(gate) => GuardFuture::new(gate, next, request),
            None => GuardFuture::unguarded(next, request),
        }
    }
}

/// A service waiting behind its gate.
pub struct GrpcNext<Inner, ReqBody> {
    service: Inner,
    types: PhantomData<fn(ReqBody)>,
}

impl<Inner, ReqBody, ResBody> Next for GrpcNext<Inner, ReqBody>
where
    Inner: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: http_body::Body<Data = Bytes> + Send + 'static,
    ResBody::Error: Into<BoxError>,
{
    type Body = ReqBody;
    type Answer = Response<Body>;
    type Output = Result<Response<Body>, Inner::Error>;
    type Future = Inner::Future;

    fn run(mut self, request: Request<ReqBody>) -> Self::Future {
        self.service.call(request)
    }

    fn refused(answer: Response<Body>) -> Self::Output {
        Ok(answer)
    }

    fn finish(
        output: Result<Response<ResBody>, Inner::Error>,
        write: impl FnOnce(Response<Body>) -> Response<Body>,
    ) -> Self::Output {
        output.map(|response| write(with_refusal(response.map(Body::new))))
    }
}
