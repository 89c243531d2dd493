//! Finding the token in a request.

use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, HeaderName};

use crate::error::{AuthConfigurationError, MissingTokenError, TokenKind};
use crate::token::RawToken;

/// The header of the agent token.
pub(super) const AGENT_HEADER: HeaderName = HeaderName::from_static("x-agent-authorization");

/// Finds the bearer token in the headers of a request. Tokens in the query string or the body are
/// never looked at: they end up in logs (RFC 6750 §5.3).
///
/// Ready-made: [`AuthorizationHeader`] (the default), [`TokenHeader`] and [`TokenCookie`].
pub trait TokenExtractor: Send + Sync + 'static {
    /// The token; `None` where the request has none at all.
    ///
    /// # Errors
    ///
    /// [`MissingTokenError`] where something is there and is not exactly one token, so that
    /// `#[optional_authentication]` does not take a broken header for an anonymous caller.
    fn extract<'r>(
        &self,
        headers: &'r HeaderMap,
    ) -> Result<Option<RawToken<'r>>, MissingTokenError>;
}

const NOT_ONE_TOKEN: MissingTokenError = MissingTokenError::new(TokenKind::Bearer);

/// The `Authorization` header, scheme `Bearer` in any case (RFC 6750 §2.1), or `DPoP` where the
/// authenticator accepts it (RFC 9449 §7.1).
///
/// Exactly one such header: with two, this service and a proxy before it could each believe another.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuthorizationHeader;

impl TokenExtractor for AuthorizationHeader {
    fn extract<'r>(
        &self,
        headers: &'r HeaderMap,
    ) -> Result<Option<RawToken<'r>>, MissingTokenError> {
        single_credential(headers, &AUTHORIZATION, of_caller).map_err(|NotOne| NOT_ONE_TOKEN)
    }
}

/// A header of another name that holds scheme and token, as `Authorization` does.
#[derive(Debug, Clone)]
pub struct TokenHeader {
    name: HeaderName,
}

impl TokenHeader {
    /// The header `name`, in any case.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] where `name` is not a header name, or is the agent's header.
    pub fn new(name: &str) -> Result<Self, AuthConfigurationError> {
        let wrong = |why| AuthConfigurationError::new("token_header", format!("`{name}` {why}"));
        let name = HeaderName::try_from(name).map_err(|_| wrong("is not a header name"))?;
        if name == AGENT_HEADER {
            return Err(wrong(
                "is for the agent's token: one token cannot be both identities",
            ));
        }
        Ok(Self { name })
    }
}

impl TokenExtractor for TokenHeader {
    fn extract<'r>(
        &self,
        headers: &'r HeaderMap,
    ) -> Result<Option<RawToken<'r>>, MissingTokenError> {
        single_credential(headers, &self.name, of_caller).map_err(|NotOne| NOT_ONE_TOKEN)
    }
}

/// A cookie that holds the token and nothing else.
///
/// A browser sends cookies by itself, also where another site caused the request. Use it only with
/// `SameSite` cookies or a check of your own against cross-site request forgery.
#[derive(Debug, Clone)]
pub struct TokenCookie {
    name: String,
}

impl TokenCookie {
    /// The cookie `name`, compared byte by byte.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] where `name` is not a cookie name (RFC 6265 §4.1.1).
    pub fn new(name: impl Into<String>) -> Result<Self, AuthConfigurationError> {
        let name = name.into();
        let is_token = !name.is_empty()
            && name
                .bytes()
                .all(|byte| HeaderName::from_bytes(&[byte]).is_ok());
        if !is_token {
            let problem = format!("`{name}` is not a cookie name");
            return Err(AuthConfigurationError::new("token_cookie", problem));
        }
        Ok(Self { name })
    }
}

impl TokenExtractor for TokenCookie {
    fn extract<'r>(
        &self,
        headers: &'r HeaderMap,
    ) -> Result<Option<RawToken<'r>>, MissingTokenError> {
        let mut found = None;
        for header in headers.get_all(COOKIE) {
            // Bytes, not text: what another cookie holds must not lock the caller out.
            for pair in header.as_bytes().split(|byte| *byte == b';') {
                let mut parts = pair.trim_ascii().splitn(2, |byte| *byte == b'=');
                let (Some(name), Some(value)) = (parts.next(), parts.next()) else {
                    continue;
                };
                if name == self.name.as_bytes() && found.replace(value).is_some() {
                    return Err(NOT_ONE_TOKEN);
                }
            }
        }
        found
            .map(|token| RawToken::from_bytes(token).ok_or(NOT_ONE_TOKEN))
            .transpose()
    }
}

/// A token by one of the schemes by which a caller's may come.
fn of_caller(value: &[u8]) -> Option<RawToken<'_>> {
    RawToken::from_header_value(value).or_else(|| RawToken::from_dpop_header_value(value))
}

/// Something is there, and it is not exactly one credential.
pub(super) struct NotOne;

/// The one credential in the header `name`, as `read` reads it; `None` where there is no such header.
pub(super) fn single_credential<'r>(
    headers: &'r HeaderMap,
    name: &HeaderName,
    read: impl Fn(&'r [u8]) -> Option<RawToken<'r>>,
) -> Result<Option<RawToken<'r>>, NotOne> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => read(value.as_bytes()).map(Some).ok_or(NotOne),
        (Some(_), Some(_)) => Err(NotOne),
    }
}
