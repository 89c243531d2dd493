//! A caller as a map is asked about them.

use std::collections::BTreeSet;

use crate::context::SecurityContext;

/// A caller, described by what they have: `roles(["viewer"]).scopes(["orders:read"])`. The roles are those
/// that were granted; what they imply is the map's to know.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caller {
    pub(super) grants: Option<Grants>,
}

/// What a valid token grants.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Grants {
    pub(super) roles: BTreeSet<Box<str>>,
    pub(super) groups: BTreeSet<Box<str>>,
    pub(super) scopes: BTreeSet<Box<str>>,
    /// The scopes of the agent, where there is one.
    pub(super) agent: Option<BTreeSet<Box<str>>>,
}

/// A caller with a valid token and these roles.
pub fn roles<N: Into<Box<str>>>(roles: impl IntoIterator<Item = N>) -> Caller {
    Caller::authenticated().roles(roles)
}

impl Caller {
    /// A caller without a token.
    pub const fn anonymous() -> Self {
        Self { grants: None }
    }

    /// A caller with a valid token that grants nothing.
    pub fn authenticated() -> Self {
        Self {
            grants: Some(Grants::default()),
        }
    }

    /// The same caller with these roles, too. An anonymous one becomes one with a valid token.
    #[must_use]
    pub fn roles<N: Into<Box<str>>>(mut self, roles: impl IntoIterator<Item = N>) -> Self {
        let grants = self.grants.get_or_insert_default();
        grants.roles.extend(roles.into_iter().map(Into::into));
        self
    }

    /// The same caller in these groups, too. An anonymous one becomes one with a valid token.
    #[must_use]
    pub fn groups<N: Into<Box<str>>>(mut self, groups: impl IntoIterator<Item = N>) -> Self {
        let grants = self.grants.get_or_insert_default();
        grants.groups.extend(groups.into_iter().map(Into::into));
        self
    }

    /// The same caller with these scopes, too. An anonymous one becomes one with a valid token.
    #[must_use]
    pub fn scopes<N: Into<Box<str>>>(mut self, scopes: impl IntoIterator<Item = N>) -> Self {
        let grants = self.grants.get_or_insert_default();
        grants.scopes.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// The same caller with an agent that has these scopes, too. An anonymous one becomes one with a valid
    /// token.
    #[must_use]
    pub fn agent<N: Into<Box<str>>>(mut self, scopes: impl IntoIterator<Item = N>) -> Self {
        let grants = self.grants.get_or_insert_default();
        let agent = grants.agent.get_or_insert_default();
        agent.extend(scopes.into_iter().map(Into::into));
        self
    }
}

/// The caller of a request, with all their roles.
impl From<&SecurityContext> for Caller {
    fn from(context: &SecurityContext) -> Self {
        let caller = roles(context.effective_roles())
            .groups(context.groups())
            .scopes(context.scopes());
        match context.agent() {
            Some(agent) => caller.agent(agent.scopes()),
            None => caller,
        }
    }
}
