//! Errors as HTTP answers: status, `{"detail": …}`, challenge, and the error kept for outer layers.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, LAST_MODIFIED,
    RETRY_AFTER, TRANSFER_ENCODING, WWW_AUTHENTICATE,
};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::body;
use super::gate::Observed;
use super::guard::Answer;
use super::refusals::Refusals;
use crate::challenge::www_authenticate;
use crate::context::SecurityContext;
use crate::error::{AuthClientError, TokenInvalidReason, each_leaf};
use crate::rule::{Deny, Returned};

/// The answer of the design's table. The error itself is in the response's extensions, for layers
/// that log or audit: `response.extensions().get::<AuthClientError>()`.
///
/// Inside an application it is written as its [`Authentication`](crate::Authentication) says.
impl IntoResponse for AuthClientError {
    fn into_response(self) -> Response {
        let mut response = answer(&self);
        response.extensions_mut().insert(self);
        response
    }
}

/// The answer for `error` where no application is known.
pub(super) fn answer(error: &AuthClientError) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = error.http_status();
    write_body(&mut response, error, BodyStyle::default());
    let headers = response.headers_mut();
    write_challenge(error, headers);
    if let AuthClientError::AuthUnavailable(error) = error {
        headers.insert(RETRY_AFTER, HeaderValue::from(error.retry_after_seconds()));
    }
    response
}

/// What tells the client which token to send next: the challenge, and a nonce.
pub(super) fn write_challenge(error: &AuthClientError, headers: &mut HeaderMap) {
    // A challenge holds quoted names of rules: visible ASCII by construction.
    if let Some(Ok(challenge)) = www_authenticate(error).map(HeaderValue::try_from) {
        headers.insert(WWW_AUTHENTICATE, challenge);
    }
    if let Some(nonce) = nonce(error) {
        headers.insert(NONCE, nonce);
    }
}

impl AuthClientError {
    pub(super) fn http_status(&self) -> StatusCode {
        StatusCode::from_u16(self.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// How the body of a refusal is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct BodyStyle {
    /// As problem details (RFC 9457).
    pub(super) is_problem: bool,
    /// Without what was required.
    pub(super) is_terse: bool,
}

/// What a layer inside may have said of the body that was there: it is not true of another one.
const OF_A_BODY: [HeaderName; 9] = [
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    CONTENT_ENCODING,
    CONTENT_RANGE,
    ETAG,
    LAST_MODIFIED,
    // RFC 9530, and what it replaces (RFC 3230).
    HeaderName::from_static("content-digest"),
    HeaderName::from_static("repr-digest"),
    HeaderName::from_static("digest"),
];

/// Gives an answer for `error` a body of this style, unless it has it.
pub(super) fn set_body(response: &mut Response, error: &AuthClientError, style: BodyStyle) {
    if style != BodyStyle::default() {
        for name in OF_A_BODY {
            response.headers_mut().remove(name);
        }
        write_body(response, error, style);
    }
}

fn write_body(response: &mut Response, error: &AuthClientError, style: BodyStyle) {
    let detail = detail(error, style.is_terse);
    let status = response.status();
    let (media_type, body) = if style.is_problem {
        // Without a type of its own, a problem is its status (RFC 9457 §4.2.1).
        let title = status.canonical_reason().unwrap_or_default();
        let problem = serde_json::json!({
            "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail,
        });
        ("application/problem+json", problem)
    } else {
        ("application/json", serde_json::json!({ "detail": detail }))
    };
    *response.body_mut() = Body::from(body.to_string());
    let media_type = HeaderValue::from_static(media_type);
    response.headers_mut().insert(CONTENT_TYPE, media_type);
}

/// The header of a nonce for DPoP proofs (RFC 9449 §8.1, §9).
pub(super) const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

fn nonce(error: &AuthClientError) -> Option<HeaderValue> {
    let AuthClientError::TokenInvalid(error) = error else {
        return None;
    };
    match error.reason() {
        TokenInvalidReason::DpopNonce(nonce) => HeaderValue::try_from(&**nonce).ok(),
        _ => None,
    }
}

impl Answer for Response {
    fn refusal(refusal: AuthClientError) -> Self {
        refusal.into_response()
    }

    fn in_context(self, context: Option<SecurityContext>, observed: &Observed) -> Self {
        body::in_context(self, context, observed, Body::new)
    }

    fn worded(self, refusals: &Refusals) -> Self {
        refusals.write(self)
    }
}

/// What a caller may read of this error.
fn detail(error: &AuthClientError, is_terse: bool) -> String {
    match terse_detail(error.code()) {
        Some(detail) if is_terse => detail.to_owned(),
        _ => error.detail(),
    }
}

/// What a terse application says in place of what was required, of an error with this
/// [code](AuthClientError::code).
pub(super) fn terse_detail(code: &str) -> Option<&'static str> {
    match code {
        "insufficient_permissions" => Some("Insufficient permissions"),
        "insufficient_authentication" => Some("Insufficient authentication"),
        _ => None,
    }
}

macro_rules! leaves_into_response {
    ($($leaf:ident)+) => {
        $(
            impl IntoResponse for crate::error::$leaf {
                fn into_response(self) -> Response {
                    AuthClientError::from(self).into_response()
                }
            }
        )+
    };
}

each_leaf!(leaves_into_response);

impl Deny for Response {
    fn deny(refusal: AuthClientError) -> Self {
        refusal.into_response()
    }
}

impl Returned for Response {
    type Value = Self;

    fn value(&self) -> Option<&Self> {
        Some(self)
    }
}
