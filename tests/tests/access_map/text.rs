//! Maps as tables.

use pico_auth::access_map::AccessMap;
use pico_auth::routing::{any, get};
use pico_auth::{
    Policy, Requirement, SecureRouter, allow_anonymous, authorize, optional_authentication,
    requires_role,
};

use super::caller::AppRole;
use super::entries::{ADMIN, OPEN};

#[allow_anonymous]
async fn list() {}

#[optional_authentication]
async fn maybe() {}

#[requires_role("editor")]
async fn edit() {}

#[authorize(any(role("auditor"), when(true)))]
async fn conditional() {}

async fn plain() {}

fn map() -> AccessMap {
    let odd = Policy::require(Requirement::any_scope(&["a|b", "*"]));
    let probe = OPEN.because("load *balancer* probe");
    SecureRouter::<()>::new()
        .route("/articles/{id}", get(list).post(edit).delete(conditional))
        .route("/health", get(probe.guard(plain)))
        .route("/maybe", any(maybe))
        .route("/ö", get(odd.guard(plain)))
        .nest(
            "/admin",
            SecureRouter::new().route("/x", get(edit)).require(ADMIN),
        )
        .access_map()
        .with_role_hierarchy::<AppRole>()
}

#[test]
fn a_table_for_snapshots_has_a_line_for_each_route() {
    let expected = "\
Method  Path            Who                                                                          Roles that suffice      Handler
GET     /admin/x        all of (role 'editor'; role 'admin')                                         admin, owner            access_map::text::edit
GET     /articles/{id}  everybody (no reason given)                                                                          access_map::text::list
POST    /articles/{id}  role 'editor'                                                                admin, editor, owner    access_map::text::edit
DELETE  /articles/{id}  any of (role 'auditor'; a condition on the request), depends on the request  admin, auditor, owner   access_map::text::conditional
GET     /health         everybody (load *balancer* probe)                                                                    access_map::text::plain
*       /maybe          everybody; a token that is sent must be valid                                                        access_map::text::maybe
GET     /ö              one of scopes: '*', 'a|b'                                                                            access_map::text::plain
*       any other path  any valid token                                                                                      answers 404 Not Found
";
    let text = map().without_source().to_text();
    // Columns are as wide as they must be.
    let narrow = |text: &str| -> Vec<Vec<String>> {
        let cells = |line: &str| line.split("  ").map(str::trim).map(str::to_owned).collect();
        let lines = text.lines().map(cells).map(|cells: Vec<String>| {
            let full = cells.into_iter().filter(|cell| !cell.is_empty());
            full.collect()
        });
        lines.collect()
    };
    assert_eq!(narrow(&text), narrow(expected), "{text}");
    assert_eq!(text, map().without_source().to_string());
    let columns = |line: &str| line.chars().count();
    let widest = text.lines().map(columns).max();
    assert!(text.lines().all(|line| line.trim_end() == line), "{text}");
    assert_eq!(widest, text.lines().nth(4).map(columns), "{text}");
}

#[test]
fn a_table_says_where_the_rules_are_written() {
    let text = map().to_text();
    assert!(text.lines().next().unwrap().ends_with("Source"), "{text}");
    let line = text.lines().find(|line| line.contains("text::list"));
    let source = line.unwrap().rsplit(' ').next().unwrap();
    let line = source.strip_prefix("tests/tests/access_map/text.rs:");
    assert!(line.unwrap().parse::<u32>().is_ok(), "{source}");
    assert!(!map().without_source().to_text().contains("text.rs"));
}

#[test]
fn a_markdown_table_shows_names_as_they_are() {
    let expected = r"| Method | Path | Who | Roles that suffice | Handler |
| --- | --- | --- | --- | --- |
| GET | /admin/x | all of (role 'editor'; role 'admin') | admin, owner | access\_map::text::edit |
| GET | /articles/\{id\} | everybody (no reason given) |  | access\_map::text::list |
| POST | /articles/\{id\} | role 'editor' | admin, editor, owner | access\_map::text::edit |
| DELETE | /articles/\{id\} | any of (role 'auditor'; a condition on the request), depends on the request | admin, auditor, owner | access\_map::text::conditional |
| GET | /health | everybody (load \*balancer\* probe) |  | access\_map::text::plain |
| \* | /maybe | everybody; a token that is sent must be valid |  | access\_map::text::maybe |
| GET | /ö | one of scopes: '\*', 'a\|b' |  | access\_map::text::plain |
| \* | any other path | any valid token |  | answers 404 Not Found |
";
    assert_eq!(map().without_source().to_markdown(), expected);
    let with_sources = map().to_markdown();
    assert!(
        with_sources
            .starts_with("| Method | Path | Who | Roles that suffice | Handler | Source |\n")
    );
    assert!(
        with_sources
            .lines()
            .all(|line| line.matches(" | ").count() == 5)
    );
}
