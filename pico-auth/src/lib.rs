//! Authorization for axum services: who may call a function stands above it and is part of its type.
//!
//! ```
//! use pico_auth::{AuthClientError, SecureRouter, SecurityContext, allow_anonymous, requires_role};
//! use pico_auth::routing::{delete, get};
//!
//! #[allow_anonymous]
//! async fn health() -> &'static str {
//!     "ok"
//! }
//!
//! #[requires_role("admin")]
//! async fn delete_user(caller: SecurityContext) -> Result<String, AuthClientError> {
//!     Ok(format!("deleted by {}", caller.subject()))
//! }
//!
//! let router: SecureRouter =
//!     SecureRouter::new().route("/health", get(health)).route("/user", delete(delete_user));
//! ```
//!
//! `router.secured_by(authenticator)` makes it a service for `axum::serve`:
//!
//! ```no_run
//! # use pico_auth::{AuthClientSettings, Authenticator, SecureRouter};
//! # async fn serve(router: SecureRouter) -> Result<(), Box<dyn std::error::Error>> {
//! let authenticator = Authenticator::new(AuthClientSettings::from_env()?)?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! axum::serve(listener, router.secured_by(authenticator)).await?;
//! # Ok(()) }
//! ```
//!
//! # What holds
//!
//! - **A handler without a rule does not compile** when it is given to [`routing`].
//! - The rule is checked before any extractor runs, and again when the function itself runs, wherever
//!   it is called from: another handler, a job, a test.
//! - Tokens are verified by an allow-list of public-key algorithms, with `exp`, `iss` and `aud`
//!   mandatory. What says that it is not an access token is refused, and so is a token that is bound to
//!   its sender (`cnf`) from anybody else.
//! - Whatever cannot be decided is refused: 401, 403 or 503, as [`AuthClientError`] lists.
//!
//! A caller is identified by a bearer token (`Authorization`). An agent that acts for them, a program or
//! a language model, may send a token of its own (`X-Agent-Authorization`); its scopes are checked by
//! [`requires_agent_scope`].
//!
//! | Status | When | Error |
//! |---|---|---|
//! | 401 | no token, an expired one, a bad one | [`MissingTokenError`], [`TokenExpiredError`], [`TokenInvalidError`] |
//! | 403 | the rule does not hold | [`InsufficientPermissionsError`] |
//! | 503 | it cannot be decided now | [`AuthUnavailableError`] |
//!
//! # Where to look
//!
//! | You want to | Look at |
//! |---|---|
//! | say who may call a function | [`requires_role`], [`requires_group`], [`requires_scope`], [`requires_agent_scope`], [`authenticated`], [`optional_authentication`], [`allow_anonymous`] |
//! | put rules together, and let them depend on the request | [`authorize`], [`Policy`], [`PolicyDecider`] |
//! | have roles, groups and scopes as types | [`Role`], [`Group`], [`Scope`], [`TypedName`] |
//! | route requests | [`SecureRouter`], [`routing`]; [`AuthLayer`] for plain axum routers |
//! | know the caller | [`SecurityContext`], [`AgentContext`] |
//! | know what else the token says | [`derive@Claims`], the extractor [`Claims`](struct@Claims), [`providers`] |
//! | configure it | [`AuthClientSettings`], [`Authenticator`] |
//! | trust several issuers | [`Authenticator::trusting`] |
//! | start only once there are keys, and the list of revoked tokens | [`Authenticator::wait_until_ready`] |
//! | take roles from elsewhere | [`RoleResolver`] |
//! | accept tokens that only their owner can use | [`Dpop`], `CertificateHeader`, [`ClientCertificate`] |
//! | refuse tokens before they expire | the setting `revocation_endpoint` ([`PolledRevocationList`]), [`MemoryRevocationList`], `RedisRevocationList`, [`RevocationList`] |
//! | take keys from elsewhere | [`KeySource`], [`StaticKeys`] |
//! | accept opaque tokens | [`IntrospectionClient`], [`TokenVerifier`] |
//! | test a service | `test_kit` (feature `test-kit`) |
//! | see everything that weakens a default | [`danger`] |
//!
//! # Features
//!
//! | Feature | Default | What it adds |
//! |---|---|---|
//! | `axum` | yes | [`SecureRouter`], [`routing`], [`AuthLayer`], extractors |
//! | `http-client` | yes | [`JwksClient`]: keys over HTTPS, discovery; [`PolledRevocationList`]; [`IntrospectionClient`] |
//! | `redis` | no | `RedisRevocationList`: revocations that reach every instance |
//! | `macros` | yes | the attributes and derive macros |
//! | `test-kit` | no | `test_kit`, for tests only |
//!
//! Features add items and never change what the others do.

mod authenticator;
mod binding;
mod challenge;
mod claims;
mod clock;
mod context;
pub mod danger;
mod decider;
mod digest;
mod error;
mod events;
#[cfg(feature = "http-client")]
mod fetch;
#[cfg(feature = "http-client")]
mod introspection;
mod jwks;
mod jwt;
mod names;
mod policy;
pub mod providers;
mod revocation;
mod roles;
pub mod rule;
mod settings;
mod strict;
#[cfg(feature = "test-kit")]
pub mod test_kit;
mod token;
mod verifier;
#[cfg(feature = "axum")]
mod web;

#[doc(hidden)]
pub mod __private;

// The public interface.

// Rules
pub use decider::PolicyDecider;
pub use names::{GroupName, RoleName, ScopeName, TypedName, TypedNames};
#[cfg(feature = "macros")]
#[doc(inline)]
pub use pico_auth_macros::{
    Claims, Group, Role, Scope, allow_anonymous, authenticated, authorize, optional_authentication,
    requires_agent_scope, requires_group, requires_role, requires_scope,
};
pub use policy::{Condition, Explanation, Outcome, Policy, Requirement};

// The caller
pub use claims::{AgentClaims, ClaimPath, RawClaims, TokenClaims};
pub use claims::{ClaimError, ClaimList, ClaimValue, FromClaims, GrantNames, Grants, Named};
pub use context::{AgentContext, SecurityContext, scope_matches};

// Errors
pub use challenge::www_authenticate;
pub use error::{
    AuthClientError, AuthConfigurationError, AuthUnavailableError, Dependency,
    InsufficientPermissionsError, MissingTokenError, Permission, RequiredPermissions,
    TokenExpiredError, TokenInvalidError, TokenInvalidReason, TokenKind,
};

// Authentication
pub use authenticator::{Authenticator, AuthenticatorBuilder};
pub use binding::{ClientCertificate, Credentials, Dpop};
pub use clock::{Clock, SystemClock};
#[cfg(feature = "http-client")]
pub use introspection::{IntrospectionClient, IntrospectionClientBuilder};
pub use jwt::{TokenValidator, ValidationRules};
pub use revocation::{MemoryRevocationList, RevocationList, RevocationQuery};
#[cfg(feature = "http-client")]
pub use revocation::{PolledRevocationList, PolledRevocationListBuilder};
#[cfg(feature = "redis")]
pub use revocation::{RedisRevocationList, RedisRevocationListBuilder};
pub use roles::RoleResolver;
pub use settings::{AuthClientSettings, AuthClientSettingsBuilder};
pub use token::{AuthScheme, RawToken};
pub use verifier::{TokenVerifier, VerifiedToken, VerifyFuture};

// Keys
pub use jwks::{
    Algorithm, KeyFuture, KeyLookup, KeyQuery, KeySource, ReadyFuture, StaticKeys, VerificationKey,
};
#[cfg(feature = "http-client")]
pub use jwks::{JwksClient, JwksClientBuilder};

// axum
#[cfg(feature = "axum")]
pub use web::{
    AuthLayer, AuthService, Authentication, AuthorizationHeader, CertificateHeader, Claims,
    RouteLayer, RouteService, SecureRouter, SecuredService, TokenCookie, TokenExtractor,
    TokenHeader, routing,
};
