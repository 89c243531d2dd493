//! What a map says of a rule, against what evaluates it: 100,000 random rules, alone and together.

use pico_auth::access_map::{AccessMap, Caller as Asked, Decision, RoleAccess, roles};
use pico_auth::routing::get;
use pico_auth::{Outcome, Policy, SecureRouter};

use super::caller::{AppRole, Caller, ROLES};
use super::handlers::Ruled;
use super::random::Random;
use super::rule::{Generator, Indices, Tree, requirement, shown, undecided};

const CASES: u64 = 100_000;

/// The caller as a map is asked about them.
pub(crate) fn asked(caller: &Caller) -> Asked {
    let asked = roles(caller.granted.iter().copied())
        .groups(caller.groups.iter().copied())
        .scopes(caller.scopes.iter().copied());
    match &caller.agent {
        Some(scopes) => asked.agent(scopes.iter().copied()),
        None => asked,
    }
}

/// A random policy, and the rule of the model; `None` where it is not a requirement.
fn policy(generator: &mut Generator) -> (&'static Policy, Option<Tree>) {
    let simple = [
        Policy::AllowAnonymous,
        Policy::OptionalAuthentication,
        Policy::Authenticated,
    ];
    let (policy, tree) = if let Some(policy) = simple.get(generator.random.below(24)) {
        (*policy, None)
    } else {
        let tree = generator.tree(4, false);
        (Policy::require(requirement(&tree)), Some(tree))
    };
    (Box::leak(Box::new(policy)), tree)
}

/// What evaluates policies says.
fn evaluated(own: &Policy, decides: bool, required: &[&'static Policy], who: &Caller) -> Decision {
    let context = who.context();
    let own = match own.explain(Some(&context)).outcome() {
        Outcome::DependsOnRequest if !decides => Outcome::Fails,
        outcome => outcome,
    };
    let all_hold = required
        .iter()
        .all(|policy| policy.evaluate(Some(&context)).is_ok());
    match own {
        _ if !all_hold => Decision::Refused,
        Outcome::Holds => Decision::Admitted,
        Outcome::DependsOnRequest => Decision::DependsOnRequest,
        _ => Decision::Refused,
    }
}

fn map(ruled: Ruled, required: &[&'static Policy], has_hierarchy: bool) -> AccessMap {
    let router = SecureRouter::<()>::new().route("/", get(ruled));
    let router = required
        .iter()
        .fold(router, |router, policy| router.require(**policy));
    if has_hierarchy {
        router.access_map().with_role_hierarchy::<AppRole>()
    } else {
        router.access_map()
    }
}

#[test]
fn a_map_decides_as_policies_do() {
    let mut seen = [0_u32; 3];
    for case in 0..CASES {
        let indices = if case % 2 == 0 {
            Indices::Own
        } else {
            Indices::Shared
        };
        let mut generator = Generator::new((1 << 20) + case, indices);
        let (own, tree) = policy(&mut generator);
        let decides = !generator.random.one_in(4);
        let count = generator.random.below(6).saturating_sub(3);
        let required: Vec<&'static Policy> = (0..count).map(|_| policy(&mut generator).0).collect();
        let caller = Caller::random(&mut generator.random);
        let ruled = Ruled {
            id: 0,
            policy: own,
            decides,
        };
        let map = map(ruled, &required, caller.has_hierarchy);
        let access = map.who_can("GET", "/").unwrap();
        let message = || format!("case {case}: {own:?} and {required:?} for {caller:?}: {access}");

        let expected = evaluated(own, decides, &required, &caller);
        assert_eq!(access.decide(&asked(&caller)), expected, "{}", message());
        let of_context = Asked::from(&caller.context());
        assert_eq!(access.decide(&of_context), expected, "{}", message());
        seen[expected as usize] += 1;

        // Nobody is nobody, whatever the rule says.
        let open = own.admits_everybody() && required.iter().all(|p| p.admits_everybody());
        let expected = if open {
            Decision::Admitted
        } else {
            Decision::Refused
        };
        let anonymous = access.decide(&Asked::anonymous());
        assert_eq!(anonymous, expected, "{}", message());

        // The model, which shares nothing with the library.
        if let (Some(tree), [], true, Indices::Own) = (&tree, &required[..], decides, indices) {
            let expected = match undecided(tree, &caller) {
                Outcome::Holds => Decision::Admitted,
                Outcome::DependsOnRequest => Decision::DependsOnRequest,
                _ => Decision::Refused,
            };
            assert_eq!(access.decide(&asked(&caller)), expected, "{}", message());
        }
        if case % 10 == 0 {
            let read = AccessMap::from_json(&map.to_json()).unwrap();
            assert_eq!(read, map, "{}", message());
        }
    }
    let rare = seen.iter().min().unwrap();
    assert!(
        u64::from(*rare) > CASES / 50,
        "the test has lost its subject: {seen:?}"
    );
}

/// `with_role` speaks of every caller with one role; here are some of them.
#[test]
fn what_a_role_means_holds_for_whoever_has_no_other() {
    let mut seen = [0_u32; 4];
    for case in 0..CASES / 5 {
        let mut generator = Generator::new((1 << 50) + case, Indices::Own);
        let tree = generator.tree(3, false);
        let policy: &'static Policy = Box::leak(Box::new(Policy::require(requirement(&tree))));
        let ruled = Ruled {
            id: 0,
            policy,
            decides: true,
        };
        let has_hierarchy = generator.random.one_in(2);
        let map = map(ruled, &[], has_hierarchy);
        let access = map.who_can("GET", "/").unwrap();
        let role = ROLES[generator.random.below(ROLES.len())];
        let means = access.with_role(role);
        seen[means as usize] += 1;
        let suffices = access.roles().contains(&role);
        let named = map.roles().contains(&role) && format!("{access}").contains("role");
        assert_eq!(
            suffices,
            named && means == RoleAccess::Admitted,
            "case {case}: {access}"
        );
        for _ in 0..4 {
            let caller = with_only(role, has_hierarchy, &mut generator.random);
            let outcomes = u32::try_from(generator.random.below(64)).unwrap();
            let admitted = shown(&tree, true, &caller, outcomes);
            let message = format!("case {case}: {tree:?} with {role}: {means:?} for {caller:?}");
            match means {
                RoleAccess::Admitted => assert!(admitted, "{message}"),
                RoleAccess::Refused => assert!(!admitted, "{message}"),
                RoleAccess::Possible => {}
                _ => panic!("{message}"),
            }
        }
    }
    assert!(seen[1..].iter().all(|seen| *seen > 500), "{seen:?}");
}

fn with_only(role: &'static str, has_hierarchy: bool, random: &mut Random) -> Caller {
    let mut caller = Caller::random(random);
    caller.granted = vec![role];
    caller.with_hierarchy(has_hierarchy)
}
