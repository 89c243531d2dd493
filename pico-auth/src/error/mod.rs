//! The error hierarchy: [`AuthClientError`] is the base, each leaf is a type of its own.
//!
//! `Display` of every error is the `detail` a client sees. What an operator needs to know and a
//! client must not (the key id, the token id, the cause of an outage) is in accessors and in
//! [`std::error::Error::source`].

mod authentication;
mod configuration;
mod cross_site;
mod permissions;
mod token;
mod trace;
mod unavailable;

pub use authentication::InsufficientAuthenticationError;
pub use configuration::AuthConfigurationError;
pub use cross_site::{CrossSiteReason, CrossSiteRequestError};
pub use permissions::{InsufficientPermissionsError, Permission, RequiredPermissions};
pub use token::{
    MissingTokenError, TokenExpiredError, TokenInvalidError, TokenInvalidReason, TokenKind,
};
pub(crate) use trace::MAX_ID;
pub use unavailable::{AuthUnavailableError, Dependency};

/// Hands all leaves to the macro of this name: what each answers on a transport is written once for all.
#[cfg(feature = "axum")]
macro_rules! each_leaf {
    ($macro:ident) => {
        $macro! {
            MissingTokenError
            TokenExpiredError
            TokenInvalidError
            InsufficientAuthenticationError
            InsufficientPermissionsError
            CrossSiteRequestError
            AuthUnavailableError
            AuthConfigurationError
        }
    };
}
#[cfg(feature = "axum")]
pub(crate) use each_leaf;

/// Any refusal or failure of pico-auth. Match a variant, or catch them all.
///
/// | Variant | HTTP status |
/// |---|---|
/// | [`MissingToken`](Self::MissingToken), [`TokenExpired`](Self::TokenExpired), [`TokenInvalid`](Self::TokenInvalid) | 401 |
/// | [`InsufficientAuthentication`](Self::InsufficientAuthentication) | 401 |
/// | [`InsufficientPermissions`](Self::InsufficientPermissions), [`CrossSiteRequest`](Self::CrossSiteRequest) | 403 |
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
    /// The caller is known, and may do this once they have authenticated anew.
    #[error(transparent)]
    InsufficientAuthentication(#[from] InsufficientAuthenticationError),
    /// The caller is known and may not do this.
    #[error(transparent)]
    InsufficientPermissions(#[from] InsufficientPermissionsError),
    /// The request may come from a page of another origin.
    #[error(transparent)]
    CrossSiteRequest(#[from] CrossSiteRequestError),
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
            Self::MissingToken(_)
            | Self::TokenExpired(_)
            | Self::TokenInvalid(_)
            | Self::InsufficientAuthentication(_) => 401,
            Self::InsufficientPermissions(_) | Self::CrossSiteRequest(_) => 403,
            Self::AuthUnavailable(_) => 503,
            Self::AuthConfiguration(_) => 500,
        }
    }

    /// A short, stable word for clients, logs and metrics, such as `missing_token`, `expired`,
    /// `insufficient_permissions`, `configuration`, or that of the
    /// [reason](TokenInvalidReason::code) or the [dependency](Dependency::code).
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingToken(_) => "missing_token",
            Self::TokenExpired(_) => "expired",
            Self::TokenInvalid(error) => error.reason().code(),
            Self::InsufficientAuthentication(_) => "insufficient_authentication",
            Self::InsufficientPermissions(_) => "insufficient_permissions",
            Self::CrossSiteRequest(error) => error.reason().code(),
            Self::AuthUnavailable(error) => error.what().code(),
            Self::AuthConfiguration(_) => "configuration",
        }
    }

    /// What a caller may read: `Display`, but for a configuration error, which names settings of the
    /// service and is for its log.
    pub fn detail(&self) -> String {
        match self {
            Self::AuthConfiguration(_) => "Authentication is misconfigured".to_owned(),
            _ => self.to_string(),
        }
    }
}
