//! What `lint` finds and what it leaves alone.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use pico_auth::access_map::{AccessEntry, AccessMap, FALLBACK, Finding};
use pico_auth::routing::{any, delete, get, post};
use pico_auth::{Policy, Requirement, SecureRouter, allow_anonymous, requires_role};

use super::caller::AppRole;
use super::entries::{ADMIN, OPEN};
use super::handlers::Answering;
use super::paths::{filled, is_match, matching};
use super::routers::Builder;

#[allow_anonymous]
async fn list() {}

#[requires_role("admin")]
async fn report() {}

async fn plain() {}

type Router = SecureRouter;

const SIGNED_IN: Policy = Policy::Authenticated;

fn found(router: &Router) -> Vec<String> {
    let findings = router.access_map().lint();
    findings.iter().map(Finding::to_string).collect()
}

/// The routes of all pairs with two rules.
fn pairs(map: &AccessMap) -> Vec<(String, String)> {
    let findings = map.lint().into_iter();
    let pairs = findings.filter_map(|finding| match finding {
        Finding::TwoPolicies { route, other, .. } => Some((route, other)),
        _ => None,
    });
    pairs.collect()
}

/// The pairs where the first path is for admins and the second for all who are signed in.
fn pairs_of(one: &str, other: &str) -> Vec<(String, String)> {
    let router = Router::new()
        .route(one, get(ADMIN.guard(plain)))
        .route(other, get(SIGNED_IN.guard(plain)));
    let (found, map) = (pairs(&router.access_map()), router.access_map());
    // Which one is registered first makes no difference.
    let turned = Router::new()
        .route(other, get(SIGNED_IN.guard(plain)))
        .route(one, get(ADMIN.guard(plain)));
    assert_eq!(found, pairs(&turned.access_map()), "{map}");
    found
}

#[test]
fn a_clean_map_has_no_findings() {
    let role = Policy::require(Requirement::any_role(&["admin", "viewer"]));
    let of = |policy: Policy| policy.guard(|| async {});
    let router = Router::new()
        .route("/health", get(OPEN.because("probe").guard(plain)))
        .route("/maybe", get(of(Policy::OptionalAuthentication)))
        .route("/users", get(of(role)).post(of(ADMIN)))
        .route("/users/me", get(of(role)))
        .route("/users/{id}", get(of(role)).delete(report))
        .route("/users/{id}/roles", get(report).put(of(ADMIN)))
        .nest_service("/static", Answering::<0> { id: 0 }, OPEN.because("files"));
    let map = router.access_map();
    assert_eq!(map.lint(), []);
    let map = map.with_known_roles(["admin", "viewer", "unused"]);
    assert_eq!(map.lint(), []);
    assert_eq!(map.without_source().lint(), []);
}

#[test]
fn an_open_route_must_say_why() {
    let router = Router::new()
        .route("/", get(list).post(OPEN.because("why").guard(plain)))
        .route("/closed", get(list))
        .route("/later", delete(OPEN.guard(plain)));
    let advice = "is open to everybody and does not say why: write `#[allow_anonymous(reason = \"..\")]`, or \
                  `Policy::AllowAnonymous.because(\"..\")`";
    assert_eq!(
        found(&router),
        [
            format!("GET / {advice}"),
            format!("GET /closed {advice}"),
            format!("DELETE /later {advice}"),
        ]
    );
    let closed = Router::new()
        .route("/closed", get(list))
        .require(Policy::OptionalAuthentication)
        .fallback(list);
    assert_eq!(found(&closed), [format!("any other path {advice}")]);
}

#[test]
fn two_paths_for_one_request_are_found_whatever_their_form() {
    for (exact, wide) in [
        ("/users/me", "/users/{id}"),
        ("/users/me", "/users/{*rest}"),
        ("/users/me", "/{*rest}"),
        ("/users/me/x", "/users/{id}/x"),
        ("/a/{x}", "/{y}/b"),
        ("/a/{*rest}", "/{id}/b"),
        ("/a/{*rest}", "/{id}/b/"),
        ("/a{id}", "/{id}"),
        ("/ab{id}", "/a{id}"),
        ("/ab", "/a{id}"),
        ("/a{id}/x", "/{id}/x"),
        ("/a{*rest}", "/{id}/x"),
        ("/{{id}}", "/{id}"),
        ("/a{{b", "/{id}"),
        ("/a/b/", "/a/{id}/"),
        ("/a/", "/{id}/"),
        // A hole in the middle can be empty.
        ("//x", "/{id}/x"),
    ] {
        let expected = [(format!("GET {exact}"), format!("GET {wide}"))];
        assert_eq!(pairs_of(exact, wide), expected, "{exact} {wide}");
    }
}

#[test]
fn paths_that_share_no_request_are_left_alone() {
    for (one, other) in [
        ("/a", "/b"),
        ("/a", "/a/b"),
        ("/a", "/a/"),
        ("/a", "/a/{id}"),
        ("/a/", "/a/{id}"),
        ("/a", "/a/{*rest}"),
        ("/a/", "/a/{*rest}"),
        ("/", "/{*rest}"),
        ("/", "/{id}"),
        ("/a", "/{id}/"),
        ("/a", "/a{id}"),
        ("/a{id}", "/b{id}"),
        ("/a{id}/x", "/b{id}/{y}"),
        ("/{id}/x", "/{name}/y"),
        ("/{id}", "/{x}/{y}"),
        ("/b", "/a{*rest}"),
        ("/a", "/a{*rest}"),
        ("/{{id}}/x", "/a/{x}"),
        ("/A", "/a"),
    ] {
        assert_eq!(pairs_of(one, other), [], "{one} {other}");
    }
    // One rule, two paths: nothing to wonder about. And what the fallback answers matches nothing else.
    let router = Router::new()
        .route("/users/me", get(SIGNED_IN.guard(plain)))
        .route("/users/{id}", get(SIGNED_IN.guard(plain)))
        .fallback(ADMIN.guard(plain));
    assert_eq!(pairs(&router.access_map()), []);
}

/// Against a matcher that knows nothing of pairs: random applications, and requests for them.
#[test]
fn no_request_matches_two_rules_unnoticed() {
    let mut met = 0;
    for seed in 0..300 {
        let mut builder = Builder::new((1 << 33) + seed);
        let map = builder.application().access_map();
        let found = pairs(&map);
        let paths: BTreeSet<&str> = map.entries().iter().map(AccessEntry::path).collect();
        let paths: Vec<&str> = paths.into_iter().filter(|path| *path != FALLBACK).collect();
        for _ in 0..if paths.is_empty() { 0 } else { 50 } {
            let random = &mut builder.generator.random;
            let target = filled(random.one_of(&paths), random);
            let method = random.one_of(&["GET", "HEAD", "POST", "LINK"]);
            let Some(taken) = matching(paths.iter().copied(), &target) else {
                continue;
            };
            let others = paths.iter().filter(|path| **path != taken);
            for other in others.filter(|path| is_match(path, &target)) {
                let both = (map.who_can(method, taken), map.who_can(method, other));
                let (Ok(taken), Ok(other)) = both else {
                    continue;
                };
                let (taken, other) = (taken.entry(), other.entry());
                let pair = (taken.route(), other.route());
                let expected = taken.rule() != other.rule();
                assert_eq!(
                    found.contains(&pair),
                    expected,
                    "{method} {target}: {pair:?}\n{map}"
                );
                met += 1;
            }
        }
    }
    assert!(met > 1_000, "the test has lost its subject: {met}");
}

#[test]
fn methods_must_meet_for_two_rules_to_meet() {
    let guarded = |policy: Policy| policy.guard(plain);
    let wide = || get(guarded(SIGNED_IN));
    let with = |exact| {
        let router = Router::new().route("/a/b", exact).route("/a/{id}", wide());
        pairs(&router.access_map())
    };
    let pair = |exact: &str| vec![(exact.to_owned(), "GET /a/{id}".to_owned())];
    assert_eq!(with(get(guarded(ADMIN))), pair("GET /a/b"));
    assert_eq!(with(any(guarded(ADMIN))), pair("every method /a/b"));
    assert_eq!(with(post(guarded(ADMIN))), []);
    // The request is for GET, whoever answers the other methods.
    let both = any(guarded(ADMIN)).get(guarded(SIGNED_IN));
    assert_eq!(with(both), []);
    // HEAD is answered by GET where it has no route of its own.
    let head = get(guarded(SIGNED_IN)).head(guarded(ADMIN));
    assert_eq!(with(head), pair("HEAD /a/b"));

    // On one path, methods are told apart by everybody.
    let one = Router::new().route("/", any(guarded(ADMIN)).get(guarded(SIGNED_IN)));
    assert_eq!(pairs(&one.access_map()), []);
}

#[test]
fn a_nested_service_meets_what_matches_its_own_path() {
    let files = Answering::<0> { id: 0 };
    let router = Router::new()
        .route("/{page}", get(SIGNED_IN.guard(plain)))
        .nest_service("/static", files, ADMIN)
        .nest(
            "/n",
            Router::new().route("/{page}", get(SIGNED_IN.guard(plain))),
        )
        .route("/n/x", get(ADMIN.guard(plain)));
    let expected = [
        ("GET /n/x", "GET /n/{page}"),
        ("every method /static", "GET /{page}"),
    ];
    let found = pairs(&router.access_map());
    let found: Vec<_> = found.iter().map(|(a, b)| (&**a, &**b)).collect();
    assert_eq!(found, expected);
    let finding = &router.access_map().lint()[0];
    assert_eq!(
        finding.to_string(),
        "GET /n/x (role 'admin') answers some requests that GET /n/{page} (any valid token) matches, too: is \
         it meant to be under another rule?"
    );
}

#[test]
fn one_function_under_two_rules_is_found() {
    let router = || {
        Router::new()
            .route("/one", get(report))
            .route("/two", get(report).head(report))
            .require(SIGNED_IN)
            .nest(
                "/three",
                Router::new()
                    .route("/", post(report))
                    .require(const { Policy::require(Requirement::any_group(&["staff"])) }),
            )
            .fallback(report)
    };
    let found = router().access_map().lint();
    let two_ways = found
        .iter()
        .filter(|finding| matches!(finding, Finding::TwoWays { .. }));
    let two_ways: Vec<_> = two_ways.map(Finding::to_string).collect();
    assert_eq!(
        two_ways[0],
        "`access_map::lint::report` is reached by GET /one (role 'admin') and by POST /three (all of (role \
         'admin'; group 'staff')): whoever is refused by one can take the other"
    );
    assert_eq!(
        two_ways.len(),
        1,
        "of several routes with one rule, the first"
    );
    // Without places, functions of one name cannot be told apart.
    assert_eq!(router().access_map().without_source().lint(), []);
}

#[test]
fn what_only_shares_a_name_is_not_one_function() {
    mod one {
        #[pico_auth::requires_role("admin")]
        pub(super) async fn list() {}
    }
    mod two {
        #[pico_auth::authenticated]
        pub(super) async fn list() {}
    }
    let service = |id| Answering::<0> { id };
    let router = Router::new()
        .route("/one", get(one::list).post(one::list))
        .route("/two", get(two::list))
        .route_service("/s", service(0), ADMIN)
        .route_service("/t", service(0), SIGNED_IN)
        .route("/c", get(ADMIN.guard(|| async {})))
        .route("/d", get(SIGNED_IN.guard(|| async {})));
    assert_eq!(router.access_map().lint(), []);
    assert_eq!(router.access_map().without_source().lint(), []);
}

fn asking(roles: &[&'static str]) -> Router {
    let routers = roles.iter().enumerate();
    routers.fold(Router::new(), |router, (i, role)| {
        let names = vec![*role].leak();
        let policy = Policy::require(Requirement::any_role(names));
        router.route(&format!("/{i}"), get(policy.guard(|| async {})))
    })
}

#[test]
fn a_role_that_one_rule_names_is_doubted_where_no_roles_are_known() {
    let advice = ": if it is right, name all roles by `with_known_roles`";
    assert_eq!(
        found(&asking(&["admin", "admin", "amdin", "support"])),
        [
            format!("only GET /2 asks for the role 'amdin'; is 'admin' meant?{advice}"),
            format!("only GET /3 asks for the role 'support'{advice}"),
        ]
    );
    // Within one rule, or on all methods, it is one use; in two it is no doubt.
    assert_eq!(
        found(&asking(&["admin", "admin", "viewer", "viewer"])),
        [""; 0]
    );
}

#[test]
fn a_role_that_is_not_known_is_found_with_what_was_meant() {
    let known = |roles: &[&'static str]| {
        let map = asking(roles).access_map().with_role_hierarchy::<AppRole>();
        let findings = map.lint();
        findings.iter().map(Finding::to_string).collect::<Vec<_>>()
    };
    assert_eq!(known(&["owner", "admin", "viewer"]), [""; 0]);
    assert_eq!(
        known(&["Admin", "Admin", "veiwer", "billing", "ab"]),
        [
            "GET /0 asks for the role 'Admin', which is not known; is 'admin' meant?",
            "GET /4 asks for the role 'ab', which is not known",
            "GET /3 asks for the role 'billing', which is not known",
            "GET /2 asks for the role 'veiwer', which is not known; is 'viewer' meant?",
        ]
    );
    let map = asking(&["x"]).access_map().with_known_roles(["y"]);
    assert_eq!(
        map.lint(),
        [Finding::UnknownRole {
            role: "x".to_owned(),
            route: "GET /0".to_owned(),
            meant: None,
        }],
        "of a short name, not all letters may differ"
    );
}

/// A lint that looks at every pair of routes would take minutes.
#[test]
fn thousands_of_routes_are_no_burden() {
    let policies = [ADMIN, SIGNED_IN, Policy::OptionalAuthentication];
    let router = (0..1_000).fold(Router::new(), |router, i| {
        let guard = |n: usize| policies[(i + n) % 3].guard(plain);
        router
            .route(&format!("/api/v1/things-{i}"), get(guard(0)).post(guard(1)))
            .route(
                &format!("/api/v1/things-{i}/{{id}}"),
                get(guard(0)).delete(guard(2)),
            )
            .route(&format!("/api/v1/things-{i}/own"), get(guard(1)))
    });
    let router = router.route("/api/{*rest}", get(ADMIN.guard(plain)));
    let map = router.access_map();
    assert_eq!(map.entries().len(), 5_002);
    let begin = Instant::now();
    let findings = map.lint();
    let text = map.to_text();
    let took = begin.elapsed();
    // Two of three own paths against their parameter or the wildcard, and of the other routes as many.
    assert!(findings.len() > 2_000, "{}", findings.len());
    assert_eq!(text.lines().count(), 5_003);
    assert!(took < Duration::from_secs(10), "{took:?}");
}
