//! The finished application as a service.

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll, ready as when_ready};

use axum::ServiceExt;
use axum::extract::Request;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::response::Response;
use axum::routing::IntoMakeService;
use axum::routing::future::RouteFuture;
use axum::serve::{IncomingStream, Listener};
use http::header::ALLOW;
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::error::AuthClientError;

/// An application whose every route is decided, made by
/// [`SecureRouter::secured_by`](crate::SecureRouter::secured_by). Serve it with `axum::serve`.
///
/// It takes no further routes. To mount it in another application, use it as the service it is:
/// `axum::Router::new().nest_service("/api", secured)`.
#[derive(Debug, Clone)]
pub struct SecuredService {
    router: axum::Router,
}

impl SecuredService {
    pub(super) fn new(router: axum::Router) -> Self {
        // Makes the routes now: without it, axum makes the one that is asked for anew on each request.
        Self {
            router: router.with_state(()),
        }
    }

    /// As `axum::Router::into_make_service`.
    pub fn into_make_service(self) -> IntoMakeService<Self> {
        ServiceExt::<Request>::into_make_service(self)
    }

    /// As `axum::Router::into_make_service_with_connect_info`.
    pub fn into_make_service_with_connect_info<C>(self) -> IntoMakeServiceWithConnectInfo<Self, C> {
        ServiceExt::<Request>::into_make_service_with_connect_info(self)
    }
}

impl Service<Request> for SecuredService {
    type Response = Response;
    type Error = Infallible;
    type Future = SecuredServiceFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Service::<Request>::poll_ready(&mut self.router, cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        SecuredServiceFuture {
            answer: self.router.call(request),
        }
    }
}

pin_project! {
    /// The future of a [`SecuredService`].
    #[must_use = "futures do nothing unless polled"]
    pub struct SecuredServiceFuture {
        #[pin]
        answer: RouteFuture<Infallible>,
    }
}

impl Future for SecuredServiceFuture {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut response = when_ready!(self.project().answer.poll(cx))?;
        // axum adds the methods of the path to whatever answers another method. On a refusal they
        // would tell strangers which paths exist.
        if response.extensions().get::<AuthClientError>().is_some() {
            response.headers_mut().remove(ALLOW);
        }
        Poll::Ready(Ok(response))
    }
}

/// Lets `axum::serve(listener, app)` take the application as it is.
impl<L: Listener> Service<IncomingStream<'_, L>> for SecuredService {
    type Response = Self;
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: IncomingStream<'_, L>) -> Self::Future {
        ready(Ok(self.clone()))
    }
}
