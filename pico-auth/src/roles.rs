//! Where roles come from.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::claims::{ClaimPath, Names, TokenClaims};
use crate::error::{AuthUnavailableError, Dependency, TokenInvalidReason};
use crate::strict::{Json, Object};

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
/// It runs on every authenticated request, after the token was verified, unless [`cache_for`](Self::cache_for)
/// says otherwise: a role that is taken away in a database is gone with the next request. **A failure is a
/// failure**: the request is answered 503 ([`AuthUnavailableError`] for [`Dependency::Roles`]), never served
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

    /// How long the roles of a caller may be kept with their token, counted from when they were asked for.
    /// They are kept in the memory of this process, as long as the token is remembered
    /// (`token_cache_capacity`), and never longer than it is valid. A role that is taken away meanwhile is
    /// taken away that much later. The answer must depend on nothing but the claims and where the resolver
    /// looks: not on the request (a task-local, the host), or another request of the same token gets it. Roles
    /// are not kept beside a claims type that is read on every request
    /// ([`FromClaims::READ_ONCE`](crate::FromClaims::READ_ONCE)). `Duration::MAX` is for a resolver that looks
    /// at nothing but the claims. Default `None`: asked on every request.
    fn cache_for(&self) -> Option<Duration> {
        None
    }
}

type ResolveFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<String>, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

/// [`RoleResolver`] with its future boxed, so that the authenticator needs no type parameter.
pub(crate) trait DynRoleResolver: Send + Sync + 'static {
    fn resolve_boxed<'a>(&'a self, claims: &'a TokenClaims) -> ResolveFuture<'a>;

    fn cache_for_dyn(&self) -> Option<Duration>;
}

impl<R: RoleResolver> DynRoleResolver for R {
    fn resolve_boxed<'a>(&'a self, claims: &'a TokenClaims) -> ResolveFuture<'a> {
        Box::pin(self.resolve(claims))
    }

    fn cache_for_dyn(&self) -> Option<Duration> {
        self.cache_for()
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
    /// The roles, where the claims alone tell them; `None` where a resolver is to be asked. Empty names
    /// are left out.
    pub(crate) fn of_claims(
        &self,
        claims: &Object<'_>,
    ) -> Result<Option<Names>, TokenInvalidReason> {
        let roles = match self {
            Self::RoleClaim => match claims.get("role").and_then(Json::as_str) {
                Some(role) => vec![role.into()].into(),
                None => Names::default(),
            },
            Self::Claim(path) => path.names_in(claims)?,
            Self::Resolver(_) => return Ok(None),
        };
        Ok(Some(without_empty(roles)))
    }

    /// Asks the resolver, if there is one. Empty names are left out.
    pub(crate) async fn resolve(
        &self,
        claims: &TokenClaims,
    ) -> Result<Names, AuthUnavailableError> {
        let Self::Resolver(resolver) = self else {
            // The claims have told them. To ask again is a mistake, and no roles are no answer to it.
            return Err(AuthUnavailableError::new(Dependency::Roles));
        };
        let roles = resolver.resolve_boxed(claims).await.map_err(|cause| {
            AuthUnavailableError::new(Dependency::Roles)
                .with_cause(cause)
                .with_trace(claims.kid(), claims.jti())
        })?;
        Ok(without_empty(roles.into_iter().map(Into::into).collect()))
    }

    /// How long what was resolved may be kept.
    pub(crate) fn cache_for(&self) -> Option<Duration> {
        match self {
            Self::Resolver(resolver) => resolver.cache_for_dyn(),
            Self::RoleClaim | Self::Claim(_) => None,
        }
    }
}

fn without_empty(names: Names) -> Names {
    if names.iter().any(|name| name.is_empty()) {
        return names
            .iter()
            .filter(|name| !name.is_empty())
            .cloned()
            .collect();
    }
    names
}
