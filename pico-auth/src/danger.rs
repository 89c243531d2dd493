//! Everything that weakens a default, so that a search for `danger` finds it.

/// Says in code that this service may run without authentication where its settings say
/// `enabled = false`. See [`allow_disabling`].
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct AllowDisabling(());

/// Permits [`AuthLayer::disableable`](crate::AuthLayer::disableable) to let every request through
/// unauthenticated where the settings say `enabled = false`.
///
/// Without this call a disabled authenticator and an `AuthLayer` are an
/// [`AuthConfigurationError`](crate::AuthConfigurationError): one environment variable alone must not
/// open a service. Annotated functions refuse all the same, as nobody is authenticated.
pub const fn allow_disabling() -> AllowDisabling {
    AllowDisabling(())
}

/// Says in code that a proxy before this service can be trusted with a header that names the client's
/// certificate. See [`trust_certificate_header`].
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct TrustCertificateHeader(());

/// Permits `CertificateHeader` to believe a header that names the client's certificate.
///
/// Certificates are public: whoever has stolen a token and can write this header has all that the token
/// is bound to. So the proxy that terminates TLS must remove the header from every request of a client
/// before it writes its own, and nobody may reach the service past the proxy.
pub const fn trust_certificate_header() -> TrustCertificateHeader {
    TrustCertificateHeader(())
}
