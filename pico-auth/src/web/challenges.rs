//! Challenges that name all schemes by which a token may come.

use axum::extract::Request;
use axum::response::Response;
use http::HeaderValue;
use http::header::WWW_AUTHENTICATE;

use super::authentication::Authentication;
use super::presented::scheme;
use crate::authenticator::Authenticator;
use crate::error::AuthClientError;
use crate::token::AuthScheme;

/// Rewrites the challenges of refusals, which speak of `Bearer` alone: an error does not know by which
/// schemes tokens may come.
pub(crate) struct Challenges {
    authenticator: Authenticator,
    used: AuthScheme,
}

impl Challenges {
    /// `None` where tokens come by `Bearer` alone.
    pub(super) fn of(authentication: &Authentication, request: &Request) -> Option<Self> {
        let authenticator = &authentication.authenticator;
        authenticator.accepts_dpop().then(|| Self {
            authenticator: authenticator.clone(),
            used: scheme(authentication, request.headers()),
        })
    }

    /// The response with its challenge rewritten, if it is a refusal that has one.
    pub(super) fn write(&self, mut response: Response) -> Response {
        if !response.headers().contains_key(WWW_AUTHENTICATE) {
            return response;
        }
        let error = response.extensions().get::<AuthClientError>();
        let challenge = error.and_then(|error| {
            let challenge = self.authenticator.www_authenticate(error, self.used)?;
            HeaderValue::try_from(challenge).ok()
        });
        if let Some(challenge) = challenge {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
