//! The client's certificate, as the proxy that terminated TLS tells it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, HeaderName};
use http::{Extensions, HeaderMap};

use super::bearer::AGENT_HEADER;
use crate::binding::ClientCertificate;
use crate::danger::TrustCertificateHeader;
use crate::error::{AuthConfigurationError, TokenInvalidReason};

/// A header in which a trusted proxy names the certificate of the client (RFC 8705).
///
/// **A client that can write this header can use stolen tokens.** The proxy must remove it from every
/// request before it writes its own, and must be the only way to the service; that is what
/// [`danger::trust_certificate_header`](crate::danger::trust_certificate_header) says in code.
///
/// ```
/// use pico_auth::danger::trust_certificate_header;
/// use pico_auth::{Authentication, AuthConfigurationError, Authenticator, CertificateHeader};
///
/// fn behind_nginx(authenticator: Authenticator) -> Result<Authentication, AuthConfigurationError> {
///     // proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;
///     let header = CertificateHeader::pem("x-ssl-client-cert", trust_certificate_header())?;
///     Ok(Authentication::from(authenticator).certificate_header(header))
/// }
/// ```
#[derive(Debug, Clone)]
pub struct CertificateHeader {
    name: HeaderName,
    format: Format,
}

#[derive(Debug, Clone, Copy)]
enum Format {
    /// RFC 9440 §2.1: DER in base64 between colons.
    ByteSequence,
    /// PEM (RFC 7468 §5), percent-encoded.
    EscapedPem,
}

impl CertificateHeader {
    /// The header `Client-Cert` of RFC 9440: base64 of the DER form between colons.
    pub const fn client_cert(_: TrustCertificateHeader) -> Self {
        Self {
            name: HeaderName::from_static("client-cert"),
            format: Format::ByteSequence,
        }
    }

    /// A header of another name that holds one certificate in percent-encoded PEM, as nginx writes it
    /// with `$ssl_client_escaped_cert`.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `certificate_header` where `name` is not the name of a header, or
    /// of one that holds something else.
    pub fn pem(name: &str, _: TrustCertificateHeader) -> Result<Self, AuthConfigurationError> {
        let wrong =
            |why| AuthConfigurationError::new("certificate_header", format!("`{name}` {why}"));
        let name = HeaderName::try_from(name).map_err(|_| wrong("is not a header name"))?;
        if [AUTHORIZATION, AGENT_HEADER].contains(&name) {
            return Err(wrong("is for tokens"));
        }
        Ok(Self {
            name,
            format: Format::EscapedPem,
        })
    }

    /// The certificate; `None` where there is no header, or an empty one, as some proxies write it for a
    /// client without a certificate.
    pub(super) fn read(
        &self,
        headers: &HeaderMap,
    ) -> Result<Option<ClientCertificate>, TokenInvalidReason> {
        const MALFORMED: TokenInvalidReason =
            TokenInvalidReason::SenderConstraint("came with a malformed client certificate header");
        let mut values = headers.get_all(&self.name).iter();
        let value = match (values.next(), values.next()) {
            (None, _) => return Ok(None),
            (Some(value), None) => value.as_bytes(),
            // A client's own beside the proxy's: it was not removed.
            (Some(_), Some(_)) => return Err(MALFORMED),
        };
        if value.is_empty() {
            return Ok(None);
        }
        let der = match self.format {
            Format::ByteSequence => byte_sequence(value),
            Format::EscapedPem => escaped_pem(value),
        };
        let der = der.filter(|der| !der.is_empty()).ok_or(MALFORMED)?;
        Ok(Some(ClientCertificate::from_der(&der)))
    }
}

/// The certificate that the service's own TLS layer put beside the request: no client can.
pub(super) fn of_connection(extensions: &Extensions) -> Option<ClientCertificate> {
    extensions.get::<ClientCertificate>().copied()
}

/// A byte sequence of RFC 8941 §3.3.5, without parameters.
fn byte_sequence(value: &[u8]) -> Option<Vec<u8>> {
    let base64 = value.strip_prefix(b":")?.strip_suffix(b":")?;
    STANDARD.decode(base64).ok()
}

/// One certificate in PEM. A plus sign is itself, not a space: it is a digit of base64.
fn escaped_pem(value: &[u8]) -> Option<Vec<u8>> {
    const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
    const END: &[u8] = b"-----END CERTIFICATE-----";
    let pem = unescaped(value)?;
    let base64 = pem.trim_ascii().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let is_digit = |byte: &u8| !byte.is_ascii_whitespace();
    let base64: Vec<u8> = base64.iter().copied().filter(is_digit).collect();
    STANDARD.decode(base64).ok()
}

fn unescaped(value: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = value.iter().copied();
    let mut plain = Vec::with_capacity(value.len());
    while let Some(byte) = bytes.next() {
        plain.push(if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            u8::try_from(digit()? * 16 + digit()?).ok()?
        } else {
            byte
        });
    }
    Some(plain)
}
