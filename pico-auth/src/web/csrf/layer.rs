//! The protection as a tower layer.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::response::{IntoResponse, Response};
use http::Request;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::CsrfProtection;
use crate::events;

impl<Inner> Layer<Inner> for CsrfProtection {
    type Service = CsrfService<Inner>;

    fn layer(&self, inner: Inner) -> Self::Service {
        CsrfService {
            inner,
            protection: self.clone(),
        }
    }
}

/// The service of a [`CsrfProtection`] that is used as a layer.
#[derive(Debug, Clone)]
pub struct CsrfService<Inner> {
    inner: Inner,
    protection: CsrfProtection,
}

impl<Inner, B> Service<Request<B>> for CsrfService<Inner>
where
    Inner: Service<Request<B>, Response = Response>,
{
    type Response = Response;
    type Error = Inner::Error;
    type Future = CsrfFuture<Inner::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Inner::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match self
            .protection
            .check(&request)
            .map_err(|refusal| events::logged(refusal, None))
        {
            Ok(()) => CsrfFuture::Admitted {
                future: self.inner.call(request),
            },
            Err(refusal) => CsrfFuture::Refused {
                refusal: Some(Box::new(refusal.into_response())),
            },
        }
    }
}

pin_project! {
    /// The future of a [`CsrfService`].
    #[project = CsrfFutureProjection]
    #[must_use = "futures do nothing unless polled"]
    pub enum CsrfFuture<F> {
        Admitted {
            #[pin]
            future: F,
        },
        Refused {
            refusal: Option<Box<Response>>,
        },
    }
}

impl<F, E> Future for CsrfFuture<F>
where
    F: Future<Output = Result<Response, E>>,
{
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            CsrfFutureProjection::Admitted { future } => future.poll(cx),
            CsrfFutureProjection::Refused { refusal } => refusal
                .take()
                .map_or(Poll::Pending, |refusal| Poll::Ready(Ok(*refusal))),
        }
    }
}
