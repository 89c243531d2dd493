//! What a change did to the access of an application: two maps compared, and the command that does it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use axum::extract::Path;
use pico_auth::access_map::{AccessChange, AccessDiff, AccessEntry, AccessMap, ChangeKind, roles};
use pico_auth::routing::{MethodRouter, any, get, post};
use pico_auth::{
    AuthClientError, AuthenticationStrength, Policy, Requirement, Role, SecureRouter, authorize,
};

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

/// Admins who have authenticated that strongly.
macro_rules! admin_with {
    ($strength:expr) => {{
        const STRENGTH: AuthenticationStrength = $strength;
        const BOTH: &[Requirement] = &[
            Requirement::any_role(&["admin"]),
            Requirement::authentication(&STRENGTH),
        ];
        Policy::require(Requirement::all(BOTH))
    }};
}

const ANY: AuthenticationStrength = AuthenticationStrength::new();

#[test]
fn another_strength_of_authentication_is_compared_by_whom_it_admits() {
    const MFA: Policy = admin_with!(ANY.acr(&["mfa"]));
    const MFA_FIRST: Policy = admin_with!(ANY.acr(&["mfa", "hwk"]));
    const MFA_LAST: Policy = admin_with!(ANY.acr(&["hwk", "mfa"]));
    const HARDWARE: Policy = admin_with!(ANY.acr(&["hwk"]));
    const MINUTE: Policy = admin_with!(ANY.max_age_seconds(60));
    const HOUR: Policy = admin_with!(ANY.max_age_seconds(3600));
    const MFA_WITHIN_AN_HOUR: Policy = admin_with!(ANY.acr(&["mfa"]).max_age_seconds(3600));
    let mfa = "role 'admin', acr 'mfa'";
    let hardware = "role 'admin', acr 'hwk'";
    let hour = "role 'admin', authenticated 3600 seconds ago";
    for (old, new, kind, gained, lost) in [
        (MFA, ADMIN, Widened, Some("role 'admin'"), None),
        (ADMIN, MFA, Narrowed, None, Some("role 'admin'")),
        (MINUTE, HOUR, Widened, Some(hour), None),
        (HOUR, MINUTE, Narrowed, None, Some(hour)),
        (MFA, HARDWARE, Changed, Some(hardware), Some(mfa)),
        (MFA_WITHIN_AN_HOUR, MFA, Widened, Some(mfa), None),
        (MFA_WITHIN_AN_HOUR, HOUR, Widened, Some(hour), None),
        (HOUR, MFA, Changed, Some(mfa), Some(hour)),
    ] {
        let change = change(&map(old), &map(new));
        let found = (change.kind(), change.gained(), change.lost());
        assert_eq!(found, (kind, gained, lost), "{old:?} -> {new:?}");
    }
    assert_eq!(kind(MFA, MFA_FIRST), Widened);
    assert_eq!(kind(MFA_LAST, HARDWARE), Narrowed);
    assert!(diff(&map(MFA_FIRST), &map(MFA_LAST)).is_empty());
}

#[test]
fn strengths_that_change_their_places_in_a_rule_are_seen() {
    const MFA: AuthenticationStrength = ANY.acr(&["mfa"]);
    const RECENT: AuthenticationStrength = ANY.max_age_seconds(60);
    const OLD: Policy = Policy::require(Requirement::any(&[
        Requirement::all(&[
            Requirement::any_role(&["admin"]),
            Requirement::authentication(&MFA),
        ]),
        Requirement::all(&[
            Requirement::any_role(&["editor"]),
            Requirement::authentication(&RECENT),
        ]),
    ]));
    const SWAPPED: Policy = Policy::require(Requirement::any(&[
        Requirement::all(&[
            Requirement::any_role(&["admin"]),
            Requirement::authentication(&RECENT),
        ]),
        Requirement::all(&[
            Requirement::any_role(&["editor"]),
            Requirement::authentication(&MFA),
        ]),
    ]));
    const SAME: Policy = Policy::require(Requirement::any(&[
        Requirement::all(&[
            Requirement::authentication(&RECENT),
            Requirement::any_role(&["editor"]),
        ]),
        Requirement::all(&[
            Requirement::authentication(&MFA),
            Requirement::any_role(&["admin"]),
        ]),
    ]));
    assert_eq!(kind(OLD, SWAPPED), Changed);
    assert!(diff(&map(OLD), &map(SAME)).is_empty());
}

#[test]
fn a_strength_whose_opposite_is_asked_for_needs_to_be_known() {
    const MFA: AuthenticationStrength = ANY.acr(&["mfa"]);
    const NOT_MFA: Policy = Policy::require(Requirement::not(&Requirement::authentication(&MFA)));
    let change = change(&map(NOT_MFA), &map(Policy::Authenticated));
    assert_eq!(change.kind(), Widened);
    assert_eq!(change.gained(), Some("a valid token alone"));
}

/// Nobody has two classes of authentication at once.
#[test]
fn what_nobody_can_have_is_no_difference() {
    const MFA: AuthenticationStrength = ANY.acr(&["mfa"]);
    const HARDWARE: AuthenticationStrength = ANY.acr(&["hwk"]);
    const BOTH_CLASSES: Policy = Policy::require(Requirement::any(&[
        Requirement::any_role(&["admin"]),
        Requirement::all(&[
            Requirement::authentication(&MFA),
            Requirement::authentication(&HARDWARE),
        ]),
    ]));
    assert!(diff(&map(ADMIN), &map(BOTH_CLASSES)).is_empty());
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
        let handler = |Path(id): Path<u8>| conditional(id);
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

#[authorize(when(id == 7))]
async fn one_condition(id: u8) -> Result<(), AuthClientError> {
    let _ = id;
    Ok(())
}

#[authorize(any(when(id == 7), when(ctx.subject() == "ann")))]
async fn one_of_two(id: u8) -> Result<(), AuthClientError> {
    let _ = id;
    Ok(())
}

#[authorize(all(when(id == 7), when(ctx.subject() == "ann")))]
async fn both_of_two(id: u8) -> Result<(), AuthClientError> {
    let _ = id;
    Ok(())
}

#[authorize(when(id == 7), after = |_, &()| true)]
async fn with_the_answer(id: u8) -> Result<(), AuthClientError> {
    let _ = id;
    Ok(())
}

/// A map knows how many conditions there are and where, and not which.
#[test]
fn conditions_that_are_added_dropped_or_joined_anew_are_never_taken_for_no_change() {
    macro_rules! map_of {
        ($function:ident) => {
            Router::new()
                .route("/{id}", get(|Path(id): Path<u8>| $function(id)))
                .access_map()
        };
    }
    let maps = [
        map_of!(one_condition),
        map_of!(one_of_two),
        map_of!(both_of_two),
        map_of!(with_the_answer),
    ];
    // All of two conditions is all of two, whether one is about the answer or none.
    let same = [(2, 3), (3, 2)];
    for (i, old) in maps.iter().enumerate() {
        for (j, new) in maps.iter().enumerate() {
            let diff = diff(old, new);
            if i == j || same.contains(&(i, j)) {
                assert!(diff.is_empty(), "{i} {j}: {diff}");
            } else {
                assert_eq!(diff.changes()[0].kind(), Unclear, "{i} {j}: {diff}");
            }
        }
    }
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

/// A route is gone, and what it closed is answered by a wider one.
#[test]
fn a_removed_route_that_leaves_its_requests_to_a_weaker_rule_is_seen() {
    let admin = || get(ADMIN.guard(|| async {}));
    let staff = || get(STAFF.guard(|| async {}));
    let open = || get(Policy::AllowAnonymous.guard(|| async {}));
    let post_only = || post(Policy::AllowAnonymous.guard(|| async {}));
    for (path, other, others, expected) in [
        (
            "/reports/payroll",
            "/reports/{id}",
            staff as fn() -> MethodRouter,
            Widened,
        ),
        ("/reports/payroll", "/reports/{id}", open, Opened),
        ("/reports/payroll", "/{*rest}", open, Opened),
        ("/reports/{id}", "/reports/{*rest}", staff, Widened),
        ("/reports/payroll", "/reports/{id}", admin, Removed),
        ("/reports/payroll", "/reports/{id}", post_only, Removed),
        ("/reports/payroll", "/reports/other", open, Removed),
        ("/reports/{id}", "/reports/payroll", open, Removed),
    ] {
        let change = change(
            &routes(&[(path, admin), (other, others)]),
            &routes(&[(other, others)]),
        );
        assert_eq!(change.kind(), expected, "{path} falls to {other}");
        let now = change.after().map(AccessEntry::path);
        assert_eq!(now, (expected != Removed).then_some(other), "{path}");
    }
    let with = |path: Option<&str>| {
        let router = Router::new().fallback(Policy::Authenticated.guard(|| async {}));
        let admin = || get(ADMIN.guard(|| async {}));
        path.into_iter()
            .fold(router, |router, path| router.route(path, admin()))
            .access_map()
    };
    let to_fallback = change(&with(Some("/a")), &with(None));
    assert_eq!(to_fallback.kind(), Widened);
    let before = to_fallback.before().map(AccessEntry::path);
    assert_eq!(before, Some("/a"));
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
    for (old, new) in [("/{x}", "/{*x}"), ("/q{{1}}", "/q{{2}}")] {
        let diff = diff(&routes(&[(old, admin)]), &routes(&[(new, admin)]));
        assert_eq!(diff.changes().len(), 2, "{diff}");
    }
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

/// A reason, or a name in a map from a file, that would write lines of a report, or hide some.
#[test]
fn what_a_map_says_cannot_forge_a_line_of_a_report() {
    let hostile = "probe\n| **removed** | GET /x |\u{1b}[2K\u{202e}";
    let new = Router::new()
        .route(
            "/",
            get(Policy::AllowAnonymous.because(hostile).guard(|| async {})),
        )
        .access_map();
    let diff = diff(&map(ADMIN), &new);
    for report in [diff.to_text(), diff.to_markdown()] {
        let steers = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!report.contains(steers), "{report:?}");
    }
    assert_eq!(diff.to_text().lines().count(), 1);
    assert_eq!(diff.to_markdown().lines().count(), 3);
}

#[test]
fn a_map_that_was_stored_is_compared_as_itself() {
    let map = map(STAFF).with_role_hierarchy::<AppRole>();
    let stored = AccessMap::from_json(&map.clone().without_source().to_json()).unwrap();
    assert!(diff(&stored, &map).is_empty());
    let editors = stored.what_can(&roles(["editor"]));
    assert_eq!(editors.len(), 2, "the route and the fallback");
}
