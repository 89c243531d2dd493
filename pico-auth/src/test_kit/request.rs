//! Tokens on requests of tests.

use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use http::request::Builder;

use super::must;

const AGENT: HeaderName = HeaderName::from_static("x-agent-authorization");

/// The tokens of a request that a test builds, for `oneshot` of tower and whatever takes a request.
///
/// ```
/// use axum::body::Body;
/// use axum::http::Request;
/// use pico_auth::test_kit::{RequestTokens, TestIssuer};
///
/// let issuer = TestIssuer::in_memory();
/// let request = Request::get("/orders")
///     .bearer(issuer.token("u1").role("admin").sign())
///     .agent(issuer.token("bot").agent_scopes(["orders:read"]).sign())
///     .body(Body::empty())
///     .unwrap();
/// assert!(request.headers().contains_key("authorization"));
/// # assert!(request.headers().contains_key("x-agent-authorization"));
/// ```
pub trait RequestTokens {
    /// Adds the caller's token: `Authorization: Bearer ..`. A second one is added, not replaced, as an
    /// attacker could do.
    #[must_use]
    fn bearer(self, token: impl AsRef<str>) -> Self;

    /// Adds the agent's token: `X-Agent-Authorization: Bearer ..`.
    #[must_use]
    fn agent(self, token: impl AsRef<str>) -> Self;
}

impl RequestTokens for Builder {
    fn bearer(self, token: impl AsRef<str>) -> Self {
        let (name, value) = bearer(token);
        self.header(name, value)
    }

    fn agent(self, token: impl AsRef<str>) -> Self {
        let (name, value) = agent(token);
        self.header(name, value)
    }
}

/// The header with the caller's token, name and value, for clients with headers of their own: the crate
/// `axum-test` takes it by `let (name, value) = bearer(token); server.get("/orders").add_header(name, value)`.
///
/// # Panics
///
/// If the token cannot be in a header, as one with a line break.
#[track_caller]
pub fn bearer(token: impl AsRef<str>) -> (HeaderName, HeaderValue) {
    (AUTHORIZATION, credentials(token.as_ref()))
}

/// The header with the agent's token, as [`bearer`].
///
/// # Panics
///
/// If the token cannot be in a header, as one with a line break.
#[track_caller]
pub fn agent(token: impl AsRef<str>) -> (HeaderName, HeaderValue) {
    (AGENT, credentials(token.as_ref()))
}

#[track_caller]
fn credentials(token: &str) -> HeaderValue {
    let value = HeaderValue::try_from(format!("Bearer {token}"));
    let mut value = must(value, "a token in a header");
    value.set_sensitive(true);
    value
}
