//! The finished application as a service.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::response::Response;
use axum::routing::IntoMakeService;
use axum::routing::future::RouteFuture;
use axum::serve::{IncomingStream, Listener};
use tower_service::Service;

/// An application whose every route is decided, made by
/// [`SecureRouter::secured_by`](crate::SecureRouter::secured_by). Serve it with `axum::serve`.
///
/// It takes no further routes; [`into_axum_router`](Self::into_axum_router) gives up that guarantee.
#[derive(Debug, Clone)]
pub struct SecuredRouter {
    router: axum::Router,
}

impl SecuredRouter {
    pub(super) fn new(router: axum::Router) -> Self {
        Self { router }
    }

    /// The application as an axum router, to mount it in another. Routes added to that router are
    /// not authenticated.
    pub fn into_axum_router(self) -> axum::Router {
        self.router
    }

    /// As `axum::Router::into_make_service`.
    pub fn into_make_service(self) -> IntoMakeService<axum::Router> {
        self.router.into_make_service()
    }

    /// As `axum::Router::into_make_service_with_connect_info`.
    pub fn into_make_service_with_connect_info<C>(
        self,
    ) -> IntoMakeServiceWithConnectInfo<axum::Router, C> {
        self.router.into_make_service_with_connect_info()
    }
}

impl Service<Request> for SecuredRouter {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request>::poll_ready(&mut self.router, cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.router.call(request)
    }
}

/// Lets `axum::serve(listener, app)` take the application as it is.
impl<L: Listener> Service<IncomingStream<'_, L>> for SecuredRouter {
    type Response = axum::Router;
    type Error = Infallible;
    type Future = Ready<Result<axum::Router, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: IncomingStream<'_, L>) -> Self::Future {
        ready(Ok(self.router.clone()))
    }
}
