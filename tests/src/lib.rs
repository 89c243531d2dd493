//! Tests of pico-auth as a user sees it; they are in the folder `tests` of this package.
//!
//! The pages of the book are compiled here, but for `docs/tutorial.md`: `tests/tutorial/run.py` follows it.
//! `tests/book/check.py` finds a page with Rust code that is missing.

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// The code about sender-constrained tokens compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/sender-constrained.md")]
pub struct SenderConstrained;

/// The code about revocation compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/revocation.md")]
pub struct Revocation;

/// The code about the access map compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/access-map.md")]
pub struct AccessMap;

/// The code about carrying the caller compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/propagation.md")]
pub struct Propagation;

/// The code about other surfaces than axum compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/surfaces.md")]
pub struct Surfaces;

/// The code about browsers compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/browsers.md")]
pub struct Browsers;

/// The code of "Getting started" compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/getting-started.md")]
pub struct GettingStarted;

/// The code about testing compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/testing.md")]
pub struct Testing;

/// The code about operations compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/operations.md")]
pub struct Operations;

/// The code about identity providers compiles; that of each compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/providers.md")]
pub struct Providers;

/// The code about keycloak compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/providers/keycloak.md")]
pub struct Keycloak;

/// The code about auth0 compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/providers/auth0.md")]
pub struct Auth0;

/// The code about entra-id compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/providers/entra-id.md")]
pub struct EntraId;

/// The code about okta compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/providers/okta.md")]
pub struct Okta;

/// The code about cognito compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../../docs/providers/cognito.md")]
pub struct Cognito;

/// The code after a migration compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/migrating/pico-client-auth.md")]
pub struct FromPicoClientAuth;

/// The code after a migration from jwt-authorizer compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/migrating/jwt-authorizer.md")]
pub struct FromJwtAuthorizer;

/// The code after a migration from axum-login compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/migrating/axum-login.md")]
pub struct FromAxumLogin;

/// The code after a migration from protect-axum compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/migrating/protect-axum.md")]
pub struct FromProtectAxum;

/// The code about what clients see compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/clients.md")]
pub struct Clients;

/// The code about what is observed compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/observability.md")]
pub struct Observability;
