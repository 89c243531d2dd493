//! A streamed response body that is polled inside the context of its request.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::context::{CURRENT, SecurityContext};

/// Keeps `context` around a body that is still being produced, also that of nobody: else it would
/// see the context of whoever polls it. A body that knows its size passes as it is, unwrapped: it is
/// complete already, unless somebody wrote one that computes its frames late. Such a body must take what
/// it needs of the context along.
pub(super) fn in_context(response: Response, context: Option<SecurityContext>) -> Response {
    if response.body().size_hint().exact().is_some() {
        return response;
    }
    response.map(|inner| Body::new(ScopedBody { inner, context }))
}

pin_project! {
    struct ScopedBody {
        #[pin]
        inner: Body,
        context: Option<SecurityContext>,
    }
}

impl HttpBody for ScopedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.project();
        CURRENT.sync_scope(this.context.clone(), || this.inner.poll_frame(cx))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
