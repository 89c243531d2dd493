//! Where roles come from.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;

use crate::claims::{ClaimPath, Names, TokenClaims};
use crate::error::{
    AuthClientError, AuthUnavailableError, Dependency, TokenInvalidError, TokenKind,
};

/// Resolves the roles of a caller from the claims of their token, a database, or both.
///
/// ```
/// use pico_auth::{RoleResolver, TokenClaims};
///
/// struct Realm;
///
/// impl RoleResolver for Realm {
///     async fn resolve(
///         &self,
///         claims: &TokenClaims,
///     ) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
///         let Some(roles) = claims.get("realm").and_then(|realm| realm.get("roles")) else {
///             return Ok(Vec::new());
///         };
///         let roles = roles.as_array().ok_or("realm.roles is not an array")?;
///         Ok(roles.iter().filter_map(|role| role.as_str()).map(str::to_owned).collect())
///     }
/// }
/// ```
///
/// It runs on every authenticated request, after the token was verified. **A failure is a failure**:
/// the request is answered 503 ([`AuthUnavailableError`] for [`Dependency::Roles`]), never served
/// with no roles. Its text goes into the log: do not put claims or roles into it.
pub trait RoleResolver: Send + Sync + 'static {
    /// The roles of the caller with these claims. Names are used as they are, byte by byte.
    ///
    /// # Errors
    ///
    /// Whatever kept the roles from being known; it is logged, the caller sees a 503.
    fn resolve(
        &self,
        claims: &TokenClaims,
    ) -> impl Future<Output = Result<Vec<String>, Box<dyn Error + Send + Sync>>> + Send;
}

type ResolveFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<String>, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

/// [`RoleResolver`] with its future boxed, so that the authenticator needs no type parameter.
pub(crate) trait DynRoleResolver: Send + Sync + 'static {
    fn resolve_boxed<'a>(&'a self, claims: &'a TokenClaims) -> ResolveFuture<'a>;
}

impl<R: RoleResolver> DynRoleResolver for R {
    fn resolve_boxed<'a>(&'a self, claims: &'a TokenClaims) -> ResolveFuture<'a> {
        Box::pin(self.resolve(claims))
    }
}

/// The roles of a caller, from wherever the authenticator was told.
pub(crate) enum Roles {
    /// The `role` claim, if it is a string, and nothing else.
    RoleClaim,
    /// The claim that `roles_claim` names: a string is one role, an array of strings several.
    Claim(ClaimPath),
    /// A resolver of the application.
    Resolver(Box<dyn DynRoleResolver>),
}

impl Roles {
    /// Reads or resolves the roles. Empty names are left out.
    pub(crate) async fn resolve(&self, claims: &TokenClaims) -> Result<Names, AuthClientError> {
        let mut roles: Vec<Box<str>> = match self {
            Self::RoleClaim => claims.role().map(Box::from).into_iter().collect(),
            Self::Claim(path) => path.names(claims.raw()).map_err(|reason| {
                TokenInvalidError::new(TokenKind::Bearer, reason)
                    .with_trace(claims.kid(), claims.jti())
            })?,
            Self::Resolver(resolver) => resolver
                .resolve_boxed(claims)
                .await
                .map_err(|cause| {
                    AuthUnavailableError::new(Dependency::Roles)
                        .with_cause(cause)
                        .with_trace(claims.kid(), claims.jti())
                })?
                .into_iter()
                .map(Into::into)
                .collect(),
        };
        roles.retain(|role| !role.is_empty());
        Ok(roles.into())
    }
}
