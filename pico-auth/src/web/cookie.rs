//! A token in a cookie of a browser.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::{COOKIE, HeaderName};

use super::bearer::{AuthorizationHeader, NOT_ONE_TOKEN, TokenExtractor};
use super::csrf::CsrfProtection;
use super::request_head::RequestHead;
use crate::danger::AllowCrossSiteRequests;
use crate::error::{AuthClientError, AuthConfigurationError};
use crate::token::RawToken;

/// A cookie that holds the token and nothing else, for pages whose scripts shall not see it.
///
/// A browser sends cookies by itself, also with a request that a page of somebody else made. So a request
/// with this cookie must pass [`CsrfProtection`] before the token is looked at; else it is refused with
/// [`CrossSiteRequestError`](crate::CrossSiteRequestError). `#[allow_anonymous]` functions do not look at the
/// cookie and are not protected.
///
/// ```
/// use pico_auth::{Authentication, Authenticator, SecureRouter, SecuredService, TokenCookie};
///
/// fn app(router: SecureRouter, authenticator: Authenticator) -> SecuredService {
///     // The cookie `__Host-token`.
///     router.secured_by(Authentication::with_extractor(authenticator, TokenCookie::default()))
/// }
/// ```
///
/// Exactly one such cookie: with two, one may have been planted by another subdomain. The default name
/// keeps others from planting one at all. Other cookies do not matter, whatever they hold.
///
/// Shared caches may keep the answer to a request with a cookie for others (RFC 9111 §3.5 speaks of
/// `Authorization` alone): send `Cache-Control: private` or `no-store` with what is personal.
#[derive(Debug, Clone)]
pub struct TokenCookie {
    pub(super) name: Cow<'static, str>,
    /// `None`: somebody said in code that they want none.
    protection: Option<CsrfProtection>,
    or_header: bool,
}

/// The cookie `__Host-token`. Browsers take a cookie with this prefix only from the host itself over a secure
/// connection, so that neither another subdomain nor the network can plant one.
impl Default for TokenCookie {
    fn default() -> Self {
        Self::of(Cow::Borrowed("__Host-token"))
    }
}

impl TokenCookie {
    /// The cookie `name`, compared byte by byte. Let it begin with `__Host-`: a cookie of another name can
    /// be planted by any subdomain.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `token_cookie` where `name` is not a cookie name (RFC 6265 §4.1.1), or
    /// begins with `__Host-` or `__Secure-` in another case, which not all browsers heed.
    pub fn new(name: impl Into<String>) -> Result<Self, AuthConfigurationError> {
        let name = name.into();
        let wrong =
            |why: &str| AuthConfigurationError::new("token_cookie", format!("`{name}` {why}"));
        let is_token = |byte| HeaderName::from_bytes(&[byte]).is_ok();
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(wrong("is not a cookie name"));
        }
        for prefix in ["__Host-", "__Secure-"] {
            let start = name.get(..prefix.len()).unwrap_or_default();
            if start.eq_ignore_ascii_case(prefix) && start != prefix {
                return Err(wrong(&format!(
                    "does not begin with `{prefix}` in this case"
                )));
            }
        }
        Ok(Self::of(Cow::Owned(name)))
    }

    fn of(name: Cow<'static, str>) -> Self {
        Self {
            name,
            protection: Some(CsrfProtection::default()),
            or_header: false,
        }
    }

    /// Protects by these rules, for instance with other [`allowed_origins`](CsrfProtection::allowed_origins).
    #[must_use]
    pub fn csrf_protection(mut self, protection: CsrfProtection) -> Self {
        self.protection = Some(protection);
        self
    }

    /// Takes the token of the `Authorization` header, too, for clients that are no browsers. No page of
    /// another origin can set that header unless CORS lets it, so such a request is not checked.
    ///
    /// A request with both is refused as one with two tokens (RFC 6750 §2): it would not be clear who acts.
    #[must_use]
    pub fn or_authorization_header(mut self) -> Self {
        self.or_header = true;
        self
    }

    /// Accepts the cookie from whatever page made the browser send it: see
    /// [`danger::allow_cross_site_requests`](crate::danger::allow_cross_site_requests).
    #[must_use]
    pub fn accept_cross_site_requests(mut self, _: AllowCrossSiteRequests) -> Self {
        self.protection = None;
        self
    }

    /// What the cookie holds; more than one such cookie is an error.
    fn value<'r>(&self, headers: &'r HeaderMap) -> Result<Option<&'r [u8]>, AuthClientError> {
        let mut found = None;
        for header in headers.get_all(COOKIE) {
            // Bytes, not text: what another cookie holds must not lock the caller out.
            for pair in header.as_bytes().split(|byte| *byte == b';') {
                let mut parts = pair.trim_ascii().splitn(2, |byte| *byte == b'=');
                let (Some(name), Some(value)) = (parts.next(), parts.next()) else {
                    continue;
                };
                if name == self.name.as_bytes() && found.replace(value).is_some() {
                    return Err(NOT_ONE_TOKEN.into());
                }
            }
        }
        Ok(found)
    }
}

impl TokenExtractor for TokenCookie {
    fn extract<'r>(
        &self,
        request: RequestHead<'r>,
    ) -> Result<Option<RawToken<'r>>, AuthClientError> {
        let cookie = self.value(request.headers())?;
        let header = if self.or_header {
            AuthorizationHeader.extract(request)?
        } else {
            None
        };
        let value = match (cookie, header) {
            (None, header) => return Ok(header),
            (Some(_), Some(_)) => return Err(NOT_ONE_TOKEN.into()),
            (Some(value), None) => value,
        };
        if let Some(protection) = &self.protection {
            protection.check_head(request)?;
        }
        let token = RawToken::from_bytes(value).ok_or(NOT_ONE_TOKEN)?;
        Ok(Some(token))
    }
}
