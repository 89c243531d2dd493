//! A streamed response body that is polled inside the context of its request.

use std::pin::Pin;
use std::task::{Context, Poll};

use http::Response;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::gate::Observed;
use super::observed::observed;
use crate::context::SecurityContext;
use crate::propagate::InContext;

/// Keeps `context` around a body that is still being produced, also that of nobody: else it would
/// see the context of whoever polls it. A body that knows its size passes as it is, unwrapped: it is
/// complete already, unless somebody wrote one that computes its frames late. Such a body must take what
/// it needs of the context along.
pub(super) fn in_context<B: Body>(
    response: Response<B>,
    context: Option<SecurityContext>,
    trail: &Observed,
    boxed: impl FnOnce(ScopedBody<B>) -> B,
) -> Response<B> {
    if response.body().size_hint().exact().is_some() {
        return response;
    }
    response.map(|inner| {
        boxed(ScopedBody {
            inner: InContext::new(inner, context),
            trail: trail.clone(),
        })
    })
}

pin_project! {
    /// A body that is polled in a context; what functions decide meanwhile is told to the observer of the
    /// request.
    pub(super) struct ScopedBody<B> {
        #[pin]
        inner: InContext<B>,
        trail: Observed,
    }
}

impl<B: Body> Body for ScopedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        let poll = || this.inner.poll_frame(cx);
        observed(this.trail.as_ref(), poll)
    }

    fn is_end_stream(&self) -> bool {
        Body::is_end_stream(&self.inner)
    }

    fn size_hint(&self) -> SizeHint {
        Body::size_hint(&self.inner)
    }
}
