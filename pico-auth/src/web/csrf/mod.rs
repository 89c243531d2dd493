//! Protection against cross-site request forgery (CSRF): a browser sends cookies by itself, also with a
//! request that a page of somebody else made. [`CsrfProtection`] lists what is let through.

mod layer;
mod origin;

use std::sync::Arc;

use http::header::{HOST, HeaderName, ORIGIN, UPGRADE};
use http::{HeaderMap, HeaderValue, Method, Request};

use super::request_head::RequestHead;
use crate::error::{AuthConfigurationError, CrossSiteReason, CrossSiteRequestError};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Protection against cross-site request forgery: it refuses what a page of another origin may have made a
/// browser send. A [`TokenCookie`](crate::TokenCookie) has it built in.
///
/// These requests are let through, and no others:
///
/// 1. `GET`, `HEAD` and `OPTIONS` without `Upgrade`. They must not change anything (RFC 9110 §9.2.1), and
///    other origins cannot read the answers unless CORS lets them. CORS does not bind a `WebSocket`, so its
///    handshake, a `GET` with `Upgrade`, needs one of the following.
/// 2. Those whose `Origin` is one of the [`allowed_origins`](Self::allowed_origins).
/// 3. Those with `Sec-Fetch-Site: same-origin`. No page can set this header.
/// 4. Those without `Sec-Fetch-Site` (browsers before 2023, plain http, `WebSocket`) whose `Origin` is that
///    of the service, where no `allowed_origins` are configured: `https`, or `http` on loopback, and the
///    host and port that the request was sent to.
///
/// So a request without either header is refused, and so are `same-site` (a page of a sibling subdomain),
/// `none` (no page: an address that was typed, a form that was shared with an app), `Origin: null`, and two
/// headers where one belongs.
///
/// It is a layer, too, for what has no token yet or no longer, such as a login. Without it, a page of
/// somebody else can log a user in as its own author:
///
/// ```
/// use pico_auth::routing::post;
/// use pico_auth::{CsrfProtection, SecureRouter, allow_anonymous};
///
/// #[allow_anonymous(reason = "whoever logs in has no token yet")]
/// async fn log_in() {}
///
/// let router: SecureRouter =
///     SecureRouter::new().route("/login", post(log_in).route_layer(CsrfProtection::default()));
/// ```
///
/// By `route_layer` it stands behind the gate of the route, so that its refusals are audited, each as a second
/// record after the admission by the endpoint, and are written as
/// [`problem_details`](crate::Authentication::problem_details) and [`on_error`](crate::Authentication::on_error)
/// say. By `layer` it stands before the gate: its refusals are logged and counted, and nothing else.
///
/// Clients that are no browsers send neither header, so the layer is for what only browsers use.
#[derive(Debug, Clone, Default)]
pub struct CsrfProtection {
    allowed: Option<Arc<[Box<str>]>>,
}

impl CsrfProtection {
    /// Lets pages of these origins act, and says with which origin the service's own pages come: the
    /// header `Host` is no longer looked at. Needed where a proxy changes `Host`, where the service is
    /// reached by plain http, or where its pages are served by another host. The last call counts.
    ///
    /// An origin is what browsers send: `https://app.example.com`, `http://localhost:5173`, in lower case,
    /// with the port if it is not the scheme's own, without a path. Origins are compared byte by byte.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `allowed_origins` where one is not such an origin (`null` and `*` are
    /// none), or there is none at all.
    pub fn allowed_origins<O: AsRef<str>>(
        mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Self, AuthConfigurationError> {
        let wrong = |problem: String| AuthConfigurationError::new("allowed_origins", problem);
        let allowed = origins.into_iter().map(|allowed| {
            let allowed = allowed.as_ref();
            origin::problem(allowed).map_or_else(
                || Ok(Box::from(allowed)),
                |problem| Err(wrong(format!("`{allowed}` {problem}"))),
            )
        });
        let allowed: Arc<[Box<str>]> = allowed.collect::<Result<_, _>>()?;
        if allowed.is_empty() {
            return Err(wrong(
                "names no origin; name those whose pages may act, such as `https://app.example.com`"
                    .to_owned(),
            ));
        }
        self.allowed = Some(allowed);
        Ok(self)
    }

    /// Whether this request may have been made by a page of another origin.
    ///
    /// # Errors
    ///
    /// [`CrossSiteRequestError`] unless one of the rules above lets it through.
    pub fn check<B>(&self, request: &Request<B>) -> Result<(), CrossSiteRequestError> {
        self.check_head(RequestHead::of(request))
    }

    pub(super) fn check_head(&self, request: RequestHead<'_>) -> Result<(), CrossSiteRequestError> {
        let headers = request.headers();
        if is_safe(request.method()) && !headers.contains_key(UPGRADE) {
            return Ok(());
        }
        let other = CrossSiteRequestError::new(CrossSiteReason::OtherOrigin);
        let site = one(headers, &SEC_FETCH_SITE).map_err(|Two| other)?;
        let origin = one(headers, &ORIGIN).map_err(|Two| other)?;
        let may = match (site, origin) {
            (None, None) => return Err(CrossSiteRequestError::new(CrossSiteReason::NoOrigin)),
            (Some(b"same-origin"), _) => true,
            (_, Some(origin)) if self.allows(origin) => true,
            (None, Some(origin)) => self.allowed.is_none() && is_own(origin, request),
            (Some(_), _) => false,
        };
        if may { Ok(()) } else { Err(other) }
    }

    fn allows(&self, origin: &[u8]) -> bool {
        let mut allowed = self.allowed.iter().flat_map(|allowed| allowed.iter());
        allowed.any(|allowed| allowed.as_bytes() == origin)
    }
}

/// Not `Method::is_safe`: `TRACE` is safe, too, and no browser has a use for it.
fn is_safe(method: &Method) -> bool {
    [Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// More values than one: a proxy before this service may have believed another than this service would.
struct Two;

/// The value of the header `name`.
fn one<'r>(headers: &'r HeaderMap, name: &HeaderName) -> Result<Option<&'r [u8]>, Two> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value.map(HeaderValue::as_bytes)),
        (_, Some(_)) => Err(Two),
    }
}

/// Whether `origin` is the one that the request was sent to.
fn is_own(origin: &[u8], request: RequestHead<'_>) -> bool {
    // The authority of the request's target counts where it has one, as in HTTP/2 (RFC 9112 §3.2.2).
    let authority = request.uri().authority();
    let authority = authority.map(|authority| Ok(Some(authority.as_str().as_bytes())));
    match authority.unwrap_or_else(|| one(request.headers(), &HOST)) {
        Ok(Some(authority)) => origin::is_of(origin, authority),
        Ok(None) | Err(Two) => false,
    }
}
