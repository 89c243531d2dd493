//! The authenticated caller of the running request.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use super::{AgentContext, CURRENT, scope_matches};
use crate::claims::{FromClaims, TokenClaims, TypedClaims};
use crate::error::{InsufficientPermissionsError, MissingTokenError, Permission, TokenKind};
use crate::events;
use crate::names::{GroupName, Hierarchy, RoleName, ScopeName, TypedNames};

/// The authenticated caller of the running request: who they are and what they were granted.
///
/// A handle: cloning copies one `Arc`. Inside a request, [`current`](Self::current) and
/// [`require`](Self::require) find it without passing it around; it is an axum extractor, too. The
/// context follows the request only: `tokio::spawn` does not inherit it. Jobs and tests enter one
/// with [`scope`](Self::scope) or [`sync_scope`](Self::sync_scope).
#[derive(Clone)]
pub struct SecurityContext {
    inner: Arc<Inner>,
}

struct Inner {
    identity: Arc<Identity>,
    hierarchy: Hierarchy,
    /// The roles that the granted ones imply by the hierarchy.
    implied: Box<[&'static str]>,
    agent: Option<AgentContext>,
}

/// What the bearer token says of the caller, with the roles that were resolved for it.
#[derive(Clone)]
struct Identity {
    claims: TokenClaims,
    roles: Box<[Box<str>]>,
    /// The claims as a type of the application.
    typed: Option<TypedClaims>,
}

impl Identity {
    /// The roles that were granted: those of the claims type, if it decides them.
    fn roles(&self) -> &[Box<str>] {
        let typed = self.typed.as_ref();
        let decided = typed.and_then(|typed| typed.decided.roles.as_deref());
        decided.unwrap_or(&self.roles)
    }
}

impl SecurityContext {
    /// The context of a caller with these claims and resolved roles.
    pub fn new<R: Into<Box<str>>>(claims: TokenClaims, roles: impl IntoIterator<Item = R>) -> Self {
        Self::with_typed(claims, roles, None)
    }

    /// The context of a caller whose claims were also read as a type of the application. What the type
    /// decides comes from there.
    pub(crate) fn with_typed<R: Into<Box<str>>>(
        claims: TokenClaims,
        roles: impl IntoIterator<Item = R>,
        typed: Option<TypedClaims>,
    ) -> Self {
        let roles = roles.into_iter().map(Into::into).collect();
        let identity = Arc::new(Identity {
            claims,
            roles,
            typed,
        });
        Self::assembled(identity, Hierarchy::default(), None)
    }

    /// The one place where a hierarchy is applied.
    fn assembled(
        identity: Arc<Identity>,
        hierarchy: Hierarchy,
        agent: Option<AgentContext>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                implied: hierarchy.implied(identity.roles()),
                identity,
                hierarchy,
                agent,
            }),
        }
    }

    /// The same caller with the roles that the granted ones imply, as `#[role(implies(..))]` of `R` says.
    /// The last call decides.
    ///
    /// The authenticator does it for every request where it was told the
    /// [`role_hierarchy`](crate::AuthenticatorBuilder::role_hierarchy); this is for jobs.
    #[must_use]
    pub fn with_role_hierarchy<R: RoleName>(&self) -> Self {
        self.with_hierarchy(Hierarchy::of::<R>())
    }

    pub(crate) fn with_hierarchy(&self, hierarchy: Hierarchy) -> Self {
        let identity = Arc::clone(&self.inner.identity);
        Self::assembled(identity, hierarchy, self.inner.agent.clone())
    }

    /// The same caller with claims of a type of your own. The subject, roles, groups and scopes that
    /// the type decides replace the caller's.
    #[must_use]
    pub fn with_claims<C: FromClaims>(&self, claims: C) -> Self {
        let mut identity = Identity::clone(&self.inner.identity);
        identity.typed = Some(TypedClaims::new(claims));
        let agent = self.inner.agent.clone();
        Self::assembled(Arc::new(identity), self.inner.hierarchy, agent)
    }

    /// The same caller with an agent acting for them.
    #[must_use]
    pub fn with_agent(&self, agent: AgentContext) -> Self {
        let identity = Arc::clone(&self.inner.identity);
        Self::assembled(identity, self.inner.hierarchy, Some(agent))
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
        Self::current().ok_or_else(|| events::logged(MissingTokenError::new(TokenKind::Bearer)))
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

    /// Runs `function` as this caller.
    pub fn sync_scope<T>(self, function: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(Some(self), function)
    }

    /// The subject: who the caller is. The claim `sub`, unless a claims type names another.
    pub fn subject(&self) -> &str {
        let typed = self.inner.identity.typed.as_ref();
        let decided = typed.and_then(|typed| typed.decided.subject.as_deref());
        decided.unwrap_or_else(|| self.token_claims().sub())
    }

    /// The claims as the type that the authenticator was told to read; see
    /// [`AuthenticatorBuilder::claims`](crate::AuthenticatorBuilder::claims). `None` for any other type.
    /// [`TokenClaims`] are always there.
    pub fn claims<C: Any>(&self) -> Option<&C> {
        let typed = self.inner.identity.typed.as_ref();
        typed
            .and_then(|typed| typed.claims.downcast_ref())
            .or_else(|| (self.token_claims() as &dyn Any).downcast_ref())
    }

    /// The same, to keep.
    #[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "for the extractor"))]
    pub(crate) fn shared_claims<C: Any + Send + Sync>(&self) -> Option<Arc<C>> {
        if let Some(typed) = &self.inner.identity.typed
            && let Ok(claims) = Arc::downcast(Arc::clone(&typed.claims))
        {
            return Some(claims);
        }
        let claims: Arc<dyn Any + Send + Sync> = Arc::new(self.token_claims().clone());
        claims.downcast().ok()
    }

    /// The claims of the bearer token.
    pub fn token_claims(&self) -> &TokenClaims {
        &self.inner.identity.claims
    }

    /// The roles the caller was granted.
    pub fn roles(&self) -> impl ExactSizeIterator<Item = &str> {
        self.inner.identity.roles().iter().map(|role| &**role)
    }

    /// The roles the caller was granted, and those that they imply by the role hierarchy.
    pub fn effective_roles(&self) -> impl Iterator<Item = &str> {
        self.roles().chain(self.inner.implied.iter().copied())
    }

    /// The granted roles as values of `R`, and the names that `R` does not know.
    pub fn roles_as<R: RoleName>(&self) -> TypedNames<R> {
        TypedNames::of(self.roles())
    }

    /// Whether the caller has exactly this role, granted or implied.
    pub fn has_role(&self, role: &str) -> bool {
        self.effective_roles().any(|effective| effective == role)
    }

    /// Refuses, unless the caller has exactly this role.
    ///
    /// # Errors
    ///
    /// [`InsufficientPermissionsError`] where the caller does not have this role.
    pub fn require_role(&self, role: &str) -> Result<(), InsufficientPermissionsError> {
        self.require_one(Permission::Role, role)
    }

    /// The groups of the caller.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = &str> {
        let typed = self.inner.identity.typed.as_ref();
        let decided = typed.and_then(|typed| typed.decided.groups.as_deref());
        let groups = decided.unwrap_or_else(|| self.token_claims().group_names());
        groups.iter().map(|group| &**group)
    }

    /// The groups as values of `G`, and the names that `G` does not know.
    pub fn groups_as<G: GroupName>(&self) -> TypedNames<G> {
        TypedNames::of(self.groups())
    }

    /// Whether the caller is in exactly this group.
    pub fn has_group(&self, group: &str) -> bool {
        self.groups().any(|granted| granted == group)
    }

    /// Refuses, unless the caller is in exactly this group.
    ///
    /// # Errors
    ///
    /// [`InsufficientPermissionsError`] where the caller is not in this group.
    pub fn require_group(&self, group: &str) -> Result<(), InsufficientPermissionsError> {
        self.require_one(Permission::Group, group)
    }

    /// The scopes of the bearer token.
    pub fn scopes(&self) -> impl ExactSizeIterator<Item = &str> {
        let typed = self.inner.identity.typed.as_ref();
        let decided = typed.and_then(|typed| typed.decided.scopes.as_deref());
        let scopes = decided.unwrap_or_else(|| self.token_claims().scope_names());
        scopes.iter().map(|scope| &**scope)
    }

    /// The scopes of the bearer token as values of `S`, and those that `S` does not know, among them
    /// wildcards: whether a scope is covered says [`has_scope`](Self::has_scope).
    pub fn scopes_as<S: ScopeName>(&self) -> TypedNames<S> {
        TypedNames::of(self.scopes())
    }

    /// Whether a scope of the bearer token covers `scope`, see [`scope_matches`].
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|granted| scope_matches(granted, scope))
    }

    /// Refuses, unless a scope of the bearer token covers this one.
    ///
    /// # Errors
    ///
    /// [`InsufficientPermissionsError`] where no scope of the bearer token covers `scope`.
    pub fn require_scope(&self, scope: &str) -> Result<(), InsufficientPermissionsError> {
        self.require_one(Permission::Scope, scope)
    }

    /// When the bearer token expires.
    pub fn expires_at(&self) -> SystemTime {
        self.token_claims().expires_at()
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
        Err(events::logged(error.with_trace(claims.kid(), claims.jti())))
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
