//! What can be required, as constant data.

use crate::error::{Permission, RequiredPermissions};

use super::{AuthenticationStrength, Policy};

/// What a policy can require of an authenticated caller.
///
/// Roles are matched against [`SecurityContext::has_role`](crate::SecurityContext::has_role), groups,
/// scopes and agent scopes against their namesakes. Names are compared byte by byte: `Admin` is not
/// `admin`. Scopes know the wildcard of [`scope_matches`](crate::scope_matches).
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
    /// The opposite of the requirement. It never admits for want of an identity: a caller without the
    /// agent that the requirement speaks of is refused, too.
    Not(&'static Requirement),
    /// An authentication that is strong and recent enough. Neither this nor its opposite admits a caller
    /// whose token does not tell.
    Authentication(&'static AuthenticationStrength),
    /// What the policy requires. Inside a requirement a policy never opens: the caller is authenticated.
    Policy(&'static Policy),
    /// The condition of this index among those of the function (`when(..)` of `#[authorize]`).
    /// Undecided until the function has its arguments; a refusal where nobody decides it.
    #[doc(hidden)]
    When(usize),
}

impl Requirement {
    /// At least one of these roles.
    pub const fn any_role(names: &'static [&'static str]) -> Self {
        Self::OneOf(Permission::Role, names)
    }

    /// Every one of these roles.
    pub const fn all_roles(names: &'static [&'static str]) -> Self {
        Self::AllOf(Permission::Role, names)
    }

    /// At least one of these groups.
    pub const fn any_group(names: &'static [&'static str]) -> Self {
        Self::OneOf(Permission::Group, names)
    }

    /// Every one of these groups.
    pub const fn all_groups(names: &'static [&'static str]) -> Self {
        Self::AllOf(Permission::Group, names)
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

    /// An authentication that is strong and recent enough. Where another one would make the whole rule
    /// hold, the refusal is
    /// [`InsufficientAuthenticationError`](crate::InsufficientAuthenticationError).
    pub const fn authentication(strength: &'static AuthenticationStrength) -> Self {
        Self::Authentication(strength)
    }

    /// At least one of these requirements.
    pub const fn any(requirements: &'static [Requirement]) -> Self {
        Self::Any(requirements)
    }

    /// Every one of these requirements.
    pub const fn all(requirements: &'static [Requirement]) -> Self {
        Self::All(requirements)
    }

    /// The opposite of this requirement.
    pub const fn not(requirement: &'static Requirement) -> Self {
        Self::Not(requirement)
    }

    /// The same in the owned words of errors.
    pub(super) fn describe(&self) -> RequiredPermissions {
        let names = |names: &[&str]| {
            let mut names: Vec<Box<str>> = names.iter().map(|name| Box::from(*name)).collect();
            names.sort_unstable();
            names.into_boxed_slice()
        };
        let parts = |parts: &[Self]| parts.iter().map(Self::describe).collect();
        match self {
            Self::OneOf(_, []) | Self::AllOf(_, []) | Self::Any([]) | Self::All([]) => {
                RequiredPermissions::Nothing
            }
            Self::OneOf(permission, of) => RequiredPermissions::OneOf(*permission, names(of)),
            Self::AllOf(permission, of) => RequiredPermissions::AllOf(*permission, names(of)),
            Self::Any(of) => RequiredPermissions::Any(parts(of)),
            Self::All(of) => RequiredPermissions::All(parts(of)),
            Self::Not(of) => RequiredPermissions::Not(Box::new(of.describe())),
            Self::Authentication(strength) => strength.describe(),
            Self::Policy(Policy::Require(requirement)) => requirement.describe(),
            Self::Policy(_) => RequiredPermissions::Authentication,
            Self::When(_) => RequiredPermissions::Condition,
        }
    }
}
