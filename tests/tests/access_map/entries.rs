//! What the map of a router lists: methods, paths in full, rules together, names, places, reasons.

use axum::extract::State;
use axum::handler::Handler;
use pico_auth::access_map::{AccessEntry, AccessMap, AccessRule, EVERY_METHOD, FALLBACK};
use pico_auth::routing::{MethodFilter, any, get, on, post};
use pico_auth::{
    Permission, Policy, Requirement, SecureRouter, allow_anonymous, authenticated, authorize,
    requires_role,
};
use tower::layer::util::Identity;

use super::handlers::Answering;

pub(crate) const OPEN: Policy = Policy::AllowAnonymous;
pub(crate) const ADMIN: Policy = Policy::require(Requirement::any_role(&["admin"]));
const STAFF: Policy = Policy::require(Requirement::any_group(&["staff"]));

#[allow_anonymous]
async fn list() {}

#[requires_role("admin")]
async fn delete() {}

#[authenticated]
async fn closure(_: u8) {}

#[authenticated]
async fn stateful(State(_): State<u8>) {}

#[authorize(when(true))]
async fn conditional() {}

#[authorize(after = |_, answer: &String| answer == "shown")]
async fn checked() -> String {
    "shown".to_owned()
}

#[authorize(group("staff"), after = |_, answer: &String| answer == "shown")]
async fn checked_for_staff() -> String {
    "shown".to_owned()
}

async fn plain() {}

fn service() -> Answering<0> {
    Answering { id: 0 }
}

/// `METHOD path: rule`, line by line.
pub(crate) fn lines(map: &AccessMap) -> Vec<String> {
    let line = |entry: &AccessEntry| format!("{}: {}", entry.route(), entry.rule());
    map.entries().iter().map(line).collect()
}

fn map(router: impl FnOnce(SecureRouter) -> SecureRouter) -> AccessMap {
    router(SecureRouter::new()).access_map()
}

fn only(router: impl FnOnce(SecureRouter) -> SecureRouter) -> AccessEntry {
    map(router).entries()[0].clone()
}

#[test]
fn every_method_of_a_filter_has_an_entry() {
    let filter = MethodFilter::PUT
        .or(MethodFilter::CONNECT)
        .or(MethodFilter::GET);
    let map = map(|r| r.route("/", on(filter, ADMIN.guard(plain)).patch(list)));
    assert_eq!(
        lines(&map),
        [
            "GET /: role 'admin'",
            "PUT /: role 'admin'",
            "PATCH /: everybody",
            "CONNECT /: role 'admin'",
            "any other path: any valid token",
        ]
    );
}

#[test]
fn paths_are_those_of_the_nested_routers_in_full() {
    let inner = || {
        SecureRouter::new()
            .route("/", get(list))
            .route("/x", get(list))
    };
    let deep = |path: &str| SecureRouter::new().nest(path, inner());
    let map = map(|r| {
        r.nest("/a", inner())
            .nest("/b/", inner())
            .nest("/{id}/c", deep("/d"))
            .nest("/e/", deep("/f/"))
            .merge(SecureRouter::new().route("/g", get(list)))
    });
    let paths: Vec<_> = map.entries().iter().map(AccessEntry::path).collect();
    assert_eq!(
        paths,
        [
            "/a",
            "/a/x",
            "/b/",
            "/b/x",
            "/e/f/",
            "/e/f/x",
            "/g",
            "/{id}/c/d",
            "/{id}/c/d/x",
            FALLBACK
        ]
    );
}

/// axum answers `/files` and `/files/` by the service, too: listed only below, an open directory would
/// look as if its index were behind the fallback.
#[test]
fn a_nested_service_cannot_hide_its_own_path() {
    let files = map(|r| r.nest_service("/files", service(), OPEN));
    assert_eq!(
        lines(&files),
        [
            "every method /files: everybody",
            "every method /files/: everybody",
            "every method /files/{*rest}: everybody",
            "any other path: any valid token",
        ]
    );
    let nested = SecureRouter::new().nest_service("/files/", service(), ADMIN);
    let nested = map(|r| r.nest("/{id}/", nested));
    assert_eq!(
        lines(&nested)[..2],
        [
            "every method /{id}/files/: role 'admin'",
            "every method /{id}/files/{*rest}: role 'admin'",
        ]
    );
}

#[test]
fn the_fallback_is_the_last_one_that_was_set() {
    let rules = |map: &AccessMap| -> Vec<AccessRule> {
        let entries = map.entries().iter();
        let fallbacks = entries.filter(|entry| entry.path() == FALLBACK);
        fallbacks.map(|entry| entry.rule().clone()).collect()
    };
    let default = map(|r| r);
    assert_eq!(rules(&default), [AccessRule::Authenticated]);
    let entry = &default.entries()[0];
    assert_eq!(entry.handler(), "answers 404 Not Found");
    assert_eq!((entry.source(), entry.reason()), (None, None));

    let map = map(|r| r.fallback(delete).fallback_service(service(), OPEN));
    assert_eq!(rules(&map), [AccessRule::Anonymous]);
    assert_eq!(map.entries()[0].method(), EVERY_METHOD);
}

/// `file:line` of the call.
macro_rules! here {
    () => {
        format!("{}:{}", file!(), line!())
    };
}

#[test]
fn handlers_are_named_and_placed_however_they_get_there() {
    let (list_at, delete_at) = ("access_map::entries::list", "access_map::entries::delete");
    let closure_at = "access_map::entries::closure";
    for (entry, handler) in [
        (only(|r| r.route("/", get(list))), list_at),
        (only(|r| r.route("/", get(list).head(list))), list_at),
        (only(|r| r.route("/", get(list).merge(post(list)))), list_at),
        (only(|r| r.route("/", get(|| closure(1)))), closure_at),
        (
            only(|r| r.route("/", get(list.layer(Identity::new())))),
            list_at,
        ),
        (only(|r| r.fallback(list)), list_at),
        (
            only(|r| r.nest("/n", SecureRouter::new().route("/", any(delete)))),
            delete_at,
        ),
        (
            only(|r| {
                r.route("/", get(delete).layer(Identity::new()))
                    .require(ADMIN)
            }),
            delete_at,
        ),
    ] {
        assert_eq!(entry.handler(), handler);
        let source = entry.source().unwrap();
        assert!(
            source.starts_with("tests/tests/access_map/entries.rs:"),
            "{source}"
        );
    }

    let (entry, place) = (only(|r| r.route("/", get(ADMIN.guard(plain)))), here!());
    assert_eq!(entry.handler(), "access_map::entries::plain");
    assert_eq!(entry.source(), Some(&*place));
    let (entry, place) = (only(|r| r.fallback(OPEN.guard(|| async {}))), here!());
    assert!(entry.handler().ends_with("{{closure}}"), "{entry:?}");
    assert_eq!(entry.source(), Some(&*place));
    let name = "access_map::handlers::Answering<0>";
    for (entry, place) in [
        (only(|r| r.route_service("/", service(), OPEN)), here!()),
        (only(|r| r.nest_service("/n", service(), OPEN)), here!()),
        (only(|r| r.fallback_service(service(), OPEN)), here!()),
    ] {
        assert_eq!(entry.handler(), name);
        assert_eq!(entry.source(), Some(&*place));
    }
}

#[test]
fn rules_of_routers_stand_beside_those_of_functions() {
    let map = map(|r| {
        r.route("/open", get(list))
            .route("/delete", get(delete))
            .nest_service("/files", service(), OPEN)
            .require(Policy::OptionalAuthentication)
            .require(STAFF)
            .require(STAFF)
            .require(Policy::Authenticated)
            .route("/later", get(list))
            .require(OPEN)
            .fallback(list)
    });
    assert_eq!(
        lines(&map),
        [
            "GET /delete: all of (role 'admin'; group 'staff')",
            "every method /files: group 'staff'",
            "every method /files/: group 'staff'",
            "every method /files/{*rest}: group 'staff'",
            "GET /later: everybody",
            "GET /open: group 'staff'",
            "any other path: everybody",
        ]
    );
}

#[test]
fn what_nobody_has_is_nobody() {
    for requirement in [
        Requirement::any_role(&[]),
        Requirement::all_scopes(&[]),
        Requirement::any(&[]),
        Requirement::all(&[]),
        Requirement::When(0),
    ] {
        let policy = Policy::require(requirement);
        let own = only(|r| r.route("/", get(policy.guard(plain))));
        assert_eq!(own.rule(), &AccessRule::Nobody, "{requirement:?}");
        let required = only(|r| r.route("/", get(list)).require(policy));
        assert_eq!(required.rule(), &AccessRule::Nobody, "{requirement:?}");
    }
    let decided = only(|r| r.route("/", get(conditional)));
    assert_eq!(decided.rule(), &AccessRule::Condition);
    assert!(decided.rule().depends_on_request());
}

/// Whoever is admitted may still be refused what the function returns.
#[test]
fn a_check_of_the_answer_is_no_unconditional_admission() {
    let checked = only(|r| r.route("/", get(checked)));
    assert_eq!(checked.rule(), &AccessRule::Condition);
    let staff = only(|r| r.route("/", get(checked_for_staff)));
    let rule = staff.rule().to_string();
    assert_eq!(rule, "all of (group 'staff'; a condition on the request)");
}

#[test]
fn names_are_sorted_and_each_once() {
    let policy = Policy::require(Requirement::any_role(&["b", "a", "b"]));
    let entry = only(|r| r.route("/", get(policy.guard(plain))));
    let names = vec!["a".into(), "b".into()];
    let permission = Permission::Role;
    assert_eq!(entry.rule(), &AccessRule::OneOf { permission, names });
    assert_eq!(entry.rule().to_string(), "one of roles: 'a', 'b'");
}

#[test]
fn reasons_are_kept_while_they_are_true() {
    let probe = OPEN.because("load balancer probe");
    let reason = |entry: AccessEntry| entry.reason().map(str::to_owned);
    let some = || Some("load balancer probe".to_owned());
    assert_eq!(
        reason(only(|r| r.route("/", get(probe.guard(plain))))),
        some()
    );
    assert_eq!(
        reason(only(|r| r.route_service("/", service(), probe))),
        some()
    );
    assert_eq!(
        reason(only(|r| r.nest_service("/n", service(), probe))),
        some()
    );
    assert_eq!(
        reason(only(|r| r.fallback_service(service(), probe))),
        some()
    );
    assert_eq!(reason(only(|r| r.route("/", get(OPEN.guard(plain))))), None);

    // A router that closes the route leaves nothing to give reasons for.
    let closed = only(|r| r.route("/", get(probe.guard(plain))).require(ADMIN));
    assert_eq!(reason(closed), None);
    let optional = Policy::OptionalAuthentication;
    let open = only(|r| r.route("/", get(probe.guard(plain))).require(optional));
    assert_eq!(reason(open), some());
    // A reason of a rule that is closed by itself stays.
    let strict = ADMIN.because("it deletes");
    let entry = only(|r| r.route("/", get(strict.guard(plain))).require(STAFF));
    assert_eq!(reason(entry), Some("it deletes".to_owned()));
}

#[test]
fn a_router_with_state_has_the_same_map_before_and_after() {
    let router = SecureRouter::<u8>::new()
        .route("/", get(stateful).post(list))
        .nest("/n", SecureRouter::new().route("/x", get(stateful)))
        .nest_service("/files", service(), ADMIN)
        .require(STAFF)
        .layer(Identity::new())
        .fallback(stateful);
    let before = router.access_map();
    let finished: SecureRouter = router.with_state(7);
    assert_eq!(before, finished.access_map());
    assert_eq!(before.entries().len(), 7);
}

#[test]
fn the_order_of_registration_makes_no_difference() {
    let inner = || SecureRouter::new().route("/x", post(list).get(delete));
    let one = map(|r| {
        r.route(
            "/b",
            get(list)
                .post(delete)
                .head(list)
                .on(MethodFilter::TRACE, list),
        )
        .route("/a", any(list))
        .nest("/n", inner())
        .fallback(list)
        .merge(SecureRouter::new().route("/m", get(list)))
    });
    let other = map(|r| {
        r.merge(SecureRouter::new().route("/m", get(list)))
            .route("/a", any(list))
            .fallback(list)
            .nest("/n", inner())
            .route("/b", on(MethodFilter::TRACE, list).head(list))
            .route("/b", post(delete))
            .route("/b", get(list))
    });
    assert_eq!(one, other);
    let routes: Vec<_> = one.entries().iter().map(AccessEntry::route).collect();
    assert_eq!(
        routes,
        [
            "every method /a",
            "GET /b",
            "HEAD /b",
            "POST /b",
            "TRACE /b",
            "GET /m",
            "GET /n/x",
            "POST /n/x",
            "any other path"
        ]
    );
}
