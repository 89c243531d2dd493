//! The cookie as the service sets it.

use std::time::Duration;

use super::cookie::TokenCookie;
use crate::error::{TokenInvalidError, TokenInvalidReason, TokenKind};
use crate::token::RawToken;

/// What browsers keep of one cookie: name and value, in bytes. They drop larger ones without a word.
const MAX_BYTES: usize = 4096;

impl TokenCookie {
    /// The value of `Set-Cookie` that gives this token to a browser, for `max_age`: the time until the token
    /// expires, such as `expires_in` of the token response. Parts of a second do not count.
    ///
    /// The attributes are fixed: `HttpOnly` (no script can read it), `Secure` (never sent in clear, but to
    /// loopback), `SameSite=Lax` (not sent by most browsers with what another site posts), `Path=/` and no
    /// `Domain` (for this host alone).
    ///
    /// ```
    /// use std::time::Duration;
    /// use axum::http::header::SET_COOKIE;
    /// use axum::response::{IntoResponse, Redirect};
    /// use pico_auth::{AuthClientError, TokenCookie};
    ///
    /// fn logged_in(cookie: &TokenCookie, token: &str) -> Result<impl IntoResponse, AuthClientError> {
    ///     let cookie = cookie.set_cookie(token, Duration::from_secs(300))?;
    ///     Ok(([(SET_COOKIE, cookie)], Redirect::to("/")))
    /// }
    /// # assert!(logged_in(&TokenCookie::default(), "abc").is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// [`TokenInvalidError`] with the reason `Malformed` where `token` has not the form of a token, and
    /// `TooLarge` where browsers would drop the cookie: name and token have more than 4096 bytes.
    pub fn set_cookie(&self, token: &str, max_age: Duration) -> Result<String, TokenInvalidError> {
        let invalid = |reason| TokenInvalidError::new(TokenKind::Bearer, reason);
        if RawToken::from_bytes(token.as_bytes()).is_none() {
            let reason = TokenInvalidReason::Malformed("not a token");
            return Err(invalid(reason));
        }
        if self.name.len() + token.len() > MAX_BYTES {
            return Err(invalid(TokenInvalidReason::TooLarge));
        }
        Ok(self.written(token, max_age.as_secs()))
    }

    /// The value of `Set-Cookie` that takes the cookie from the browser, for a logout. The token itself is
    /// good until it expires, or until it is revoked ([`RevocationList`](crate::RevocationList)).
    pub fn clear_cookie(&self) -> String {
        self.written("", 0)
    }

    fn written(&self, value: &str, seconds: u64) -> String {
        let name = &self.name;
        format!("{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; Secure; SameSite=Lax")
    }
}
