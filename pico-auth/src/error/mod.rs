//! The error hierarchy: [`AuthClientError`] is the base, each leaf is a type of its own.
//!
//! `Display` of every error is the `detail` a client sees. What an operator needs to know and a
//! client must not (the key id, the token id, the cause of an outage) is in accessors and in
//! [`std::error::Error::source`].

mod configuration;
mod permissions;
mod token;
mod trace;
mod unavailable;

pub use configuration::AuthConfigurationError;
pub use permissions::{InsufficientPermissionsError, Permission, RequiredPermissions};
pub use token::{
    MissingTokenError, TokenExpiredError, TokenInvalidError, TokenInvalidReason, TokenKind,
};
pub use unavailable::{AuthUnavailableError, Dependency};

/// Any refusal or failure of pico-auth. Match a variant, or catch them all.
///
/// | Variant | HTTP status |
/// |---|---|
/// | [`MissingToken`](Self::MissingToken), [`TokenExpired`](Self::TokenExpired), [`TokenInvalid`](Self::TokenInvalid) | 401 |
/// | [`InsufficientPermissions`](Self::InsufficientPermissions) | 403 |
/// | [`AuthUnavailable`](Self::AuthUnavailable) | 503 |
/// | [`AuthConfiguration`](Self::AuthConfiguration) | 500, but it belongs to start-up |
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum AuthClientError {
    /// No usable token was sent.
    #[error(transparent)]
    MissingToken(#[from] MissingTokenError),
    /// The token was valid once.
    #[error(transparent)]
    TokenExpired(#[from] TokenExpiredError),
    /// The token is refused for any other reason.
    #[error(transparent)]
    TokenInvalid(#[from] TokenInvalidError),
    /// The caller is known and may not do this.
    #[error(transparent)]
    InsufficientPermissions(#[from] InsufficientPermissionsError),
    /// Whether the caller may do this cannot be decided now.
    #[error(transparent)]
    AuthUnavailable(#[from] AuthUnavailableError),
    /// The service is configured wrongly.
    #[error(transparent)]
    AuthConfiguration(#[from] AuthConfigurationError),
}

impl AuthClientError {
    /// The HTTP status that answers this error.
    pub const fn status_code(&self) -> u16 {
        match self {
            Self::MissingToken(_) | Self::TokenExpired(_) | Self::TokenInvalid(_) => 401,
            Self::InsufficientPermissions(_) => 403,
            Self::AuthUnavailable(_) => 503,
            Self::AuthConfiguration(_) => 500,
        }
    }
}
