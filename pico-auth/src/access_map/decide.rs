//! What a rule comes to for a caller, or for all callers with one role.
//!
//! This is a model of what [`Policy`](crate::Policy) decides, on data that may come from a file. Nothing is
//! enforced by it; the property test `tests/access_map` compares it with a server.

use std::collections::BTreeSet;

use super::caller::{Caller, Grants};
use super::{AccessMap, AccessRule};
use crate::claims::scope_matches;
use crate::error::Permission;

/// Whether a caller may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Decision {
    /// They may.
    Admitted,
    /// They may not: 401 without a token, or without that of the agent that the rule speaks of; 403 with them.
    Refused,
    /// A condition decides, on the request or on its answer (`when(..)` and `after` of `#[authorize]`), or how
    /// and when the caller has authenticated: 401, then, until they do it anew.
    DependsOnRequest,
}

/// Kleene's three values, in their order, so that "any" is the greatest and "all" the least of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    No,
    /// Neither this nor its opposite holds.
    Unknown,
    Yes,
}

impl Value {
    pub(super) const fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    const fn opposite(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
            Self::Yes => Self::No,
        }
    }
}

/// What a name comes to, where what is open comes to the last argument.
pub(super) type Leaf<'l> = dyn Fn(Permission, &str, Value) -> Value + 'l;

impl AccessRule {
    /// What the rule comes to, where each condition comes to `open`, and to the opposite inside of "not".
    /// `leaf` says what a name comes to; what is not known of the caller comes to what is open there.
    pub(super) fn value(&self, leaf: &Leaf<'_>, open: Value) -> Value {
        match self {
            Self::Anonymous | Self::OptionalAuthentication | Self::Authenticated => Value::Yes,
            Self::OneOf { permission, names } => names
                .iter()
                .map(|name| leaf(*permission, name, open))
                .max()
                .unwrap_or(Value::Unknown),
            Self::AllOf { permission, names } => names
                .iter()
                .map(|name| leaf(*permission, name, open))
                .min()
                .unwrap_or(Value::Unknown),
            Self::Any(parts) => parts
                .iter()
                .map(|part| part.value(leaf, open))
                .max()
                .unwrap_or(Value::Unknown),
            Self::All(parts) => parts
                .iter()
                .map(|part| part.value(leaf, open))
                .min()
                .unwrap_or(Value::Unknown),
            Self::Not(part) => part.value(leaf, open.opposite()).opposite(),
            // A map knows nothing of how its callers have authenticated.
            Self::AuthenticationStrength { .. } | Self::Condition => open,
            Self::Nobody => Value::Unknown,
        }
    }

    fn decide(&self, leaf: &Leaf<'_>) -> Decision {
        if self.value(leaf, Value::No) == Value::Yes {
            Decision::Admitted
        } else if self.value(leaf, Value::Yes) == Value::Yes {
            Decision::DependsOnRequest
        } else {
            Decision::Refused
        }
    }
}

impl AccessMap {
    /// What a rule comes to for a caller. The map's role hierarchy applies.
    pub(super) fn decide(&self, rule: &AccessRule, caller: &Caller) -> Decision {
        let Some(grants) = &caller.grants else {
            return if rule.admits_everybody() {
                Decision::Admitted
            } else {
                Decision::Refused
            };
        };
        let roles = self.effective(&grants.roles);
        rule.decide(&|permission, name, _| grants.have(&roles, permission, name))
    }

    /// The roles and what they imply.
    pub(super) fn effective<'a>(
        &'a self,
        granted: impl IntoIterator<Item = &'a Box<str>>,
    ) -> BTreeSet<&'a str> {
        let mut effective = BTreeSet::new();
        for role in granted {
            effective.insert(&**role);
            effective.extend(self.implied_by(role));
        }
        effective
    }
}

impl Grants {
    fn have(&self, roles: &BTreeSet<&str>, permission: Permission, name: &str) -> Value {
        let covered = |scopes: &BTreeSet<Box<str>>| {
            Value::of(scopes.iter().any(|scope| scope_matches(scope, name)))
        };
        match permission {
            Permission::Role => Value::of(roles.contains(name)),
            Permission::Group => Value::of(self.groups.contains(name)),
            Permission::Scope => covered(&self.scopes),
            Permission::AgentScope => self.agent.as_ref().map_or(Value::Unknown, covered),
        }
    }
}
