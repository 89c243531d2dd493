//! The access rules of an application in its OpenAPI document (feature `openapi`, utoipa 6).
//!
//! [`OpenApiRouter`] is a [`SecureRouter`](crate::SecureRouter) and a document that grow together.
//! [`routes!`](routes) takes handlers with `#[utoipa::path]` and a rule, in either order:
//!
//! ```
//! # #[cfg(feature = "macros")] {
//! use pico_auth::openapi::{OpenApiRouter, routes};
//! use pico_auth::{AuthClientError, requires_role};
//! # mod utoipa { pub use ::utoipa::*; }
//!
//! /// Deletes a user.
//! #[utoipa::path(delete, path = "/users/{id}", responses((status = 204)))]
//! #[requires_role("admin")]
//! async fn delete_user() -> Result<(), AuthClientError> {
//!     Ok(())
//! }
//!
//! let (router, document) = OpenApiRouter::<()>::new().routes(routes!(delete_user)).split();
//! let json = document.to_json().unwrap();
//! assert!(json.contains("Requires role: admin"));
//! assert!(json.contains(r#""security":[{"bearerAuth":[]}]"#), "{json}");
//! # let _ = router;
//! # }
//! ```
//!
//! Each operation says what its rule says:
//!
//! | | |
//! |---|---|
//! | `security` | `[]` where everybody may call it, `[{}, ..]` where a token is optional; else `bearerAuth`, or the scheme that the document declares for tokens, with the scopes that are needed, and `agentAuth` beside it where an agent's are. Alternatives of scopes are alternatives there |
//! | `responses` | 401, 403 and 503 with the schema `AuthError`, unless the operation describes them itself |
//! | `description` | a last paragraph, `Requires role: admin`: roles, groups and conditions have no other place in OpenAPI |
//!
//! A document that was built in another way gets the same by [`secure`]. [`check`] compares one with the
//! access map and finds every operation that says something else than what is enforced: for tests.

mod router;
mod routes;

pub use router::OpenApiRouter;
pub use routes::Routes;

pub use crate::api_document::{Disagreement, check, secure};

/// Handlers with their documentation, for [`OpenApiRouter::routes`]: functions that have `#[utoipa::path]` and
/// a rule of pico-auth, by their paths: `routes!(list, users::delete)`. Each is routed as its `#[utoipa::path]`
/// says. One without a rule does not compile. A function of another module is named with it: an import of the
/// function alone does not bring its documentation. Where the compiler finds no `__path_delete`, that or
/// `#[utoipa::path]` is missing.
#[doc(inline)]
pub use crate::__pico_auth_openapi_routes as routes;
