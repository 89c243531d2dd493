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
//! | 401 | the rule would hold after another authentication | [`InsufficientAuthenticationError`] |
//! | 403 | the rule does not hold | [`InsufficientPermissionsError`] |
//! | 403 | a cookie, sent perhaps for another site | [`CrossSiteRequestError`] |
//! | 503 | it cannot be decided now | [`AuthUnavailableError`] |
//!
//! # Where to look
//!
//! | You want to | Look at |
//! |---|---|
//! | say who may call a function | [`requires_role`], [`requires_group`], [`requires_scope`], [`requires_agent_scope`], [`authenticated`], [`optional_authentication`], [`allow_anonymous`] |
//! | ask for a strong or recent authentication (step-up) | [`requires_authentication`], [`AuthenticationStrength`] |
//! | put rules together, and let them depend on the request | [`authorize`], [`Policy`], [`PolicyDecider`] |
//! | have roles, groups and scopes as types | [`Role`], [`Group`], [`Scope`], [`TypedName`] |
//! | route requests | [`SecureRouter`], [`routing`]; [`AuthLayer`] for plain axum routers |
//! | protect a gRPC server | `GrpcAuthLayer` (feature `tonic`) |
//! | know the caller | [`SecurityContext`], [`AgentContext`] |
//! | carry the caller into tasks, threads, streams and callbacks | [`propagate`] |
//! | run a job under rules | [`run_as`], [`system`] |
//! | end a long connection with its token | [`SecurityContext::until_expired`], [`Authenticator::until_refused`] |
//! | know what else the token says | [`derive@Claims`], the extractor [`Claims`](struct@Claims), [`providers`] |
//! | configure it | [`AuthClientSettings`], [`Authenticator`] |
//! | trust several issuers | [`Authenticator::trusting`] |
//! | start only once there are keys, and the list of revoked tokens | [`Authenticator::wait_until_ready`] |
//! | take roles from elsewhere | [`RoleResolver`] |
//! | accept tokens that only their owner can use | [`Dpop`], `CertificateHeader`, [`ClientCertificate`] |
//! | refuse tokens before they expire | the setting `revocation_endpoint` ([`PolledRevocationList`]), [`MemoryRevocationList`], `RedisRevocationList`, [`RevocationList`] |
//! | take tokens from a cookie of a browser, safely | [`TokenCookie`], [`CsrfProtection`] |
//! | take keys from elsewhere | [`KeySource`], [`StaticKeys`] |
//! | accept opaque tokens | [`IntrospectionClient`], [`TokenVerifier`] |
//! | test a service | `test_kit`, `#[pico_auth::test]` (feature `test-kit`) |
//! | see who may call what, review it, test it | [`access_map`] |
//! | know who did what, or which decision fell | [`audit`]; the feature `metrics`; `docs/observability.md` |
//! | tell clients where to get a token, answer refusals in your own form | [`ProtectedResource`], [`Authentication`] |
//! | have the rules in an OpenAPI document | `openapi` (feature `openapi`) |
//! | see everything that weakens a default | [`danger`] |
//!
//! # Features
//!
//! | Feature | Default | What it adds |
//! |---|---|---|
//! | `aws-lc` | yes | cryptography by aws-lc-rs: the fast one, needs a C compiler to build |
//! | `rust-crypto` | no | cryptography by the crates of RustCrypto: Rust alone, see below |
//! | `axum` | yes | [`SecureRouter`], [`routing`], [`AuthLayer`], extractors |
//! | `http-client` | yes | [`JwksClient`]: keys over HTTPS, discovery; [`PolledRevocationList`]; [`IntrospectionClient`]. Enables `aws-lc` |
//! | `metrics` | no | decisions, latencies, cache hits and ages, through the facade `metrics`; `describe_metrics` |
//! | `openapi` | no | `openapi`: the rules in an OpenAPI document (utoipa 6), and a check of one. Enables `axum`, `macros` |
//! | `redis` | no | `RedisRevocationList`: revocations that reach every instance. Enables `aws-lc` |
//! | `macros` | yes | the attributes and derive macros |
//! | `tonic` | no | `GrpcAuthLayer` for gRPC servers of tonic 0.14, refusals as `tonic::Status`. Enables `axum` |
//! | `test-kit` | no | `test_kit` and, with `macros`, `#[pico_auth::test]`: for tests only. Enables `aws-lc` and `axum` |
//!
//! Features add items and never change what the others do.
//!
//! One of `aws-lc` and `rust-crypto` is needed, and both together do no harm: then `aws-lc` is used. Both
//! verify the same algorithms and accept the same signatures. Measured beside `aws-lc` in one run,
//! verification by `rust-crypto` takes 15 to 20 times as long for RSA of 2048 bits, about 5 times for ECDSA,
//! 3 to 4 times for ML-DSA and as long for Ed25519.
//!
//! ## Without a C compiler
//!
//! ```toml
//! pico-auth = { version = "0.1", default-features = false, features = ["rust-crypto", "axum", "macros"] }
//! ```
//!
//! No crate of this tree builds or links anything in C. (`test-kit` signs with aws-lc-rs: tests that use it
//! need the C compiler, and verify with `aws-lc`.) Keys come from [`StaticKeys`] or a [`KeySource`] of
//! your own: `http-client` and `redis` speak TLS by rustls with aws-lc-rs, which needs the C compiler.
//! `axum` needs sockets; for `wasm32-wasip1`, leave it out. Random numbers (nonces of [`Dpop`]) come from the
//! crate `getrandom`, whose documentation says what a target without an operating system needs.
//!
//! The crate `rsa` has an advisory, RUSTSEC-2023-0071: the time of decrypting or signing tells about the
//! private key. Neither is done here. Only public keys are ever held, and verifying has no secret to tell.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(not(any(feature = "aws-lc", feature = "rust-crypto")))]
compile_error!(
    "pico-auth needs a back-end for cryptography. Write `default-features = false, features = [\"aws-lc\", …]` \
     for aws-lc-rs (fast, needs a C compiler), or `\"rust-crypto\"` in its place for Rust alone."
);

#[cfg(feature = "axum")]
pub mod access_map;
#[cfg(feature = "openapi")]
mod api_document;
pub mod audit;
mod authenticator;
mod binding;
mod challenge;
mod claims;
mod clock;
mod context;
mod crypto;
pub mod danger;
mod decider;
mod error;
mod events;
#[cfg(feature = "http-client")]
mod fetch;
#[cfg(feature = "http-client")]
mod introspection;
mod jwks;
mod jwt;
mod meter;
mod names;
mod outcome;
mod plain;
mod policy;
pub mod propagate;
pub mod providers;
mod revocation;
mod roles;
pub mod rule;
mod settings;
mod strict;
#[cfg(feature = "test-kit")]
pub mod test_kit;
mod token;
mod token_cache;
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
    requires_agent_scope, requires_authentication, requires_group, requires_role, requires_scope,
};
pub use policy::{AuthenticationStrength, Condition, Explanation, Outcome, Policy, Requirement};

// The caller
pub use claims::scope_matches;
pub use claims::{AgentClaims, ClaimPath, RawClaims, TokenClaims};
pub use claims::{ClaimError, ClaimList, ClaimValue, FromClaims, GrantNames, Grants, Named};
pub use context::{AgentContext, SecurityContext, SystemCaller, system};
pub use propagate::run_as;

// Errors
pub use challenge::www_authenticate;
pub use error::{
    AuthClientError, AuthConfigurationError, AuthUnavailableError, CrossSiteReason,
    CrossSiteRequestError, Dependency, InsufficientAuthenticationError,
    InsufficientPermissionsError, MissingTokenError, Permission, RequiredPermissions,
    TokenExpiredError, TokenInvalidError, TokenInvalidReason, TokenKind,
};

// Tests
#[cfg(all(feature = "macros", feature = "test-kit"))]
#[doc(inline)]
pub use pico_auth_macros::test;

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

// Observing
#[cfg(feature = "metrics")]
pub use meter::describe_metrics;

// Keys
pub use jwks::{
    Algorithm, KeyEdition, KeyFuture, KeyLookup, KeyQuery, KeySource, ReadyFuture, StaticKeys,
    VerificationKey,
};
#[cfg(feature = "http-client")]
pub use jwks::{JwksClient, JwksClientBuilder};

// axum
#[cfg(feature = "openapi")]
pub use web::openapi;
#[cfg(feature = "axum")]
pub use web::{
    AuthLayer, AuthService, Authentication, AuthorizationHeader, CertificateHeader, Claims,
    CsrfProtection, PolicyWithReason, ProtectedResource, ProtectedResourceBuilder, RequestHead,
    RouteLayer, RouteService, SecureRouter, SecuredService, TokenCookie, TokenExtractor,
    TokenHeader, routing,
};
#[cfg(feature = "tonic")]
pub use web::{GrpcAuthLayer, GrpcAuthService};
