//! Refusals in the words of the application: all schemes by which a token may come, its metadata, its format.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use axum::response::Response;
use http::header::{HeaderName, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue};

use super::authentication::{Authentication, ErrorHook};
use super::gate::{Found, Gate};
use super::response::{NONCE, answer, set_body};
use crate::challenge::Wording;
use crate::error::AuthClientError;
use crate::events;
use crate::token::AuthScheme;

/// Rewrites the answers of refusals, which speak of `Bearer` alone and in JSON: an error does not know the
/// application.
#[derive(Clone)]
pub struct Refusals {
    gate: Arc<Gate>,
    used: AuthScheme,
}

/// In the extensions of an answer that is as its application wants it: of two gates, the inner one decides.
#[derive(Clone, Copy)]
struct Worded;

/// What a client needs beside the status, whatever the application makes of the rest.
const KEPT: [HeaderName; 3] = [WWW_AUTHENTICATE, RETRY_AFTER, NONCE];

impl Refusals {
    /// `None` where they are right as they are.
    pub(super) fn of(gate: &Arc<Gate>, token: &Found<'_>) -> Option<Self> {
        gate.authentication().has_words().then(|| Self {
            gate: Arc::clone(gate),
            used: match token {
                Ok(Some(token)) => token.scheme(),
                Ok(None) | Err(_) => AuthScheme::Bearer,
            },
        })
    }

    /// The response as it is sent, rewritten if it is a refusal.
    pub(super) fn write(&self, mut response: Response) -> Response {
        let extensions = response.extensions();
        let Some(error) = extensions.get::<AuthClientError>().cloned() else {
            return response;
        };
        if extensions.get::<Worded>().is_some() {
            return response;
        }
        let authentication = self.gate.authentication();
        self.challenge(&error, response.headers_mut());
        // Another status is the application's own answer, of which nothing else is known.
        if response.status() == error.http_status() {
            set_body(&mut response, &error, authentication.body);
            if let Some(hook) = &authentication.hook {
                response = hooked(authentication, &**hook, error, response);
            }
        }
        response.extensions_mut().insert(Worded);
        response
    }

    /// Whether callers are not told what is required.
    #[cfg(feature = "tonic")]
    pub(super) fn are_terse(&self) -> bool {
        self.gate.authentication().body.is_terse
    }

    /// Writes the challenge anew, if there is one.
    pub(super) fn challenge(&self, error: &AuthClientError, headers: &mut HeaderMap) {
        if !headers.contains_key(WWW_AUTHENTICATE) {
            return;
        }
        let authentication = self.gate.authentication();
        let wording = Wording {
            resource_metadata: authentication.resource_metadata(),
            is_terse: authentication.body.is_terse,
        };
        let authenticator = &authentication.authenticator;
        let challenge = authenticator.challenge(error, self.used, wording);
        if let Some(Ok(challenge)) = challenge.map(HeaderValue::try_from) {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
    }
}

/// What the hook makes of an answer. It stays a refusal: what is no error and leads nowhere keeps the
/// status, and the headers that clients need are there unless the hook gives others.
fn hooked(
    authentication: &Authentication,
    hook: &ErrorHook,
    error: AuthClientError,
    response: Response,
) -> Response {
    let status = response.status();
    let kept: Vec<(HeaderName, Vec<HeaderValue>)> = KEPT
        .into_iter()
        .map(|name| {
            let values = response.headers().get_all(&name).iter().cloned().collect();
            (name, values)
        })
        .collect();
    let hooked = catch_unwind(AssertUnwindSafe(|| hook(&error, response)));
    let mut response = hooked.unwrap_or_else(|_| {
        events::error_hook_panicked();
        let mut response = answer(&error);
        set_body(&mut response, &error, authentication.body);
        // Its challenge knows the application: `kept` has it.
        response.headers_mut().remove(WWW_AUTHENTICATE);
        response
    });
    let given = response.status();
    let leads_elsewhere = given.is_redirection() && response.headers().contains_key(LOCATION);
    if !(given.is_client_error() || given.is_server_error() || leads_elsewhere) {
        *response.status_mut() = status;
    }
    for (name, values) in kept {
        if response.headers().contains_key(&name) {
            continue;
        }
        for value in values {
            response.headers_mut().append(name.clone(), value);
        }
    }
    response.extensions_mut().insert(error);
    response
}
