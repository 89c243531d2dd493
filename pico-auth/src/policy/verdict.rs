//! The one evaluator. Three-valued, because conditions on the request are undecided until the function
//! has its arguments.

use std::collections::BTreeSet;

use super::{Policy, Requirement};
use crate::context::SecurityContext;
use crate::error::{
    AuthClientError, InsufficientPermissionsError, MissingTokenError, Permission, TokenKind,
};

/// What a requirement comes to: Kleene's three values, in their order, so that "any" is the greatest
/// and "all" the least of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    /// It does not hold.
    No,
    /// There is nothing to judge: an agent that is not there, an empty list. Neither this nor its
    /// opposite admits.
    Never,
    /// It holds.
    Yes,
}

impl Value {
    const fn opposite(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Never => Self::Never,
            Self::Yes => Self::No,
        }
    }
}

/// What is known of a requirement: the least and the most it can still come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    least: Value,
    most: Value,
}

impl Verdict {
    const UNDECIDED: Self = Self {
        least: Value::No,
        most: Value::Yes,
    };

    const fn known(value: Value) -> Self {
        Self {
            least: value,
            most: value,
        }
    }

    const fn of(holds: bool) -> Self {
        Self::known(if holds { Value::Yes } else { Value::No })
    }

    const fn opposite(self) -> Self {
        Self {
            least: self.most.opposite(),
            most: self.least.opposite(),
        }
    }

    /// It holds, whatever the open conditions come to.
    pub(crate) fn admits(self) -> bool {
        self.least == Value::Yes
    }

    /// It cannot hold, whatever the open conditions come to.
    pub(crate) fn refuses(self) -> bool {
        self.most != Value::Yes
    }
}

/// What the conditions of the request came to, by index; `None` is undecided.
pub(crate) type Decided<'a> = &'a [Option<bool>];

impl Requirement {
    pub(crate) fn verdict(&self, caller: &SecurityContext, decided: Decided<'_>) -> Verdict {
        let parts = |parts: &[Self], choose: fn(Value, Value) -> Value| {
            let verdicts = parts.iter().map(|part| part.verdict(caller, decided));
            let chosen = verdicts.reduce(|a, b| Verdict {
                least: choose(a.least, b.least),
                most: choose(a.most, b.most),
            });
            chosen.unwrap_or(Verdict::known(Value::Never))
        };
        match self {
            Self::OneOf(_, []) | Self::AllOf(_, []) => Verdict::known(Value::Never),
            Self::OneOf(..) | Self::AllOf(..) if self.lacks_agent(caller) => {
                Verdict::known(Value::Never)
            }
            Self::OneOf(permission, names) => {
                Verdict::of(names.iter().any(|name| caller.has(*permission, name)))
            }
            Self::AllOf(permission, names) => {
                Verdict::of(names.iter().all(|name| caller.has(*permission, name)))
            }
            Self::Any(of) => parts(of, Value::max),
            Self::All(of) => parts(of, Value::min),
            Self::Not(part) => part.verdict(caller, decided).opposite(),
            // Conditions belong to a function: those of a named policy are decided by nobody.
            Self::Policy(Policy::Require(requirement)) => requirement.verdict(caller, &[]),
            Self::Policy(_) => Verdict::known(Value::Yes),
            Self::When(index) => decided
                .get(*index)
                .copied()
                .flatten()
                .map_or(Verdict::UNDECIDED, Verdict::of),
        }
    }

    /// Whether this condition can still make a difference.
    pub(crate) fn hangs_on(
        &self,
        condition: usize,
        caller: &SecurityContext,
        decided: Decided<'_>,
    ) -> bool {
        let verdict = self.verdict(caller, decided);
        if verdict.least == verdict.most {
            return false;
        }
        match self {
            Self::Any(parts) | Self::All(parts) => parts
                .iter()
                .any(|part| part.hangs_on(condition, caller, decided)),
            Self::Not(part) => part.hangs_on(condition, caller, decided),
            Self::When(index) => *index == condition,
            Self::OneOf(..) | Self::AllOf(..) | Self::Policy(_) => false,
        }
    }

    /// The refusal of a requirement that does not hold, with what the client and the log need.
    pub(crate) fn refuse(&self, caller: &SecurityContext, decided: Decided<'_>) -> AuthClientError {
        match self.refusal(caller, decided) {
            AuthClientError::InsufficientPermissions(mut error) => {
                if !error.scopes().is_empty() {
                    error = error.with_scopes(self.scopes_needed(caller));
                }
                let claims = caller.token_claims();
                error.with_trace(claims.kid(), claims.jti()).into()
            }
            other => other,
        }
    }

    /// Scopes with which nothing in this would fail for want of a scope, sorted. A client that asks for
    /// only the one that was missing would be told of the next one, and so on.
    pub(crate) fn scopes_needed(&self, caller: &SecurityContext) -> BTreeSet<&'static str> {
        match self {
            Self::OneOf(Permission::Scope, names) => {
                let held = names.iter().find(|name| caller.has_scope(name));
                held.or_else(|| names.iter().min())
                    .copied()
                    .into_iter()
                    .collect()
            }
            Self::AllOf(Permission::Scope, names) => names.iter().copied().collect(),
            Self::All(parts) => parts
                .iter()
                .flat_map(|part| part.scopes_needed(caller))
                .collect(),
            Self::Any(parts) => parts
                .iter()
                .find(|part| part.verdict(caller, &[]).admits())
                .map(|part| part.scopes_needed(caller))
                .unwrap_or_default(),
            Self::Policy(policy) => policy.scopes_needed(caller),
            Self::OneOf(..) | Self::AllOf(..) | Self::Not(_) | Self::When(_) => BTreeSet::new(),
        }
    }

    /// The refusal of a requirement that does not hold: of several that must all hold, of the first
    /// that does not.
    fn refusal(&self, caller: &SecurityContext, decided: Decided<'_>) -> AuthClientError {
        match self {
            Self::All(parts) => {
                let failing = parts
                    .iter()
                    .find(|part| !part.verdict(caller, decided).admits());
                if let Some(part) = failing {
                    return part.refusal(caller, decided);
                }
            }
            Self::Policy(Policy::Require(requirement)) => {
                return requirement.refusal(caller, &[]);
            }
            _ if self.lacks_agent(caller) => {
                return MissingTokenError::new(TokenKind::Agent).into();
            }
            _ => {}
        }
        InsufficientPermissionsError::new(self.describe()).into()
    }

    /// Whether all that could help speaks of an agent's scopes, and the request has no agent. Then the
    /// caller is told to send one.
    fn lacks_agent(&self, caller: &SecurityContext) -> bool {
        match self {
            Self::OneOf(Permission::AgentScope, names)
            | Self::AllOf(Permission::AgentScope, names) => {
                !names.is_empty() && caller.agent().is_none()
            }
            Self::Any(parts) => {
                !parts.is_empty() && parts.iter().all(|part| part.lacks_agent(caller))
            }
            Self::Not(part) => part.lacks_agent(caller),
            _ => false,
        }
    }
}
