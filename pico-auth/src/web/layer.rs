//! The gate as a tower layer: [`AuthLayer`] for plain routers, and the one `SecureRouter` uses.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::authentication::Authentication;
use super::gate::Gate;
use super::guard::{GuardFuture, Next};
use crate::danger::AllowDisabling;
use crate::error::AuthConfigurationError;
use crate::policy::Policy;
use crate::rule::Rule;

/// Refuses **every** request without a valid token, also those for `#[allow_anonymous]` handlers: a
/// layer runs before the handler is known. Use [`SecureRouter`](crate::SecureRouter) for services
/// with anonymous endpoints, or [`optional`](Self::optional).
///
/// For plain axum routers:
///
/// ```
/// use axum::{Router, routing::get};
/// use pico_auth::{AuthLayer, Authenticator, AuthConfigurationError, SecurityContext};
///
/// fn app(authenticator: Authenticator) -> Result<Router, AuthConfigurationError> {
///     Ok(Router::new()
///         .route("/me", get(|caller: SecurityContext| async move { caller.subject().to_owned() }))
///         .layer(AuthLayer::new(authenticator)?))
/// }
/// ```
///
/// Handlers behind it see the [`SecurityContext`](crate::SecurityContext), and their own rules are checked when they run.
/// Limits of concurrency belong outside it: inside, a request would hold its place while its token is
/// verified.
///
/// A method that a path does not have is answered with the header `Allow`, which axum adds outside of this
/// layer, to a 401, too: strangers are told which paths there are, and their methods. `SecureRouter` takes it
/// off refusals.
#[derive(Clone)]
pub struct AuthLayer {
    authentication: Authentication,
    policy: Policy,
    /// The service is switched off and its code says that it may be.
    pass_through: bool,
}

impl AuthLayer {
    /// A layer that requires a valid token.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for a disabled authenticator (`enabled = false`).
    pub fn new(authentication: impl Into<Authentication>) -> Result<Self, AuthConfigurationError> {
        let authentication = authentication.into();
        if !authentication.authenticator.is_enabled() {
            return Err(AuthConfigurationError::new(
                "enabled",
                "is false, and an AuthLayer would let every request through; enable it, or use \
                 `AuthLayer::disableable` with `danger::allow_disabling()`",
            ));
        }
        Ok(Self {
            authentication,
            policy: Policy::Authenticated,
            pass_through: false,
        })
    }

    /// A layer that requires a valid token, unless the settings say `enabled = false`: then every
    /// request passes unauthenticated. Annotated functions refuse all the same.
    pub fn disableable(authentication: impl Into<Authentication>, _: AllowDisabling) -> Self {
        let authentication = authentication.into();
        let pass_through = !authentication.authenticator.is_enabled();
        if pass_through {
            tracing::error!("authentication is disabled: AuthLayer lets every request through");
        }
        Self {
            authentication,
            policy: Policy::Authenticated,
            pass_through,
        }
    }

    /// Lets requests without a token through as anonymous ones. A bad token is refused as ever.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.policy = Policy::OptionalAuthentication;
        self
    }

    /// `None` where everything passes.
    pub(super) fn gate(&self) -> Option<Arc<Gate>> {
        self.gate_of(self.policy)
    }

    /// The same of another policy.
    pub(super) fn gate_of(&self, policy: Policy) -> Option<Arc<Gate>> {
        let rule = Rule::new(policy, "pico_auth", "AuthLayer", file!(), line!());
        let gate = || Arc::new(Gate::new(self.authentication.clone(), rule, [], None));
        (!self.pass_through).then(gate)
    }
}

impl fmt::Debug for AuthLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthLayer")
            .field("policy", &self.policy)
            .field("pass_through", &self.pass_through)
            .finish_non_exhaustive()
    }
}

impl<Inner> Layer<Inner> for AuthLayer {
    type Service = AuthService<Inner>;

    fn layer(&self, inner: Inner) -> Self::Service {
        AuthService {
            inner,
            gate: self.gate(),
        }
    }
}

/// A gate around whatever is layered, inside an application that `SecureRouter` builds.
#[derive(Clone)]
pub(super) struct GateLayer {
    gate: Arc<Gate>,
}

impl GateLayer {
    pub(super) fn new(gate: Arc<Gate>) -> Self {
        Self { gate }
    }
}

impl<Inner> Layer<Inner> for GateLayer {
    type Service = AuthService<Inner>;

    fn layer(&self, inner: Inner) -> Self::Service {
        AuthService {
            inner,
            gate: Some(Arc::clone(&self.gate)),
        }
    }
}

/// The service of [`AuthLayer`].
#[derive(Clone)]
pub struct AuthService<Inner> {
    inner: Inner,
    gate: Option<Arc<Gate>>,
}

impl<Inner> Service<Request> for AuthService<Inner>
where
    Inner: Service<Request> + Clone,
    Inner::Response: IntoResponse,
{
    type Response = Response;
    type Error = Inner::Error;
    type Future = GuardFuture<ServiceNext<Inner>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Inner::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The service that was polled ready is the one to call; its clone waits for the next request.
        let clone = self.inner.clone();
        let next = ServiceNext {
            service: std::mem::replace(&mut self.inner, clone),
        };
        match &self.gate {
            Some(gate) => GuardFuture::new(gate, next, request),
            None => GuardFuture::unguarded(next, request),
        }
    }
}

/// A service waiting behind its gate.
pub struct ServiceNext<Inner> {
    service: Inner,
}

impl<Inner> Next for ServiceNext<Inner>
where
    Inner: Service<Request>,
    Inner::Response: IntoResponse,
{
    type Body = Body;
    type Answer = Response;
    type Output = Result<Response, Inner::Error>;
    type Future = IntoResponseFuture<Inner::Future>;

    fn run(mut self, request: Request) -> Self::Future {
        IntoResponseFuture {
            future: self.service.call(request),
        }
    }

    fn refused(response: Response) -> Self::Output {
        Ok(response)
    }

    fn finish(output: Self::Output, write: impl FnOnce(Response) -> Response) -> Self::Output {
        output.map(write)
    }
}

pin_project! {
    /// The future of a service, its answer as axum's `Response`.
    pub struct IntoResponseFuture<F> {
        #[pin]
        future: F,
    }
}

impl<F, R, E> Future for IntoResponseFuture<F>
where
    F: Future<Output = Result<R, E>>,
    R: IntoResponse,
{
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project()
            .future
            .poll(cx)
            .map_ok(IntoResponse::into_response)
    }
}
