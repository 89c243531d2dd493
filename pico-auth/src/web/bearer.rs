//! Finding the token in a request.

use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, HeaderName};

use super::request_head::RequestHead;
use crate::error::{AuthClientError, AuthConfigurationError, MissingTokenError, TokenKind};
use crate::token::RawToken;

/// The header of the agent token.
pub(super) const AGENT_HEADER: HeaderName = HeaderName::from_static("x-agent-authorization");

/// Finds the bearer token in the headers of a request. Tokens in the query string or the body are
/// never looked at: they end up in logs (RFC 6750 §5.3).
///
/// Ready-made: [`AuthorizationHeader`] (the default), [`TokenHeader`] and
/// [`TokenCookie`](crate::TokenCookie). One of your own can look at every header but `Cookie`, and may ask
/// these: so no token comes from a cookie without protection against cross-site requests.
///
/// ```
/// use axum::http::HeaderName;
/// use pico_auth::{
///     AuthClientError, MissingTokenError, RawToken, RequestHead, TokenExtractor, TokenKind,
/// };
///
/// /// A header that holds the token alone, without a scheme.
/// struct ApiToken;
///
/// impl TokenExtractor for ApiToken {
///     fn extract<'r>(&self, request: RequestHead<'r>) -> Result<Option<RawToken<'r>>, AuthClientError> {
///         let name = HeaderName::from_static("x-api-token");
///         let mut values = request.header_values(&name);
///         let token = match (values.next(), values.next()) {
///             (None, _) => return Ok(None),
///             (Some(value), None) => RawToken::from_bytes(value.as_bytes()),
///             (Some(_), Some(_)) => None,
///         };
///         token.map(Some).ok_or_else(|| MissingTokenError::new(TokenKind::Bearer).into())
///     }
/// }
/// # let request = axum::http::Request::get("/").header("X-Api-Token", "abc").body(()).unwrap();
/// # let found = ApiToken.extract(RequestHead::of(&request)).unwrap();
/// # assert_eq!(found.map(RawToken::as_str), Some("abc"));
/// ```
pub trait TokenExtractor: Send + Sync + 'static {
    /// The token; `None` where the request has none at all.
    ///
    /// # Errors
    ///
    /// [`MissingTokenError`] where something is there and is not exactly one token, so that
    /// `#[optional_authentication]` does not take a broken header for an anonymous caller.
    /// [`CrossSiteRequestError`](crate::CrossSiteRequestError) where it is a cookie's and another site may
    /// have caused the request.
    fn extract<'r>(
        &self,
        request: RequestHead<'r>,
    ) -> Result<Option<RawToken<'r>>, AuthClientError>;
}

pub(super) const NOT_ONE_TOKEN: MissingTokenError = MissingTokenError::new(TokenKind::Bearer);

/// The `Authorization` header, scheme `Bearer` in any case (RFC 6750 §2.1), or `DPoP` where the
/// authenticator accepts it (RFC 9449 §7.1).
///
/// Exactly one such header: with two, this service and a proxy before it could each believe another.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuthorizationHeader;

impl TokenExtractor for AuthorizationHeader {
    fn extract<'r>(
        &self,
        request: RequestHead<'r>,
    ) -> Result<Option<RawToken<'r>>, AuthClientError> {
        single_credential(request.headers(), &AUTHORIZATION, of_caller)
            .map_err(|NotOne| NOT_ONE_TOKEN.into())
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
    /// [`AuthConfigurationError`] where `name` is not a header name, is the agent's header, or is `Cookie`.
    pub fn new(name: &str) -> Result<Self, AuthConfigurationError> {
        let wrong = |why| AuthConfigurationError::new("token_header", format!("`{name}` {why}"));
        let name = HeaderName::try_from(name).map_err(|_| wrong("is not a header name"))?;
        if name == AGENT_HEADER {
            return Err(wrong(
                "is for the agent's token: one token cannot be both identities",
            ));
        }
        if name == COOKIE {
            return Err(wrong(
                "is sent by browsers of their own accord; use `TokenCookie`",
            ));
        }
        Ok(Self { name })
    }
}

impl TokenExtractor for TokenHeader {
    fn extract<'r>(
        &self,
        request: RequestHead<'r>,
    ) -> Result<Option<RawToken<'r>>, AuthClientError> {
        single_credential(request.headers(), &self.name, of_caller)
            .map_err(|NotOne| NOT_ONE_TOKEN.into())
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
