//! The evaluator against a model of it that is written in another way: 100,000 random rules, callers and
//! outcomes of conditions.
//!
//! The library computes an interval of three values from the leaves up. The model pushes `not` down to
//! the leaves, knows only yes and no there, and finds out what is undecided by trying every completion.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use pico_auth::__private::Conditions;
use pico_auth::{
    AuthClientError, AuthUnavailableError, Dependency, Outcome, Policy, Requirement, Role,
    SecurityContext,
};

const CASES: u64 = 100_000;

/// The most conditions of a rule.
const CONDITIONS: usize = 6;

const ROLES: [&str; 5] = ["owner", "admin", "editor", "auditor", "viewer"];

#[derive(Role)]
#[role(rename_all = "lowercase")]
enum AppRole {
    #[role(implies(Admin))]
    Owner,
    #[role(implies(Editor, Auditor))]
    Admin,
    #[role(implies(Viewer))]
    Editor,
    #[role(implies(Viewer))]
    Auditor,
    Viewer,
}

/// The same hierarchy once more, direct implications only.
const IMPLIES: [(usize, usize); 5] = [(0, 1), (1, 2), (1, 3), (2, 4), (3, 4)];

const GROUPS: [&str; 3] = ["staff", "ops", "Staff"];
const REQUIRED_SCOPES: [&str; 6] = ["a", "a:b", "a:b:c", "ab", "b", "a:*"];
const GRANTED_SCOPES: [&str; 8] = ["a", "a:b", "a:b:c", "ab", "b", "a:*", "a:b:*", "*"];

/// `SplitMix64`: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn one_in(&mut self, end: usize) -> bool {
        self.below(end) == 0
    }

    fn some_of(&mut self, names: &[&'static str]) -> Vec<&'static str> {
        names.iter().copied().filter(|_| self.one_in(3)).collect()
    }
}

#[derive(Debug, Clone, Copy)]
enum What {
    Role,
    Group,
    Scope,
    AgentScope,
}

/// A rule of the model.
#[derive(Debug)]
enum Tree {
    Names(What, bool, Vec<&'static str>),
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
enum Indices {
    /// Each its own, as the attributes do.
    Own,
    /// Several conditions may be one.
    Shared,
}

struct Generator {
    random: Random,
    indices: Indices,
    conditions: usize,
}

impl Generator {
    fn tree(&mut self, depth: usize, in_policy: bool) -> Tree {
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
fn requirement(tree: &Tree) -> Requirement {
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

/// A caller of the model: what they have in the end.
#[derive(Debug)]
struct Caller {
    roles: Vec<&'static str>,
    groups: Vec<&'static str>,
    scopes: Vec<&'static str>,
    agent: Option<Vec<&'static str>>,
}

fn caller(random: &mut Random) -> (Caller, SecurityContext) {
    let granted = random.some_of(&ROLES);
    let groups = random.some_of(&GROUPS);
    let scopes = random.some_of(&GRANTED_SCOPES);
    let agent = random.one_in(2).then(|| random.some_of(&GRANTED_SCOPES));
    let with_hierarchy = random.one_in(2);

    let mut has = ROLES.map(|role| granted.contains(&role));
    if with_hierarchy {
        // As often as the longest chain is long.
        for _ in ROLES {
            for (from, to) in IMPLIES {
                has[to] |= has[from];
            }
        }
    }
    let mut context = SecurityContext::test("u").scopes(scopes.clone());
    for role in &granted {
        context = context.role(*role);
    }
    for group in &groups {
        context = context.group(*group);
    }
    if let Some(scopes) = &agent {
        context = context.agent("agent", scopes.clone());
    }
    if with_hierarchy {
        context = context.role_hierarchy::<AppRole>();
    }
    let roles = ROLES.into_iter().zip(has).filter(|(_, has)| *has);
    let caller = Caller {
        roles: roles.map(|(role, _)| role).collect(),
        groups,
        scopes,
        agent,
    };
    (caller, context.build())
}

/// Whether one of the granted scopes covers `required`, part by part.
fn covered(granted: &[&str], required: &str) -> bool {
    let required: Vec<&str> = required.split(':').collect();
    granted.iter().any(|granted| {
        let granted: Vec<&str> = granted.split(':').collect();
        match granted.split_last() {
            Some((&"*", prefix)) => required.starts_with(prefix),
            _ => granted == required,
        }
    })
}

/// Whether the rule (`wanted`) or its opposite (not `wanted`) is *shown*, with every condition decided.
fn shown(tree: &Tree, wanted: bool, caller: &Caller, outcomes: u32) -> bool {
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

/// What a rule comes to if its conditions are not decided.
fn undecided(tree: &Tree, caller: &Caller) -> Outcome {
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

/// Asks for conditions as generated code does. Which were asked, and the decision.
fn decide(policy: &'static Policy, outcomes: u32) -> (u32, Result<(), AuthClientError>) {
    let mut asked = 0_u32;
    let mut conditions = match Conditions::<CONDITIONS>::new(policy) {
        Ok(conditions) => conditions,
        Err(refusal) => return (0, Err(refusal)),
    };
    for index in 0..CONDITIONS {
        if conditions.needs(index) {
            asked |= 1 << index;
            conditions.decide(index, outcomes >> index & 1 == 1);
        }
    }
    (asked, conditions.finish())
}

fn compare(indices: Indices, seed: u64, cases: u64) {
    let mut seen = [0_u32; 3];
    for case in 0..cases {
        let mut generator = Generator {
            random: Random(seed.wrapping_add(case)),
            indices,
            conditions: 0,
        };
        let tree = generator.tree(4, false);
        let (model, context) = caller(&mut generator.random);
        let policy: &'static Policy = Box::leak(Box::new(Policy::require(requirement(&tree))));
        let message = || format!("case {case}: {tree:?} for {model:?}");

        // Nobody is nobody, whatever the rule says.
        let nobody = policy.evaluate(None).unwrap_err();
        assert!(
            matches!(nobody, AuthClientError::MissingToken(_)),
            "{}",
            message()
        );

        // What is known before the conditions are.
        let expected = undecided(&tree, &model);
        let actual = policy.explain(Some(&context)).outcome();
        match indices {
            Indices::Own => assert_eq!(actual, expected, "{}", message()),
            // `any(when(a), not(when(a)))`: it may wait for what it could know, and never errs.
            Indices::Shared => assert!(
                actual == expected || actual == Outcome::DependsOnRequest,
                "{}: {actual:?}",
                message()
            ),
        }
        seen[expected as usize] += 1;
        let strict = policy.evaluate(Some(&context));
        assert_eq!(strict.is_ok(), actual == Outcome::Holds, "{}", message());

        // The decision, and that what was not asked for does not matter.
        let outcomes = u32::try_from(generator.random.below(1 << CONDITIONS)).unwrap();
        let (asked, decision) = context.clone().sync_scope(|| decide(policy, outcomes));
        let expected = shown(&tree, true, &model, outcomes);
        assert_eq!(decision.is_ok(), expected, "{}: {outcomes:b}", message());
        let mut others = 0..1_u32 << CONDITIONS;
        let same = others.all(|others| {
            let completed = outcomes & asked | others & !asked;
            shown(&tree, true, &model, completed) == expected
        });
        assert!(same, "{}: asked only {asked:b}", message());
        if actual != Outcome::DependsOnRequest {
            assert_eq!(asked, 0, "{}: asked for nothing", message());
        }
    }
    let rare = seen.iter().min().unwrap();
    assert!(
        u64::from(*rare) > cases / 50,
        "the test has lost its subject: {seen:?}"
    );
}

#[test]
fn rules_as_attributes_write_them() {
    compare(Indices::Own, 1, CASES / 2);
}

#[test]
fn rules_whose_conditions_are_shared() {
    compare(Indices::Shared, 1 << 40, CASES / 2);
}

/// A condition that fails ends the evaluation, also below `not` and beside what would hold.
#[test]
fn a_failure_is_no_outcome() {
    const RULE: Policy = Policy::require(Requirement::any(&[
        Requirement::not(&Requirement::When(0)),
        Requirement::When(1),
    ]));
    let decision = SecurityContext::test("u").sync_scope(|| {
        let mut conditions = Conditions::<2>::new(&RULE).unwrap();
        assert!(conditions.needs(0) && conditions.needs(1));
        conditions.decide(
            0,
            Err(AuthUnavailableError::new(Dependency::ExternalDecision)),
        );
        assert!(!conditions.needs(0) && !conditions.needs(1));
        conditions.finish()
    });
    assert!(matches!(decision, Err(AuthClientError::AuthUnavailable(_))));
}

/// Fewer outcomes than conditions: nothing is admitted on a guess.
#[test]
fn what_nobody_decides_is_refused() {
    const RULE: Policy = Policy::require(Requirement::not(&Requirement::When(7)));
    let decision = SecurityContext::test("u").sync_scope(|| {
        let mut conditions = Conditions::<1>::new(&RULE).unwrap();
        assert!(conditions.needs(7));
        conditions.decide(7, false);
        conditions.finish()
    });
    assert!(decision.is_err());
}
