//! Everything that weakens a default, so that a search for `danger` finds it. One setting does, too:
//! [`revocation_fail_open`](crate::AuthClientSettings::revocation_fail_open), which writes to the log as long
//! as it accepts tokens unchecked.

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

/// Says in code that introspected tokens need not name this service. See [`allow_missing_audience`].
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct AllowMissingAudience(());

/// Permits `IntrospectionClientBuilder::accept_missing_audience` to accept tokens of which the issuer
/// does not say for whom they are.
///
/// Without an audience, a token that a user gave to any other service of the same issuer opens this one,
/// too. First see whether the issuer names the service in another member: `audience_claim` of the
/// settings can be `client_id`.
pub const fn allow_missing_audience() -> AllowMissingAudience {
    AllowMissingAudience(())
}

/// Says in code that introspected tokens need not expire. See [`allow_missing_expiry`].
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct AllowMissingExpiry(());

/// Permits `IntrospectionClientBuilder::accept_missing_expiry` to accept tokens of which the issuer does
/// not say when they expire.
///
/// A stolen token without an expiry works until somebody revokes it. For such a token the caller's
/// `expires_at` is only when the issuer is asked again: a [`RevocationList`](crate::RevocationList) that
/// forgets it then would bring it back to life.
pub const fn allow_missing_expiry() -> AllowMissingExpiry {
    AllowMissingExpiry(())
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

/// Says in code that a token in a cookie counts whoever made the browser send it. See
/// [`allow_cross_site_requests`].
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct AllowCrossSiteRequests(());

/// Permits `TokenCookie::accept_cross_site_requests` to leave out the protection against cross-site request
/// forgery.
///
/// Any page on the web can then do in the name of its visitors whatever this service lets them do, unless
/// something before the service refuses such requests. The attribute `SameSite` of the cookie is not enough:
/// other ports and subdomains are the same site. Where pages of other origins must act, name them by
/// `CsrfProtection::allowed_origins`.
pub const fn allow_cross_site_requests() -> AllowCrossSiteRequests {
    AllowCrossSiteRequests(())
}

/// Says in code that the list of revoked tokens may travel unencrypted. See [`allow_plaintext_redis`].
#[cfg(feature = "redis")]
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct AllowPlaintextRedis(());

/// Permits [`RedisRevocationListBuilder::accept_plaintext`](crate::RedisRevocationListBuilder::accept_plaintext): a
/// `redis://` URL that does not name a loopback host.
///
/// Whoever can touch the network between the service and Redis can then read the password, hide a
/// revocation, or revoke any token.
#[cfg(feature = "redis")]
pub const fn allow_plaintext_redis() -> AllowPlaintextRedis {
    AllowPlaintextRedis(())
}
