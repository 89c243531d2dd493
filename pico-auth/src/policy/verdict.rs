//! The one evaluator. Three-valued, because conditions on the request are undecided until the function
//! has its arguments.

use std::collections::BTreeSet;

use super::step_up::step_up;
use super::{Policy, Requirement};
use crate::context::SecurityContext;
use crate::error::{
    AuthClientError, InsufficientPermissionsError, MissingTokenError, Permission, TokenKind,
};

/// What a requirement comes to: Kleene's three values, in their order, so that "any" is the greatest
/// and "all" the least of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    /// It does not hold.
    No,
    /// There is nothing to judge: an agent that is not there, an empty list, a claim that is missing. Neither
    /// this nor its opposite admits.
    Never,
    /// It holds.
    Yes,
}

impl Value {
    pub(super) const fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    const fn opposite(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Never => Self::Never,
            Self::Yes => Self::No,
        }
    }
}

/// What the conditions of the request came to, by index; `None` is undecided.
pub(crate) type Decided<'a> = &'a [Option<bool>];

/// What conditions that nobody has decided are taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    /// For refused: nobody will decide them.
    Refused,
    /// For held: they may still come to that.
    Held,
}

impl Requirement {
    /// Whether it holds, with open conditions taken for that.
    pub(crate) fn passes(
        &self,
        caller: &SecurityContext,
        decided: Decided<'_>,
        open: Open,
    ) -> bool {
        match open {
            Open::Refused => self.admits(caller, decided),
            Open::Held => !self.refuses(caller, decided),
        }
    }

    /// It holds, whatever the open conditions come to.
    pub(crate) fn admits(&self, caller: &SecurityContext, decided: Decided<'_>) -> bool {
        self.least(caller, decided) == Value::Yes
    }

    /// It cannot hold, whatever the open conditions come to.
    pub(crate) fn refuses(&self, caller: &SecurityContext, decided: Decided<'_>) -> bool {
        self.most(caller, decided) != Value::Yes
    }

    /// The least it can still come to.
    fn least(&self, caller: &SecurityContext, decided: Decided<'_>) -> Value {
        self.value(caller, decided, Value::No)
    }

    /// The most it can still come to.
    fn most(&self, caller: &SecurityContext, decided: Decided<'_>) -> Value {
        self.value(caller, decided, Value::Yes)
    }

    /// What it comes to where each open condition comes to `open`, and to the opposite inside of "not".
    ///
    /// Inlined where parts are combined, so that only what has parts is a call.
    #[inline]
    fn value(&self, caller: &SecurityContext, decided: Decided<'_>, open: Value) -> Value {
        match self {
            Self::OneOf(_, []) | Self::AllOf(_, []) => Value::Never,
            Self::OneOf(Permission::AgentScope, _) | Self::AllOf(Permission::AgentScope, _)
                if caller.agent().is_none() =>
            {
                Value::Never
            }
            Self::OneOf(permission, names) => {
                Value::of(names.iter().any(|name| caller.has(*permission, name)))
            }
            Self::AllOf(permission, names) => {
                Value::of(names.iter().all(|name| caller.has(*permission, name)))
            }
            _ => self.combined(caller, decided, open),
        }
    }

    /// The value of everything but names.
    #[inline(never)] // or the two become one function, which is a call for each name
    fn combined(&self, caller: &SecurityContext, decided: Decided<'_>, open: Value) -> Value {
        match self {
            Self::OneOf(..) | Self::AllOf(..) => self.value(caller, decided, open),
            Self::Any([]) | Self::All([]) => Value::Never,
            Self::Any(parts) => {
                let mut greatest = Value::No;
                for part in *parts {
                    greatest = greatest.max(part.value(caller, decided, open));
                    if greatest == Value::Yes {
                        break;
                    }
                }
                greatest
            }
            Self::All(parts) => {
                let mut least = Value::Yes;
                for part in *parts {
                    least = least.min(part.value(caller, decided, open));
                    if least == Value::No {
                        break;
                    }
                }
                least
            }
            Self::Not(part) => part.value(caller, decided, open.opposite()).opposite(),
            // Conditions belong to a function: those of a named policy are decided by nobody.
            Self::Policy(Policy::Require(requirement)) => requirement.value(caller, &[], open),
            Self::Policy(_) => Value::Yes,
            Self::Authentication(strength) => strength.value(caller),
            Self::When(index) => decided
                .get(*index)
                .copied()
                .flatten()
                .map_or(open, Value::of),
        }
    }

    /// Whether this condition can still make a difference.
    pub(crate) fn hangs_on(
        &self,
        condition: usize,
        caller: &SecurityContext,
        decided: Decided<'_>,
    ) -> bool {
        if self.least(caller, decided) == self.most(caller, decided) {
            return false;
        }
        match self {
            Self::Any(parts) | Self::All(parts) => parts
                .iter()
                .any(|part| part.hangs_on(condition, caller, decided)),
            Self::Not(part) => part.hangs_on(condition, caller, decided),
            Self::When(index) => *index == condition,
            Self::OneOf(..) | Self::AllOf(..) | Self::Authentication(_) | Self::Policy(_) => false,
        }
    }

    /// The refusal of a requirement that does not hold, with what the client and the log need.
    pub(crate) fn refuse(
        &self,
        caller: &SecurityContext,
        decided: Decided<'_>,
        open: Open,
    ) -> AuthClientError {
        if let Some(refusal) = self.step_up(caller, decided, open) {
            return refusal;
        }
        match self.refusal(caller, decided, open) {
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
                .find(|part| part.admits(caller, &[]))
                .map(|part| part.scopes_needed(caller))
                .unwrap_or_default(),
            Self::Policy(policy) => policy.scopes_needed(caller),
            Self::OneOf(..)
            | Self::AllOf(..)
            | Self::Authentication(_)
            | Self::Not(_)
            | Self::When(_) => BTreeSet::new(),
        }
    }

    /// The refusal, where another authentication would make this hold.
    fn step_up(
        &self,
        caller: &SecurityContext,
        decided: Decided<'_>,
        open: Open,
    ) -> Option<AuthClientError> {
        step_up(std::iter::once(self), caller, |caller| {
            self.passes(caller, decided, open)
        })
    }

    /// The refusal of a requirement that does not hold, and that no other authentication would make hold: of
    /// several that must all hold, of the first that is so itself.
    fn refusal(
        &self,
        caller: &SecurityContext,
        decided: Decided<'_>,
        open: Open,
    ) -> AuthClientError {
        match self {
            Self::All(parts) => {
                // A condition that may still hold is not what fails.
                let mut failing = parts
                    .iter()
                    .filter(|part| !part.passes(caller, decided, open));
                let unmended = |part: &&Self| part.step_up(caller, decided, open).is_none();
                if let Some(part) = failing.find(unmended) {
                    return part.refusal(caller, decided, open);
                }
            }
            Self::Policy(Policy::Require(requirement)) => {
                return requirement.refusal(caller, &[], open);
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
