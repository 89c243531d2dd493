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

/// Says in code that the list of revoked tokens may travel unencrypted. See [`allow_plaintext_redis`].
#[cfg(feature = "redis")]
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct AllowPlaintextRedis(());

/// Permits [`RedisRevocationListBuilder::plaintext`](crate::RedisRevocationListBuilder::plaintext): a
/// `redis://` URL that does not name a loopback host.
///
/// Whoever can touch the network between the service and Redis can then read the password, hide a
/// revocation, or revoke any token.
#[cfg(feature = "redis")]
pub const fn allow_plaintext_redis() -> AllowPlaintextRedis {
    AllowPlaintextRedis(())
}
