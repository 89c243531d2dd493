//! The certificate with which a client opened its TLS connection.

use std::fmt;

use super::base64url;
use crate::crypto::{same, sha256};

/// The certificate with which the client opened its TLS connection (RFC 8705), as far as it matters
/// here: its SHA-256 hash.
///
/// A service that terminates TLS itself puts it into the extensions of each request; one behind a proxy
/// uses a `CertificateHeader`. Whoever terminates TLS has checked that the client has the private key;
/// whether the certificate is valid or who issued it is not asked here, as RFC 8705 §3 binds a token to
/// this very certificate.
///
/// ```
/// use pico_auth::ClientCertificate;
///
/// # let der_of_the_peer: &[u8] = b"";
/// let certificate = ClientCertificate::from_der(der_of_the_peer);
/// // request.extensions_mut().insert(certificate);
/// # let _ = certificate;
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClientCertificate {
    sha256: [u8; 32],
}

impl ClientCertificate {
    /// The certificate in DER form: the first of the chain that the client sent. Bytes that are no
    /// certificate fit no token.
    pub fn from_der(der: &[u8]) -> Self {
        Self {
            sha256: sha256(der),
        }
    }

    /// The hash in base64url: what `x5t#S256` is in a token bound to this certificate.
    pub fn thumbprint(&self) -> String {
        base64url(&self.sha256)
    }

    /// Whether a token with this `x5t#S256` is bound to it.
    pub(super) fn is(&self, x5t_s256: &str) -> bool {
        same(self.thumbprint().as_bytes(), x5t_s256.as_bytes())
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClientCertificate")
            .field(&self.thumbprint())
            .finish()
    }
}
