//! What is looked at to find a token.

use std::fmt;

use http::header::{COOKIE, HeaderName};
use http::{HeaderMap, HeaderValue, Method, Request, Uri};

/// What a [`TokenExtractor`](crate::TokenExtractor) sees of a request: its method, its URI and its headers
/// without `Cookie`. Cookies are read by [`TokenCookie`](crate::TokenCookie) alone, which checks where the
/// request comes from.
///
/// `Debug` shows method and path only.
#[derive(Clone, Copy)]
pub struct RequestHead<'r> {
    method: &'r Method,
    uri: &'r Uri,
    headers: &'r HeaderMap,
}

impl<'r> RequestHead<'r> {
    /// The head of `request`.
    pub fn of<B>(request: &'r Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
        }
    }

    /// The method.
    pub const fn method(self) -> &'r Method {
        self.method
    }

    /// The URI, as the client asked for it; inside nested routers without their prefix.
    pub const fn uri(self) -> &'r Uri {
        self.uri
    }

    /// The values of the header `name`, in order; none for `Cookie`.
    pub fn header_values(
        self,
        name: &HeaderName,
    ) -> impl Iterator<Item = &'r HeaderValue> + use<'r> {
        let readable = *name != COOKIE;
        let values = readable.then(|| self.headers.get_all(name).into_iter());
        values.into_iter().flatten()
    }

    /// All headers, cookies too: for what keeps the check and the cookie together.
    pub(super) const fn headers(self) -> &'r HeaderMap {
        self.headers
    }
}

impl fmt::Debug for RequestHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("method", self.method)
            .field("path", &self.uri.path())
            .finish_non_exhaustive()
    }
}
