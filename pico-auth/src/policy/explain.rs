//! Why a policy decides as it does, for logs and tests.

use std::fmt;

use super::{Policy, Requirement};
use crate::context::SecurityContext;
use crate::error::RequiredPermissions;

/// What each part of a policy comes to for one caller; made by [`Policy::explain`].
///
/// It says which names a rule asks for and whether they hold, so it tells what the caller has: for logs
/// and tests, never for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    outcome: Outcome,
    what: RequiredPermissions,
    parts: Vec<Explanation>,
}

/// What a part of a policy comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It holds.
    Holds,
    /// It does not hold.
    Fails,
    /// It depends on conditions of the request.
    DependsOnRequest,
}

impl Explanation {
    /// What the whole comes to.
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// What is asked for.
    pub const fn what(&self) -> &RequiredPermissions {
        &self.what
    }

    /// The parts of `any`, `all` and `not`; empty for a leaf.
    pub fn parts(&self) -> &[Explanation] {
        &self.parts
    }

    /// The first leaf that makes the whole fail; `None` where it does not fail.
    pub fn failing_leaf(&self) -> Option<&RequiredPermissions> {
        if self.outcome != Outcome::Fails {
            return None;
        }
        self.parts
            .iter()
            .find_map(Self::failing_leaf)
            .or(Some(&self.what))
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let outcome = match self.outcome {
            Outcome::Holds => "holds",
            Outcome::Fails => "fails",
            Outcome::DependsOnRequest => "depends on the request",
        };
        let what = match self.what {
            RequiredPermissions::Any(_) => "any of".to_owned(),
            RequiredPermissions::All(_) => "all of".to_owned(),
            RequiredPermissions::Not(_) => "not".to_owned(),
            _ => self.what.to_string(),
        };
        write!(f, "{:indent$}{what}: {outcome}", "", indent = depth * 2)?;
        for part in &self.parts {
            writeln!(f)?;
            part.write(f, depth + 1)?;
        }
        Ok(())
    }
}

/// One line a part, indented.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

/// What a caller must have, in the words of refusals: `one of roles: ['admin']`.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllowAnonymous => RequiredPermissions::Anything.fmt(f),
            Self::OptionalAuthentication => f.write_str("a valid token if one is sent"),
            Self::Authenticated => RequiredPermissions::Authentication.fmt(f),
            Self::Require(requirement) => requirement.describe().fmt(f),
        }
    }
}

impl Policy {
    /// Says what each part of this policy comes to for the caller `context`, before the conditions of
    /// the request are decided. For logs and tests: it tells what the caller has.
    ///
    /// ```
    /// # #[cfg(feature = "test-kit")] {
    /// use pico_auth::{Policy, Requirement, SecurityContext};
    ///
    /// const RULE: Policy = Policy::require(Requirement::all(&[
    ///     Requirement::any_role(&["admin"]),
    ///     Requirement::any_scope(&["pay:write"]),
    /// ]));
    /// let caller = SecurityContext::test("u1").role("admin").build();
    /// let explanation = RULE.explain(Some(&caller));
    /// assert_eq!(
    ///     explanation.to_string(),
    ///     "all of: fails\n  one of roles: ['admin']: holds\n  one of scopes: ['pay:write']: fails",
    /// );
    /// # }
    /// ```
    pub fn explain(&self, context: Option<&SecurityContext>) -> Explanation {
        match (self, context) {
            (Self::Require(requirement), Some(caller)) => requirement.explain(caller),
            (Self::Require(_) | Self::Authenticated, _) => Explanation {
                outcome: if context.is_some() {
                    Outcome::Holds
                } else {
                    Outcome::Fails
                },
                what: RequiredPermissions::Authentication,
                parts: Vec::new(),
            },
            (Self::AllowAnonymous | Self::OptionalAuthentication, _) => Explanation {
                outcome: Outcome::Holds,
                what: RequiredPermissions::Anything,
                parts: Vec::new(),
            },
        }
    }
}

impl Requirement {
    fn explain(&self, caller: &SecurityContext) -> Explanation {
        let parts: &[Self] = match self {
            Self::Any(parts) | Self::All(parts) => parts,
            Self::Not(part) => std::slice::from_ref(part),
            Self::Policy(Policy::Require(requirement)) => return requirement.explain(caller),
            _ => &[],
        };
        Explanation {
            outcome: self.outcome(caller),
            what: self.describe(),
            parts: parts.iter().map(|part| part.explain(caller)).collect(),
        }
    }

    fn outcome(&self, caller: &SecurityContext) -> Outcome {
        if self.admits(caller, &[]) {
            Outcome::Holds
        } else if self.refuses(caller, &[]) {
            Outcome::Fails
        } else {
            Outcome::DependsOnRequest
        }
    }
}
