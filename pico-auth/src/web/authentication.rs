//! Who authenticates the callers of an application, and where the token is found.

use std::fmt;
use std::sync::Arc;

use super::bearer::{AuthorizationHeader, TokenExtractor};
use super::certificate::CertificateHeader;
use crate::authenticator::Authenticator;

/// An [`Authenticator`] and the [`TokenExtractor`] that finds its tokens in a request.
///
/// Made from an authenticator alone, it looks at the `Authorization` header:
/// `router.secured_by(authenticator)`.
#[derive(Clone)]
pub struct Authentication {
    pub(super) authenticator: Authenticator,
    pub(super) extractor: Arc<dyn TokenExtractor>,
    /// Where a proxy names the client's certificate; else the connection's own is taken.
    pub(super) certificate_header: Option<Arc<CertificateHeader>>,
}

impl Authentication {
    /// Looks for the token where `extractor` says, in place of the `Authorization` header.
    pub fn with_extractor(authenticator: Authenticator, extractor: impl TokenExtractor) -> Self {
        Self {
            authenticator,
            extractor: Arc::new(extractor),
            certificate_header: None,
        }
    }

    /// Believes a header of a trusted proxy about the client's certificate, for tokens that are bound to
    /// one (RFC 8705). A [`ClientCertificate`](crate::ClientCertificate) in the extensions of a request is
    /// no longer looked at: it would be the proxy's own.
    #[must_use]
    pub fn certificate_header(mut self, header: CertificateHeader) -> Self {
        self.certificate_header = Some(Arc::new(header));
        self
    }
}

impl From<Authenticator> for Authentication {
    fn from(authenticator: Authenticator) -> Self {
        Self::with_extractor(authenticator, AuthorizationHeader)
    }
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication").finish_non_exhaustive()
    }
}
