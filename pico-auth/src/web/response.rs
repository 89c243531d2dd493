//! Errors as HTTP answers: status, `{"detail": …}`, challenge, and the error kept for outer layers.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};

use crate::challenge::www_authenticate;
use crate::error::{
    AuthClientError, AuthConfigurationError, AuthUnavailableError, InsufficientPermissionsError,
    MissingTokenError, TokenExpiredError, TokenInvalidError, TokenInvalidReason,
};
use crate::rule::{Deny, Returned};

/// The answer of the design's table. The error itself is in the response's extensions, for layers
/// that log or audit: `response.extensions().get::<AuthClientError>()`.
impl IntoResponse for AuthClientError {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Response::new(Body::from(body(&self)));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        // A challenge holds quoted names of rules: visible ASCII by construction.
        if let Some(Ok(challenge)) = www_authenticate(&self).map(HeaderValue::try_from) {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if let Some(nonce) = nonce(&self) {
            headers.insert(NONCE, nonce);
        }
        if let Self::AuthUnavailable(error) = &self {
            let wait = error.retry_after();
            let seconds = wait
                .as_secs()
                .saturating_add(u64::from(wait.subsec_nanos() > 0))
                .max(1);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// The header of a nonce for DPoP proofs (RFC 9449 §8.1, §9).
const NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

fn nonce(error: &AuthClientError) -> Option<HeaderValue> {
    let AuthClientError::TokenInvalid(error) = error else {
        return None;
    };
    match error.reason() {
        TokenInvalidReason::DpopNonce(nonce) => HeaderValue::try_from(&**nonce).ok(),
        _ => None,
    }
}

fn body(error: &AuthClientError) -> String {
    let detail = match error {
        // It names settings of the service: for its log, not for its callers.
        AuthClientError::AuthConfiguration(_) => "Authentication is misconfigured".to_owned(),
        _ => error.to_string(),
    };
    serde_json::json!({ "detail": detail }).to_string()
}

macro_rules! leaves_into_response {
    ($($leaf:ident)+) => {
        $(
            impl IntoResponse for $leaf {
                fn into_response(self) -> Response {
                    AuthClientError::from(self).into_response()
                }
            }
        )+
    };
}

leaves_into_response! {
    MissingTokenError
    TokenExpiredError
    TokenInvalidError
    InsufficientPermissionsError
    AuthUnavailableError
    AuthConfigurationError
}

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
