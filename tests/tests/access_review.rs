//! What a change did to the access of an application: two maps compared, and the command that does it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use pico_auth::access_map::{AccessChange, AccessDiff, AccessMap, ChangeKind, roles};
use pico_auth::routing::{MethodRouter, any, get, post};
use pico_auth::{AuthClientError, Policy, Requirement, Role, SecureRouter, authorize};

use ChangeKind::{Added, Changed, Closed, Narrowed, Opened, Removed, Unclear, Widened};

const ADMIN: Policy = Policy::require(Requirement::any_role(&["admin"]));
const EDITOR: Policy = Policy::require(Requirement::any_role(&["editor"]));
const STAFF: Policy = Policy::require(Requirement::any_role(&["admin", "editor"]));
const BOTH: Policy = Policy::require(Requirement::all_roles(&["admin", "editor"]));

type Router = SecureRouter<()>;

/// A map with one route, `GET /`.
fn map(policy: Policy) -> AccessMap {
    Router::new()
        .route("/", get(policy.guard(|| async {})))
        .access_map()
}

fn diff(old: &AccessMap, new: &AccessMap) -> AccessDiff {
    AccessMap::diff(old, new)
}

/// The only change.
fn change(old: &AccessMap, new: &AccessMap) -> AccessChange {
    let diff = diff(old, new);
    assert_eq!(diff.changes().len(), 1, "{diff}");
    diff.changes()[0].clone()
}

fn kind(old: Policy, new: Policy) -> ChangeKind {
    change(&map(old), &map(new)).kind()
}

#[test]
fn the_same_map_has_not_changed() {
    for policy in [Policy::AllowAnonymous, Policy::Authenticated, ADMIN, BOTH] {
        let diff = diff(&map(policy), &map(policy));
        assert!(diff.is_empty() && !diff.has_opened() && !diff.admits_more());
        assert_eq!(diff.to_text(), "Access has not changed.\n");
        assert_eq!(diff.to_markdown(), "Access has not changed.\n");
    }
}

#[test]
fn each_way_to_change_a_rule_has_its_word() {
    for (old, new, expected) in [
        (ADMIN, Policy::AllowAnonymous, Opened),
        (
            Policy::Authenticated,
            Policy::OptionalAuthentication,
            Opened,
        ),
        (Policy::AllowAnonymous, Policy::Authenticated, Closed),
        (ADMIN, STAFF, Widened),
        (ADMIN, Policy::Authenticated, Widened),
        (BOTH, STAFF, Widened),
        (STAFF, ADMIN, Narrowed),
        (STAFF, BOTH, Narrowed),
        (ADMIN, EDITOR, Changed),
    ] {
        assert_eq!(kind(old, new), expected, "{old:?} -> {new:?}");
    }
}

#[test]
fn a_change_names_a_caller_who_gained_and_one_who_lost() {
    let widened = change(&map(ADMIN), &map(STAFF));
    assert_eq!(widened.gained(), Some("role 'editor'"));
    assert_eq!(widened.lost(), None);
    let changed = change(&map(ADMIN), &map(EDITOR));
    assert_eq!(changed.gained(), Some("role 'editor'"));
    assert_eq!(changed.lost(), Some("role 'admin'"));
    let to_all = change(&map(ADMIN), &map(Policy::Authenticated));
    assert_eq!(to_all.gained(), Some("a valid token alone"));
}

#[test]
fn the_same_rule_in_other_words_is_no_change() {
    const NOT_NEITHER: Policy = Policy::require(Requirement::not(&Requirement::all(&[
        Requirement::not(&Requirement::any_role(&["admin"])),
        Requirement::not(&Requirement::any_role(&["editor"])),
    ])));
    const ABSORBED: Policy = Policy::require(Requirement::any(&[
        Requirement::any_role(&["admin"]),
        Requirement::all_roles(&["admin", "editor"]),
    ]));
    assert!(diff(&map(STAFF), &map(NOT_NEITHER)).is_empty());
    assert!(diff(&map(ADMIN), &map(ABSORBED)).is_empty());
}

#[test]
fn a_rule_that_is_opened_only_to_callers_without_something_is_seen() {
    const NOT_SUSPENDED: Policy = Policy::require(Requirement::any(&[
        Requirement::any_role(&["admin"]),
        Requirement::not(&Requirement::any_group(&["known"])),
    ]));
    let change = change(&map(ADMIN), &map(NOT_SUSPENDED));
    assert_eq!(change.kind(), Widened);
    assert_eq!(change.gained(), Some("a valid token alone"));
}

#[test]
fn an_agent_that_was_needed_and_no_longer_is_is_seen() {
    const WITH_AGENT: Policy = Policy::require(Requirement::all(&[
        Requirement::any_role(&["admin"]),
        Requirement::any_agent_scope(&["pay"]),
    ]));
    const NOT_THE_AGENT: Policy =
        Policy::require(Requirement::not(&Requirement::any_agent_scope(&["pay"])));
    assert_eq!(kind(WITH_AGENT, ADMIN), Widened);
    let change = change(&map(WITH_AGENT), &map(NOT_THE_AGENT));
    assert_eq!(change.kind(), Changed);
    assert_eq!(
        change.gained(),
        Some("a valid token alone, an agent without scopes")
    );
    assert_eq!(change.lost(), Some("role 'admin', agent scope 'pay'"));
}

#[test]
fn wildcards_of_scopes_count() {
    const ALL: Policy = Policy::require(Requirement::any_scope(&["pay:*"]));
    const ONE: Policy = Policy::require(Requirement::any_scope(&["pay:write"]));
    let change = change(&map(ALL), &map(ONE));
    assert_eq!(change.kind(), Widened);
    assert_eq!(change.gained(), Some("scope 'pay:write'"));
}

#[derive(Role)]
#[role(rename_all = "lowercase")]
#[allow(dead_code)]
enum AppRole {
    #[role(implies(Editor))]
    Admin,
    Editor,
}

#[test]
fn a_role_that_implies_more_than_before_widens_what_it_reaches() {
    let old = map(EDITOR);
    let new = map(EDITOR).with_role_hierarchy::<AppRole>();
    let change = change(&old, &new);
    assert_eq!(change.kind(), Widened);
    assert_eq!(change.gained(), Some("role 'admin'"));
}

#[authorize(any(role("admin"), when(id == 7)))]
async fn conditional(id: u8) -> Result<(), AuthClientError> {
    let _ = id;
    Ok(())
}

#[test]
fn a_condition_that_was_dropped_is_seen() {
    let conditional = || {
        let handler = |axum::extract::Path(id): axum::extract::Path<u8>| conditional(id);
        Router::new().route("/{id}", get(handler)).access_map()
    };
    let plain = |policy: Policy| {
        Router::new()
            .route("/{id}", get(policy.guard(|| async {})))
            .access_map()
    };
    let to_all = change(&conditional(), &plain(Policy::Authenticated));
    assert_eq!(to_all.kind(), Widened);
    let from_admin = change(&plain(ADMIN), &conditional());
    assert_eq!(from_admin.kind(), Widened);
    let gained = Some("a valid token alone, depending on the request");
    assert_eq!(from_admin.gained(), gained);
    assert!(diff(&conditional(), &conditional()).is_empty());
}

/// Paths, and what makes their methods.
type Routes<'r> = &'r [(&'r str, fn() -> MethodRouter)];

fn routes(routes: Routes<'_>) -> AccessMap {
    let router = routes
        .iter()
        .fold(Router::new(), |router, (path, methods)| {
            router.route(path, methods())
        });
    router.access_map()
}

#[test]
fn routes_come_and_go() {
    let admin = || get(ADMIN.guard(|| async {}));
    let open = || get(Policy::AllowAnonymous.guard(|| async {}));
    let old = routes(&[("/a", admin), ("/b", admin)]);
    let new = routes(&[("/a", admin), ("/c", admin), ("/d", open)]);
    let diff = diff(&old, &new);
    let kinds: Vec<_> = diff.changes().iter().map(AccessChange::kind).collect();
    assert_eq!(kinds, [Opened, Added, Removed]);
    assert!(diff.has_opened() && diff.admits_more());
    let back = AccessMap::diff(&new, &old);
    let kinds: Vec<_> = back.changes().iter().map(AccessChange::kind).collect();
    assert_eq!(kinds, [Added, Removed, Removed]);
}

#[test]
fn another_name_for_a_path_parameter_is_no_change() {
    let admin = || get(ADMIN.guard(|| async {}));
    for (old, new) in [
        ("/users/{id}", "/users/{user}"),
        ("/files/{*path}", "/files/{*rest}"),
        ("/a{x}b/{y}", "/a{z}b/{w}"),
    ] {
        assert!(
            diff(&routes(&[(old, admin)]), &routes(&[(new, admin)])).is_empty(),
            "{old}"
        );
    }
    let diff = diff(&routes(&[("/{x}", admin)]), &routes(&[("/{*x}", admin)]));
    assert_eq!(diff.changes().len(), 2, "{diff}");
}

#[test]
fn a_method_is_compared_with_what_answered_it_before() {
    let every = || any(ADMIN.guard(|| async {}));
    let some = || get(Policy::Authenticated.guard(|| async {})).post(ADMIN.guard(|| async {}));
    // `POST` is as before; the other methods are gone.
    let forth = diff(&routes(&[("/", every)]), &routes(&[("/", some)]));
    let told: Vec<_> = forth
        .changes()
        .iter()
        .map(|c| (c.kind(), c.after().is_some()))
        .collect();
    assert_eq!(told, [(Widened, true), (Removed, false)], "{forth}");
    let back = diff(&routes(&[("/", some)]), &routes(&[("/", every)]));
    let kinds: Vec<_> = back.changes().iter().map(AccessChange::kind).collect();
    assert_eq!(kinds, [Added, Narrowed], "{back}");
}

#[test]
fn head_is_compared_with_get() {
    let get_only = || get(ADMIN.guard(|| async {}));
    let with_head =
        || get(ADMIN.guard(|| async {})).head(Policy::AllowAnonymous.guard(|| async {}));
    let change = change(&routes(&[("/", get_only)]), &routes(&[("/", with_head)]));
    assert_eq!(
        (change.kind(), change.after().unwrap().method()),
        (Opened, "HEAD")
    );
    assert_eq!(change.before().unwrap().method(), "GET");
}

#[test]
fn a_fallback_that_opens_is_seen() {
    let closed = Router::new().access_map();
    let open = Router::new()
        .fallback(Policy::AllowAnonymous.guard(|| async {}))
        .access_map();
    assert_eq!(change(&closed, &open).kind(), Opened);
}

#[test]
fn too_many_names_are_never_taken_for_no_change() {
    const MANY: [&str; 16] = [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p",
    ];
    const ONE_OF: Policy = Policy::require(Requirement::any_role(&MANY));
    const ALL_OF: Policy = Policy::require(Requirement::all_roles(&MANY));
    // The same callers, and the comparison cannot know.
    const IN_OTHER_WORDS: Policy = Policy::require(Requirement::any(&[
        Requirement::any_role(&["a", "b", "c", "d", "e", "f", "g", "h"]),
        Requirement::any_role(&["i", "j", "k", "l", "m", "n", "o", "p"]),
    ]));
    assert_eq!(kind(ONE_OF, IN_OTHER_WORDS), Unclear);
    let widened = change(&map(ALL_OF), &map(ONE_OF));
    assert_eq!(
        (widened.kind(), widened.gained()),
        (Unclear, Some("role 'a'"))
    );
    assert!(widened.kind().admits_more());
}

#[test]
fn the_report_says_what_changed_the_worst_first() {
    let old = Router::new()
        .route("/health", get(ADMIN.guard(|| async {})))
        .route("/orders", post(ADMIN.guard(|| async {})))
        .access_map();
    let new = Router::new()
        .route(
            "/health",
            get(Policy::AllowAnonymous
                .because("probe | a")
                .guard(|| async {})),
        )
        .route("/orders", post(EDITOR.guard(|| async {})))
        .access_map();
    assert_eq!(
        diff(&old, &new).to_text(),
        "opened    GET /health: role 'admin' -> everybody (probe | a)\n\
         changed   POST /orders: role 'admin' -> role 'editor'\n          \
         now admitted: role 'editor'\n          \
         now refused: role 'admin'\n"
    );
    assert_eq!(
        diff(&old, &new).to_markdown(),
        "| Change | Route | Before | Now | For example |\n\
         | --- | --- | --- | --- | --- |\n\
         | **opened** | GET /health | role 'admin' | everybody (probe \\| a) |  |\n\
         | **changed** | POST /orders | role 'admin' | role 'editor' | now admitted: role 'editor'; now refused: role 'admin' |\n"
    );
}

#[test]
fn a_map_that_was_stored_is_compared_as_itself() {
    let map = map(STAFF).with_role_hierarchy::<AppRole>();
    let stored = AccessMap::from_json(&map.clone().without_source().to_json()).unwrap();
    assert!(diff(&stored, &map).is_empty());
    let editors = stored.what_can(&roles(["editor"]));
    assert_eq!(editors.len(), 2, "the route and the fallback");
}
