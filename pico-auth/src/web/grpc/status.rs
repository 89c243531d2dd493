//! Errors as gRPC statuses.

use std::error::Error;
use std::sync::Arc;

use http::header::HeaderName;
use http::{HeaderMap, HeaderValue, Response};
use tonic::body::Body;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};

use super::terse::{self, TerseBody};
use crate::context::SecurityContext;
use crate::error::{AuthClientError, AuthUnavailableError, each_leaf};
use crate::web::body;
use crate::web::gate::Observed;
use crate::web::guard::Answer;
use crate::web::refusals::Refusals;
use crate::web::response::write_challenge;

/// Why: [`AuthClientError::code`].
pub(super) const REASON: HeaderName = HeaderName::from_static("auth-reason");

/// When to try again, in milliseconds: gRPC's own key, which its clients obey (gRFC A6).
const RETRY_PUSHBACK: HeaderName = HeaderName::from_static("grpc-retry-pushback-ms");

/// The status that answers this error over gRPC; see [`GrpcAuthLayer`](crate::GrpcAuthLayer) for codes
/// and metadata. The error itself is the status's [`source`](std::error::Error::source), which is never
/// sent.
impl From<AuthClientError> for Status {
    fn from(error: AuthClientError) -> Self {
        let mut metadata = HeaderMap::new();
        metadata.insert(REASON, HeaderValue::from_static(error.code()));
        write_challenge(&error, &mut metadata);
        if let AuthClientError::AuthUnavailable(outage) = &error {
            metadata.insert(RETRY_PUSHBACK, retry_pushback(outage).into());
        }
        let metadata = MetadataMap::from_headers(metadata);
        let mut status = Self::with_metadata(code(&error), error.detail(), metadata);
        status.set_source(Arc::new(error));
        status
    }
}

fn code(error: &AuthClientError) -> Code {
    match error {
        AuthClientError::MissingToken(_)
        | AuthClientError::TokenExpired(_)
        | AuthClientError::TokenInvalid(_)
        | AuthClientError::InsufficientAuthentication(_) => Code::Unauthenticated,
        AuthClientError::InsufficientPermissions(_) | AuthClientError::CrossSiteRequest(_) => {
            Code::PermissionDenied
        }
        AuthClientError::AuthUnavailable(_) => Code::Unavailable,
        AuthClientError::AuthConfiguration(_) => Code::Internal,
    }
}

/// At least 1, and never negative: that would forbid to try again.
fn retry_pushback(outage: &AuthUnavailableError) -> i32 {
    let wait = outage.retry_after().as_millis();
    i32::try_from(wait).unwrap_or(i32::MAX).max(1)
}

macro_rules! leaves_into_status {
    ($($leaf:ident)+) => {
        $(
            /// As that of an [`AuthClientError`].
            impl From<crate::error::$leaf> for Status {
                fn from(error: crate::error::$leaf) -> Self {
                    AuthClientError::from(error).into()
                }
            }
        )+
    };
}

each_leaf!(leaves_into_status);

/// Trailers only: HTTP 200, and the status in the headers.
impl Answer for Response<Body> {
    fn refusal(refusal: AuthClientError) -> Self {
        with_refusal(Status::from(refusal).into_http())
    }

    fn in_context(self, context: Option<SecurityContext>, observed: &Observed) -> Self {
        body::in_context(self, context, observed, Body::new)
    }

    fn worded(mut self, refusals: &Refusals) -> Self {
        if let Some(error) = self.extensions().get::<AuthClientError>().cloned() {
            let headers = self.headers_mut();
            refusals.challenge(&error, headers);
            // Another code is the application's own answer, of which nothing else is known.
            if refusals.are_terse() && has_code_of(headers, &error) {
                terse::set_message(headers, error.code());
            }
        }
        if refusals.are_terse() {
            TerseBody::of(self, refusals)
        } else {
            self
        }
    }
}

/// Whether these headers are those of the status that answers this error.
fn has_code_of(headers: &HeaderMap, error: &AuthClientError) -> bool {
    headers
        .get(Status::GRPC_STATUS)
        .is_some_and(|status| Code::from_bytes(status.as_bytes()) == code(error))
}

/// Puts the refusal of a status into the extensions, where that of any other answer is.
pub(super) fn with_refusal(mut response: Response<Body>) -> Response<Body> {
    let status = response.extensions().get::<Status>();
    let refusal = status
        .and_then(Error::source)
        .and_then(|source| source.downcast_ref::<AuthClientError>());
    if let Some(refusal) = refusal.cloned() {
        response.extensions_mut().insert(refusal);
    }
    response
}
