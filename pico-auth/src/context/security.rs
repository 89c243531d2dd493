//! The authenticated caller of the running request.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use super::{AgentContext, Assumed, CURRENT, Identity, Origin};
use crate::claims::{FromClaims, Names, TokenClaims, TypedClaims};
use crate::error::{InsufficientPermissionsError, MissingTokenError, Permission, TokenKind};
use crate::events;
use crate::names::{GroupName, Hierarchy, RoleName, ScopeName, TypedNames};

/// The authenticated caller of the running request: who they are and what they were granted.
///
/// A handle: cloning copies one `Arc`. Inside a request, [`current`](Self::current) and
/// [`require`](Self::require) find it without passing it around; it is an axum extractor, too. The
/// context follows the request only: `tokio::spawn` does not inherit it; [`propagate`](crate::propagate)
/// carries it. Jobs enter one with [`run_as`](crate::run_as), and tests with [`scope`](Self::scope) or
/// [`sync_scope`](Self::sync_scope).
#[derive(Clone)]
pub struct SecurityContext {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    identity: Arc<Identity>,
    /// The roles that a claim or a resolver grants, where the claims type does not decide them.
    resolved: Names,
    hierarchy: Hierarchy,
    /// The roles that the granted ones imply by the hierarchy.
    implied: Box<[&'static str]>,
    agent: Option<AgentContext>,
    origin: Origin,
    assumed: Option<Assumed>,
}

impl SecurityContext {
    /// The context of a caller with these claims and resolved roles.
    pub fn new<R: Into<Box<str>>>(claims: TokenClaims, roles: impl IntoIterator<Item = R>) -> Self {
        let identity = Identity {
            claims,
            typed: None,
        };
        let roles = roles.into_iter().map(Into::into).collect();
        Self::assembled(identity, roles, Hierarchy::default(), Origin::default())
    }

    pub(crate) fn assembled(
        identity: impl Into<Arc<Identity>>,
        resolved: Names,
        hierarchy: Hierarchy,
        origin: Origin,
    ) -> Self {
        let inner = Inner {
            identity: identity.into(),
            resolved,
            hierarchy,
            implied: Box::default(),
            agent: None,
            origin,
            assumed: None,
        };
        Self::implying(inner)
    }

    /// The one place where a hierarchy is applied.
    fn implying(mut inner: Inner) -> Self {
        let granted = inner.identity.roles().unwrap_or(&inner.resolved);
        inner.implied = inner.hierarchy.implied(granted);
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The same caller with the roles that the granted ones imply, as `#[role(implies(..))]` of `R` says.
    /// The last call decides.
    ///
    /// The authenticator does it for every request where it was told the
    /// [`role_hierarchy`](crate::AuthenticatorBuilder::role_hierarchy); this is for callers of your own.
    #[must_use]
    pub fn with_role_hierarchy<R: RoleName>(&self) -> Self {
        Self::implying(Inner {
            hierarchy: Hierarchy::of::<R>(),
            ..Inner::clone(&self.inner)
        })
    }

    /// The same caller with claims of a type of your own. The subject, roles, groups and scopes that
    /// the type decides replace the caller's.
    #[must_use]
    pub fn with_claims<C: FromClaims>(&self, claims: C) -> Self {
        let identity = Identity {
            claims: self.token_claims().clone(),
            typed: Some(TypedClaims::new(claims)),
        };
        Self::implying(Inner {
            identity: Arc::new(identity),
            ..Inner::clone(&self.inner)
        })
    }

    /// The same caller as if they had authenticated in this class, so many seconds ago.
    pub(crate) fn as_if_authenticated(&self, acr: &'static str, age_seconds: u64) -> Self {
        let mut inner = Inner::clone(&self.inner);
        inner.assumed = Some(Assumed { acr, age_seconds });
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The same caller with an agent acting for them.
    #[must_use]
    pub fn with_agent(&self, agent: AgentContext) -> Self {
        let inner = Inner {
            agent: Some(agent),
            ..Inner::clone(&self.inner)
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The caller of the running request; `None` outside a request and for anonymous callers.
    pub fn current() -> Option<Self> {
        Self::with_current(|context| Some(context?.clone()))
    }

    /// The caller of the running request.
    ///
    /// # Errors
    ///
    /// [`MissingTokenError`] outside a request and for anonymous callers.
    pub fn require() -> Result<Self, MissingTokenError> {
        Self::current()
            .ok_or_else(|| events::logged(MissingTokenError::new(TokenKind::Bearer), None))
    }

    /// Looks at the caller of the running request without cloning the handle.
    pub(crate) fn with_current<T>(look: impl Fn(Option<&Self>) -> T) -> T {
        CURRENT
            .try_with(|current| look(current.as_ref()))
            .unwrap_or_else(|_| look(None))
    }

    /// Whether somebody decided who the caller is, be it nobody.
    pub(crate) fn is_in_scope() -> bool {
        CURRENT.try_with(|_| ()).is_ok()
    }

    /// Runs `future` as this caller. Nothing of it outlives the future.
    ///
    /// ```
    /// # use pico_auth::SecurityContext;
    /// # async fn example(context: SecurityContext) {
    /// let subject = context.scope(async {
    ///     SecurityContext::require().map(|context| context.subject().to_owned())
    /// }).await;
    /// # }
    /// ```
    pub fn scope<F: Future>(self, future: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(Some(self), future)
    }

    /// Runs `future` as nobody: what needs a caller is refused, as for a request without a token.
    ///
    /// For transports that pico-auth has no layer for. Outside any scope the same is refused, and the log
    /// says that nobody authenticates callers.
    ///
    /// ```
    /// # use pico_auth::SecurityContext;
    /// # async fn example() {
    /// let caller = SecurityContext::scope_anonymous(async { SecurityContext::current() }).await;
    /// assert!(caller.is_none());
    /// # }
    /// ```
    pub fn scope_anonymous<F: Future>(future: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(None, future)
    }

    /// Runs `function` as this caller.
    pub fn sync_scope<T>(self, function: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(Some(self), function)
    }

    /// The subject: who the caller is. The claim `sub`, unless a claims type names another. That of a
    /// [system caller](crate::system) begins with `pico-auth:system:`, and that of no token does.
    pub fn subject(&self) -> &str {
        self.inner.identity.subject()
    }

    /// Who vouches for the subject: the `iss` of the bearer token. Only together with it is a subject
    /// unique (RFC 7519 §4.1.2).
    pub fn issuer(&self) -> &str {
        self.token_claims().iss()
    }

    /// The claims as the type that the authenticator was told to read; see
    /// [`AuthenticatorBuilder::claims`](crate::AuthenticatorBuilder::claims). `None` for any other type.
    /// [`TokenClaims`] are always there.
    pub fn claims<C: Any>(&self) -> Option<&C> {
        self.inner.identity.claims()
    }

    /// The same, to keep.
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "for the extractor"))]
    pub(crate) fn shared_claims<C: Any + Send + Sync>(&self) -> Option<Arc<C>> {
        self.inner.identity.shared_claims()
    }

    /// The claims of the bearer token.
    pub fn token_claims(&self) -> &TokenClaims {
        &self.inner.identity.claims
    }

    /// The roles the caller was granted.
    pub fn roles(&self) -> impl ExactSizeIterator<Item = &str> {
        self.granted_roles().iter().map(|role| &**role)
    }

    fn granted_roles(&self) -> &Names {
        let decided = self.inner.identity.roles();
        decided.unwrap_or(&self.inner.resolved)
    }

    /// The roles the caller was granted, and those that they imply by the role hierarchy.
    pub fn effective_roles(&self) -> impl Iterator<Item = &str> {
        self.roles().chain(self.inner.implied.iter().copied())
    }

    /// The granted roles as values of `R`, and the names that `R` does not know.
    pub fn roles_as<R: RoleName>(&self) -> TypedNames<R> {
        TypedNames::of(self.roles())
    }

    /// Whether the caller has exactly this role, granted or implied: a string, or a variant of an enum
    /// that derives `Role`.
    pub fn has_role(&self, role: impl AsRef<str>) -> bool {
        let role = role.as_ref();
        self.granted_roles().has(role) || self.inner.implied.contains(&role)
    }

    /// Refuses, unless the caller has exactly this role.
    ///
    /// # Errors
    ///
    /// [`InsufficientPermissionsError`] where the caller does not have this role.
    pub fn require_role(&self, role: impl AsRef<str>) -> Result<(), InsufficientPermissionsError> {
        self.require_one(Permission::Role, role.as_ref())
    }

    /// The groups of the caller.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = &str> {
        self.inner.identity.groups().iter().map(|group| &**group)
    }

    /// The groups as values of `G`, and the names that `G` does not know.
    pub fn groups_as<G: GroupName>(&self) -> TypedNames<G> {
        TypedNames::of(self.groups())
    }

    /// Whether the caller is in exactly this group.
    pub fn has_group(&self, group: impl AsRef<str>) -> bool {
        self.inner.identity.groups().has(group.as_ref())
    }

    /// Refuses, unless the caller is in exactly this group.
    ///
    /// # Errors
    ///
    /// [`InsufficientPermissionsError`] where the caller is not in this group.
    pub fn require_group(
        &self,
        group: impl AsRef<str>,
    ) -> Result<(), InsufficientPermissionsError> {
        self.require_one(Permission::Group, group.as_ref())
    }

    /// The scopes of the bearer token.
    pub fn scopes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.inner.identity.scopes().iter().map(|scope| &**scope)
    }

    /// The scopes of the bearer token as values of `S`, and those that `S` does not know, among them
    /// wildcards: whether a scope is covered says [`has_scope`](Self::has_scope).
    pub fn scopes_as<S: ScopeName>(&self) -> TypedNames<S> {
        TypedNames::of(self.scopes())
    }

    /// Whether a scope of the bearer token covers `scope`, see [`scope_matches`](crate::scope_matches).
    pub fn has_scope(&self, scope: impl AsRef<str>) -> bool {
        self.inner.identity.scopes().cover(scope.as_ref())
    }

    /// Refuses, unless a scope of the bearer token covers this one.
    ///
    /// # Errors
    ///
    /// [`InsufficientPermissionsError`] where no scope of the bearer token covers `scope`.
    pub fn require_scope(
        &self,
        scope: impl AsRef<str>,
    ) -> Result<(), InsufficientPermissionsError> {
        self.require_one(Permission::Scope, scope.as_ref())
    }

    /// When the bearer token expires; for a [system caller](crate::system), the end of the year 9999.
    pub fn expires_at(&self) -> SystemTime {
        self.token_claims().expires_at()
    }

    /// Who says that this is the caller.
    pub(super) fn origin(&self) -> &Origin {
        &self.inner.origin
    }

    /// The class of authentication that the token names (`acr`).
    pub(crate) fn acr(&self) -> Option<&str> {
        match &self.inner.assumed {
            Some(assumed) => Some(assumed.acr),
            None => self.token_claims().acr(),
        }
    }

    /// Whether the caller has authenticated within this time; `None` where the token does not tell, or names
    /// a time that is still to come.
    pub(crate) fn authenticated_within(&self, seconds: u64) -> Option<bool> {
        if let Some(assumed) = self.inner.assumed {
            return Some(assumed.age_seconds <= seconds);
        }
        self.origin()
            .is_within(self.token_claims().auth_time()?, seconds)
    }

    /// The agent that acts in this request, if it has one.
    pub fn agent(&self) -> Option<&AgentContext> {
        self.inner.agent.as_ref()
    }

    /// The one place where a required name meets what was granted.
    pub(crate) fn has(&self, permission: Permission, name: &str) -> bool {
        match permission {
            Permission::Role => self.has_role(name),
            Permission::Group => self.has_group(name),
            Permission::Scope => self.has_scope(name),
            Permission::AgentScope => self.agent().is_some_and(|agent| agent.has_scope(name)),
        }
    }

    fn require_one(
        &self,
        permission: Permission,
        name: &str,
    ) -> Result<(), InsufficientPermissionsError> {
        if self.has(permission, name) {
            return Ok(());
        }
        let claims = self.token_claims();
        let error = InsufficientPermissionsError::of(permission, name);
        let error = error.with_trace(claims.kid(), claims.jti());
        Err(events::logged(error, Some(self.subject())))
    }
}

/// Names the subject, the agent and the tokens' ids; what was granted stays out of logs.
impl fmt::Debug for SecurityContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecurityContext")
            .field("claims", self.token_claims())
            .field("agent", &self.agent())
            .finish_non_exhaustive()
    }
}
