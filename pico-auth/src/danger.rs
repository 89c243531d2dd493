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
