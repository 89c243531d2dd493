//! The evaluator against a model of it that is written in another way: 100,000 random rules, callers and
//! outcomes of conditions.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use pico_auth::__private::Conditions;
use pico_auth::{
    AuthClientError, AuthUnavailableError, Dependency, Outcome, Policy, Requirement,
    SecurityContext,
};

use self::caller::{ACR_VALUES, Caller, MAX_AGES};
use self::rule::{CONDITIONS, Generator, Indices, requirement, shown, undecided};

#[path = "model/caller.rs"]
mod caller;
#[path = "model/random.rs"]
#[allow(dead_code, reason = "shared with other binaries")]
mod random;
#[path = "model/rule.rs"]
#[allow(dead_code, reason = "shared with other binaries")]
mod rule;

const CASES: u64 = 100_000;
/// In seconds, longer than any rule allows.
const LONG_AGO: u64 = 1_000_000_000;

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
        let mut generator = Generator::new(seed.wrapping_add(case), indices);
        generator.has_strengths = true;
        let tree = generator.tree(4, false);
        let model = Caller::random(&mut generator.random);
        let context = model.context();
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

/// Who is sent to authenticate anew is admitted afterwards, in each way that the refusal names; who is not
/// sent would be refused however they authenticate.
#[test]
fn a_step_up_is_asked_for_exactly_where_it_helps() {
    let (mut asked, mut refused) = (0, 0);
    for case in 0..CASES / 2 {
        let mut generator = Generator::new((1 << 50) + case, Indices::Own);
        generator.has_strengths = true;
        let tree = generator.tree(3, true); // without conditions
        let mut model = Caller::random(&mut generator.random);
        let policy: &'static Policy = Box::leak(Box::new(Policy::require(requirement(&tree))));
        let Err(refusal) = policy.evaluate(Some(&model.context())) else {
            continue;
        };
        let told = format!("case {case}: {tree:?}: {refusal:?}");
        let mut admits = |acr, age: u64| {
            (model.acr, model.age) = (Some(acr), Some(age.cast_signed()));
            policy.evaluate(Some(&model.context())).is_ok()
        };
        let ages = [0].into_iter().chain(MAX_AGES).chain([LONG_AGO]);
        let ages: Vec<u64> = ages.collect();
        if let AuthClientError::InsufficientAuthentication(error) = &refusal {
            asked += 1;
            assert!(!error.acr_values().is_empty() || error.max_age_seconds().is_some());
            let classes: Vec<&str> = match error.acr_values() {
                [] => ACR_VALUES.into_iter().chain(["other"]).collect(),
                named => ACR_VALUES
                    .into_iter()
                    .filter(|acr| named.contains(&(*acr).into()))
                    .collect(),
            };
            let most = error.max_age_seconds().unwrap_or(LONG_AGO);
            for acr in classes {
                let mut possible = ages.iter().filter(|age| **age <= most);
                assert!(possible.all(|age| admits(acr, *age)), "{told}: {acr}");
            }
        } else {
            refused += 1;
            // What a client could be told: to be in the class `acr`, and how long ago at most.
            let named = |acr: &&str| told.contains(&format!("{acr:?}"));
            for most in 0..ages.len() {
                let mut helps = |acr| ages[..=most].iter().all(|age| admits(acr, *age));
                let is_recent = ages[most] != LONG_AGO;
                let anyhow = ACR_VALUES.into_iter().chain(["other"]).all(&mut helps);
                assert!(most == 0 || !(is_recent && anyhow), "{told}");
                // One that is to be 0 seconds ago is in no rule.
                let certain = ACR_VALUES.into_iter().filter(named).any(helps);
                assert!(most == 0 || !certain, "{told}");
            }
        }
    }
    assert!(asked > 1000 && refused > 1000, "{asked} {refused}");
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
