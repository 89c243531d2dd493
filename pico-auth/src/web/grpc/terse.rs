//! Statuses that do not tell what was required, also those at the end of a stream.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response};
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;
use tonic::Status;
use tonic::body::Body;

use super::status::REASON;
use crate::error::{AuthClientError, InsufficientPermissionsError, RequiredPermissions};
use crate::web::refusals::Refusals;
use crate::web::response::terse_detail;

/// Replaces the message of a status that answers an error with this [code](AuthClientError::code).
pub(super) fn set_message(headers: &mut HeaderMap, code: &str) {
    if let Some(detail) = terse_detail(code) {
        headers.insert(Status::GRPC_MESSAGE, HeaderValue::from_static(detail));
    }
}

pin_project! {
    /// A body whose last frame can be a refusal. No error is beside it there: what it says of itself
    /// (`auth-reason`) must do.
    pub(super) struct TerseBody {
        #[pin]
        inner: Body,
        refusals: Refusals,
    }
}

impl TerseBody {
    /// The same answer. What has no more frames passes as it is.
    pub(super) fn of(response: Response<Body>, refusals: &Refusals) -> Response<Body> {
        response.map(|inner| {
            Body::new(Self {
                inner,
                refusals: refusals.clone(),
            })
        })
    }
}

impl http_body::Body for TerseBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.project();
        this.inner.poll_frame(cx).map_ok(|mut frame| {
            if let Some(trailers) = frame.trailers_mut() {
                hush(trailers, this.refusals);
            }
            frame
        })
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Takes out of a refusal what was required.
fn hush(trailers: &mut HeaderMap, refusals: &Refusals) {
    let Some(reason) = trailers.get(REASON).cloned() else {
        return;
    };
    set_message(trailers, reason.to_str().unwrap_or_default());
    let nothing = InsufficientPermissionsError::new(RequiredPermissions::Nothing);
    let nothing = AuthClientError::from(nothing);
    if reason == nothing.code() {
        // Its challenge may name scopes; that of a step-up has to say how.
        refusals.challenge(&nothing, trailers);
    }
}
