//! Rules of a model that knows only yes and no, and the same rules for the library.
//!
//! The library computes an interval of three values from the leaves up. The model pushes `not` down to
//! the leaves, and finds out what is undecided by trying every completion.

use pico_auth::{AuthenticationStrength, Outcome, Policy, Requirement};

use super::caller::{ACR_VALUES, Caller, GROUPS, MAX_AGES, REQUIRED_SCOPES, ROLES, covered};
use super::random::Random;

/// The most conditions of a rule.
pub(crate) const CONDITIONS: usize = 6;

#[derive(Debug, Clone, Copy)]
pub(crate) enum What {
    Role,
    Group,
    Scope,
    AgentScope,
}

/// A rule of the model.
#[derive(Debug, Clone)]
pub(crate) enum Tree {
    Names(What, bool, Vec<&'static str>),
    /// One of these classes of authentication, if any are given, and at most so many seconds ago.
    Strength(Option<Vec<&'static str>>, Option<u64>),
    Any(Vec<Tree>),
    All(Vec<Tree>),
    Not(Box<Tree>),
    /// A named policy with this requirement.
    Policy(Box<Tree>),
    /// A named policy without requirements.
    Open(Policy),
    When(usize),
}

/// How conditions get their indices.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Indices {
    /// Each its own, as the attributes do.
    Own,
    /// Several conditions may be one.
    Shared,
}

pub(crate) struct Generator {
    pub(crate) random: Random,
    pub(crate) indices: Indices,
    pub(crate) conditions: usize,
    /// Whether rules speak of how the caller has authenticated, which an access map does not know of its callers.
    pub(crate) has_strengths: bool,
}

impl Generator {
    pub(crate) fn new(seed: u64, indices: Indices) -> Self {
        Self {
            random: Random(seed),
            indices,
            conditions: 0,
            has_strengths: false,
        }
    }

    pub(crate) fn tree(&mut self, depth: usize, in_policy: bool) -> Tree {
        let kinds = if depth == 0 { 5 } else { 10 };
        match self.random.below(kinds) {
            0..=2 => self.names(),
            3 | 4 if in_policy || self.conditions == CONDITIONS => self.names(),
            3 | 4 => {
                self.conditions += 1;
                Tree::When(match self.indices {
                    Indices::Own => self.conditions - 1,
                    Indices::Shared => self.random.below(3),
                })
            }
            5 | 6 => Tree::Any(self.trees(depth, in_policy)),
            7 => Tree::All(self.trees(depth, in_policy)),
            8 => Tree::Not(Box::new(self.tree(depth - 1, in_policy))),
            _ if self.random.one_in(4) => Tree::Open(
                [
                    Policy::AllowAnonymous,
                    Policy::OptionalAuthentication,
                    Policy::Authenticated,
                ][self.random.below(3)],
            ),
            _ => Tree::Policy(Box::new(self.tree(depth - 1, true))),
        }
    }

    fn trees(&mut self, depth: usize, in_policy: bool) -> Vec<Tree> {
        let count = self.random.below(4);
        (0..count)
            .map(|_| self.tree(depth - 1, in_policy))
            .collect()
    }

    fn names(&mut self) -> Tree {
        if self.has_strengths && self.random.one_in(4) {
            let asks = !self.random.one_in(3);
            let acr_values = asks.then(|| self.random.some_of(&ACR_VALUES));
            let asks = !self.random.one_in(3);
            let max_age = asks.then(|| MAX_AGES[self.random.below(MAX_AGES.len())]);
            return Tree::Strength(acr_values, max_age);
        }
        let (what, names) = match self.random.below(4) {
            0 => (What::Role, self.random.some_of(&ROLES)),
            1 => (What::Group, self.random.some_of(&GROUPS)),
            2 => (What::Scope, self.random.some_of(&REQUIRED_SCOPES)),
            _ => (What::AgentScope, self.random.some_of(&REQUIRED_SCOPES)),
        };
        Tree::Names(what, self.random.one_in(2), names)
    }
}

/// The same rule for the library. Leaked: policies are constants.
pub(crate) fn requirement(tree: &Tree) -> Requirement {
    fn leak<T>(value: Vec<T>) -> &'static [T] {
        value.leak()
    }
    match tree {
        Tree::Names(what, every, names) => {
            let names = leak(names.clone());
            match (what, every) {
                (What::Role, false) => Requirement::any_role(names),
                (What::Role, true) => Requirement::all_roles(names),
                (What::Group, false) => Requirement::any_group(names),
                (What::Group, true) => Requirement::all_groups(names),
                (What::Scope, false) => Requirement::any_scope(names),
                (What::Scope, true) => Requirement::all_scopes(names),
                (What::AgentScope, false) => Requirement::any_agent_scope(names),
                (What::AgentScope, true) => Requirement::all_agent_scopes(names),
            }
        }
        Tree::Strength(acr_values, max_age) => {
            let mut strength = AuthenticationStrength::new();
            if let Some(values) = acr_values {
                strength = strength.acr(leak(values.clone()));
            }
            if let Some(seconds) = max_age {
                strength = strength.max_age_seconds(*seconds);
            }
            Requirement::authentication(Box::leak(Box::new(strength)))
        }
        Tree::Any(parts) => Requirement::any(leak(parts.iter().map(requirement).collect())),
        Tree::All(parts) => Requirement::all(leak(parts.iter().map(requirement).collect())),
        Tree::Not(part) => Requirement::not(Box::leak(Box::new(requirement(part)))),
        Tree::Policy(part) => {
            let policy = Policy::require(requirement(part));
            Requirement::Policy(Box::leak(Box::new(policy)))
        }
        Tree::Open(policy) => Requirement::Policy(Box::leak(Box::new(*policy))),
        Tree::When(index) => Requirement::When(*index),
    }
}

/// Whether the rule (`wanted`) or its opposite (not `wanted`) is *shown*, with every condition decided.
pub(crate) fn shown(tree: &Tree, wanted: bool, caller: &Caller, outcomes: u32) -> bool {
    let has = |what: What, name: &str| match what {
        What::Role => Some(caller.roles.contains(&name)),
        What::Group => Some(caller.groups.contains(&name)),
        What::Scope => Some(covered(&caller.scopes, name)),
        What::AgentScope => Some(covered(caller.agent.as_ref()?, name)),
    };
    match tree {
        // Nobody shows anything by an empty list or an agent that is not there.
        Tree::Names(_, _, names) if names.is_empty() => false,
        Tree::Names(what, every, names) => {
            let mut all = names.iter().map(|name| has(*what, name));
            if *every == wanted {
                all.all(|has| has == Some(wanted))
            } else {
                all.any(|has| has == Some(wanted))
            }
        }
        Tree::Strength(None, None) => false,
        Tree::Strength(Some(values), _) if values.is_empty() => false,
        Tree::Strength(acr_values, max_age) => {
            let of_acr = acr_values
                .as_ref()
                .map(|values| caller.acr.map(|acr| values.contains(&acr)));
            let of_age = max_age.map(|most| {
                let age = caller.age.filter(|age| *age >= 0);
                age.map(|age| age.unsigned_abs() <= most)
            });
            let mut asked = [of_acr, of_age].into_iter().flatten();
            if wanted {
                asked.all(|holds| holds == Some(true))
            } else {
                asked.any(|holds| holds == Some(false))
            }
        }
        Tree::Any(parts) | Tree::All(parts) if parts.is_empty() => false,
        Tree::Any(parts) | Tree::All(parts) => {
            let mut shown = parts
                .iter()
                .map(|part| shown(part, wanted, caller, outcomes));
            // "Not any" is "all not".
            if matches!(tree, Tree::All(_)) == wanted {
                shown.all(|shown| shown)
            } else {
                shown.any(|shown| shown)
            }
        }
        Tree::Not(part) => shown(part, !wanted, caller, outcomes),
        Tree::Policy(part) => shown(part, wanted, caller, outcomes),
        Tree::Open(_) => wanted,
        Tree::When(index) => (outcomes >> index & 1 == 1) == wanted,
    }
}

/// Whether a rule speaks of how the caller has authenticated.
pub(crate) fn has_strength(tree: &Tree) -> bool {
    match tree {
        Tree::Strength(..) => true,
        Tree::Any(parts) | Tree::All(parts) => parts.iter().any(has_strength),
        Tree::Not(part) | Tree::Policy(part) => has_strength(part),
        Tree::Names(..) | Tree::Open(_) | Tree::When(_) => false,
    }
}

/// What a rule comes to if its conditions are not decided.
pub(crate) fn undecided(tree: &Tree, caller: &Caller) -> Outcome {
    let completions = 0..1_u32 << CONDITIONS;
    let held = completions
        .clone()
        .filter(|outcomes| shown(tree, true, caller, *outcomes))
        .count();
    match held {
        0 => Outcome::Fails,
        held if held == completions.count() => Outcome::Holds,
        _ => Outcome::DependsOnRequest,
    }
}

/// The same rule where nobody decides its conditions: what nobody has.
pub(crate) fn decided_by_nobody(tree: &Tree) -> Tree {
    let parts = |parts: &[Tree]| parts.iter().map(decided_by_nobody).collect();
    match tree {
        Tree::When(_) => Tree::Names(What::Role, false, Vec::new()),
        Tree::Any(of) => Tree::Any(parts(of)),
        Tree::All(of) => Tree::All(parts(of)),
        Tree::Not(of) => Tree::Not(Box::new(decided_by_nobody(of))),
        other => other.clone(),
    }
}
