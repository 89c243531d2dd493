//! Access rules as constant data, and the one function that evaluates them.

use crate::context::SecurityContext;
use crate::error::{
    AuthClientError, InsufficientPermissionsError, MissingTokenError, Permission, TokenKind,
};

/// An access rule: what a caller must have.
///
/// A policy is plain constant data. Attributes generate it, routing and functions evaluate it, and
/// you can name your own:
///
/// ```
/// use pico_auth::{Policy, Requirement};
///
/// const PAYMENTS: Policy = Policy::require(Requirement::all(&[
///     Requirement::any_role(&["admin", "accountant"]),
///     Requirement::any_scope(&["pay:write"]),
/// ]));
/// # let _ = PAYMENTS;
/// ```
///
/// **It fails closed.** Every policy except [`AllowAnonymous`](Self::AllowAnonymous) and
/// [`OptionalAuthentication`](Self::OptionalAuthentication) refuses a caller without a valid token,
/// whatever the requirement says, and an empty list of names or requirements refuses everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Policy {
    /// Anybody. The token is never looked at, not even a bad one.
    AllowAnonymous,
    /// Anybody without a token, and everybody with a valid one. A bad token is refused.
    OptionalAuthentication,
    /// Everybody with a valid token.
    Authenticated,
    /// Everybody with a valid token who meets the requirement.
    Require(Requirement),
}

/// What a policy can require of an authenticated caller.
///
/// Roles are matched against [`SecurityContext::has_role`], groups, scopes and agent scopes against
/// their namesakes. Names are compared byte by byte: `Admin` is not `admin`. Scopes know the
/// wildcard of [`scope_matches`](crate::scope_matches).
///
/// A requirement borrows its parts for `'static`. Nested calls are `'static` inside a `const` item, as
/// in the example of [`Policy`]; in the middle of a function, the compiler says E0716: move it to a
/// `const`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Requirement {
    /// At least one of the names.
    OneOf(Permission, &'static [&'static str]),
    /// Every one of the names.
    AllOf(Permission, &'static [&'static str]),
    /// At least one of the requirements.
    Any(&'static [Requirement]),
    /// Every one of the requirements, checked in this order.
    All(&'static [Requirement]),
}

impl Policy {
    /// A valid token that meets `requirement`.
    pub const fn require(requirement: Requirement) -> Self {
        Self::Require(requirement)
    }

    /// Whether the rule admits callers without a token, so that a function has nothing to refuse.
    pub const fn admits_everybody(&self) -> bool {
        matches!(self, Self::AllowAnonymous | Self::OptionalAuthentication)
    }

    /// Decides whether the caller described by `context` may pass.
    ///
    /// # Errors
    ///
    /// - [`MissingTokenError`] without a context, and for the agent token where the rule requires an
    ///   agent scope and the request has no agent.
    /// - [`InsufficientPermissionsError`] where the context does not meet the requirement. Of several
    ///   requirements that must all hold, the first that fails is named.
    pub fn evaluate(&self, context: Option<&SecurityContext>) -> Result<(), AuthClientError> {
        match self {
            Self::AllowAnonymous | Self::OptionalAuthentication => Ok(()),
            Self::Authenticated => authenticated(context).map(|_| ()),
            Self::Require(requirement) => requirement.evaluate(authenticated(context)?),
        }
    }
}

fn authenticated(context: Option<&SecurityContext>) -> Result<&SecurityContext, AuthClientError> {
    context.ok_or_else(|| MissingTokenError::new(TokenKind::Bearer).into())
}

impl Requirement {
    /// At least one of these roles.
    pub const fn any_role(names: &'static [&'static str]) -> Self {
        Self::OneOf(Permission::Role, names)
    }

    /// At least one of these groups.
    pub const fn any_group(names: &'static [&'static str]) -> Self {
        Self::OneOf(Permission::Group, names)
    }

    /// At least one of these scopes of the bearer token.
    pub const fn any_scope(names: &'static [&'static str]) -> Self {
        Self::OneOf(Permission::Scope, names)
    }

    /// Every one of these scopes of the bearer token.
    pub const fn all_scopes(names: &'static [&'static str]) -> Self {
        Self::AllOf(Permission::Scope, names)
    }

    /// At least one of these scopes of the agent token.
    pub const fn any_agent_scope(names: &'static [&'static str]) -> Self {
        Self::OneOf(Permission::AgentScope, names)
    }

    /// Every one of these scopes of the agent token.
    pub const fn all_agent_scopes(names: &'static [&'static str]) -> Self {
        Self::AllOf(Permission::AgentScope, names)
    }

    /// At least one of these requirements.
    pub const fn any(requirements: &'static [Requirement]) -> Self {
        Self::Any(requirements)
    }

    /// Every one of these requirements.
    pub const fn all(requirements: &'static [Requirement]) -> Self {
        Self::All(requirements)
    }

    fn evaluate(&self, context: &SecurityContext) -> Result<(), AuthClientError> {
        match self {
            Self::OneOf(permission, names) => {
                agent_if_needed(*permission, context)?;
                if names.iter().any(|name| context.has(*permission, name)) {
                    return Ok(());
                }
                Err(InsufficientPermissionsError::one_of(*permission, names.iter().copied()).into())
            }
            Self::AllOf(permission, names) => {
                agent_if_needed(*permission, context)?;
                if !names.is_empty() && names.iter().all(|name| context.has(*permission, name)) {
                    return Ok(());
                }
                Err(InsufficientPermissionsError::all_of(*permission, names.iter().copied()).into())
            }
            Self::Any(requirements) => any(requirements, context),
            Self::All([]) => Err(InsufficientPermissionsError::nothing_suffices().into()),
            Self::All(requirements) => requirements.iter().try_for_each(|r| r.evaluate(context)),
        }
    }
}

/// The first that holds wins; where none does, the first refusal is the answer.
fn any(requirements: &[Requirement], context: &SecurityContext) -> Result<(), AuthClientError> {
    let mut refusal = None;
    for requirement in requirements {
        match requirement.evaluate(context) {
            Ok(()) => return Ok(()),
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    Err(refusal.unwrap_or_else(|| InsufficientPermissionsError::nothing_suffices().into()))
}

/// A rule about the agent asks for the agent's token before it speaks of the agent's scopes.
fn agent_if_needed(
    permission: Permission,
    context: &SecurityContext,
) -> Result<(), AuthClientError> {
    if matches!(permission, Permission::AgentScope) && context.agent().is_none() {
        return Err(MissingTokenError::new(TokenKind::Agent).into());
    }
    Ok(())
}
