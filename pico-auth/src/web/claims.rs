//! The caller's claims as an axum extractor.

use std::any::{Any, type_name};
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;

use crate::context::SecurityContext;
use crate::error::{AuthClientError, AuthConfigurationError};
use crate::events;

/// The claims of the caller as the type that the authenticator reads.
///
/// ```
/// use pico_auth::{AuthClientError, Claims, authenticated};
///
/// #[derive(Claims)]
/// struct MyClaims {
///     tenant: String,
/// }
///
/// #[authenticated]
/// async fn tenant(claims: Claims<MyClaims>) -> Result<String, AuthClientError> {
///     Ok(claims.tenant.clone())
/// }
/// ```
///
/// It holds an `Arc`: `Claims(claims): Claims<MyClaims>` binds an `Arc<MyClaims>`, and a test that calls
/// the handler passes `Claims(Arc::new(claims))`.
///
/// It refuses with [`MissingTokenError`](crate::MissingTokenError) where there is no caller
/// (`Option<Claims<..>>` is `None` then), and with [`AuthConfigurationError`], a 500, where the
/// authenticator was not told to read this type. `Claims<TokenClaims>` is always there.
#[derive(Debug)]
pub struct Claims<C>(pub Arc<C>);

/// Copies the handle.
impl<C> Clone for Claims<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C> Deref for Claims<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.0
    }
}

impl<C: Any + Send + Sync> Claims<C> {
    fn of(caller: &SecurityContext) -> Result<Self, AuthClientError> {
        caller.shared_claims().map(Self).ok_or_else(|| {
            let name = type_name::<C>();
            let problem = format!(
                "the authenticator does not read `{name}`: build it with `.claims::<{name}>()`"
            );
            let error = AuthConfigurationError::new("claims", problem);
            events::logged(error, Some(caller.subject())).into()
        })
    }
}

impl<C: Any + Send + Sync, S: Sync> FromRequestParts<S> for Claims<C> {
    type Rejection = AuthClientError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Self::of(&SecurityContext::require()?)
    }
}

impl<C: Any + Send + Sync, S: Sync> OptionalFromRequestParts<S> for Claims<C> {
    type Rejection = AuthClientError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        SecurityContext::current()
            .map(|caller| Self::of(&caller))
            .transpose()
    }
}
