//! Roles, groups and scopes as types in a claims type.

use pico_auth::{Claims, Group, Role, Scope, TypedNames};
use serde_json::json;

use crate::support::{caller, list, refusal};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Role)]
#[role(rename_all = "lowercase")]
enum AppRole {
    Admin,
    Editor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Group)]
#[group(rename_all = "lowercase")]
enum Team {
    Red,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Scope)]
enum AppScope {
    #[scope(rename = "orders:read")]
    OrdersRead,
}

#[derive(Claims)]
struct Strict {
    #[claim(roles, default)]
    roles: Vec<AppRole>,
    #[claim(groups, path = "team")]
    team: Option<Team>,
    #[claim(scopes, default)]
    scopes: Vec<AppScope>,
}

#[derive(Claims)]
struct Tolerant {
    #[claim(roles, path = "roles", path = "more.roles", default)]
    roles: TypedNames<AppRole>,
}

#[tokio::test]
async fn values_are_granted_under_their_names() {
    let claims = json!({ "roles": ["editor"], "team": "red", "scope": "orders:read" });
    let caller = caller::<Strict>(claims).await;
    assert_eq!(list(caller.roles()), ["editor"]);
    assert!(caller.has_role(AppRole::Editor) && caller.require_role(AppRole::Admin).is_err());
    assert!(caller.has_group(Team::Red) && caller.has_scope(AppScope::OrdersRead));
    assert_eq!(list(caller.groups()), ["red"]);
    assert_eq!(list(caller.scopes()), ["orders:read"]);
    let claims = caller.claims::<Strict>().unwrap();
    assert_eq!(claims.roles, [AppRole::Editor]);
    assert_eq!(claims.team, Some(Team::Red));
    assert_eq!(claims.scopes, [AppScope::OrdersRead]);
}

/// Also names that are nearly one: they are never normalised.
#[tokio::test]
async fn a_list_of_values_refuses_every_other_name() {
    for (claims, claim) in [
        (json!({ "roles": ["editor", "Admin"] }), "roles"),
        (json!({ "roles": ["admin "] }), "roles"),
        (json!({ "roles": [""] }), "roles"),
        (json!({ "roles": [0] }), "roles"),
        (json!({ "roles": "admin" }), "roles"),
        (json!({ "roles": [["admin"]] }), "roles"),
        (json!({ "team": "Red" }), "team"),
        (json!({ "team": ["red"] }), "team"),
        (json!({ "scope": "orders:read orders:write" }), "scope"),
        (json!({ "scope": ["orders:read"] }), "scope"),
    ] {
        let told = refusal::<Strict>(claims).await;
        assert_eq!(told, format!("Invalid token: Invalid claim '{claim}'"));
    }
}

#[tokio::test]
async fn unknown_names_are_kept_apart_where_the_type_says_so() {
    let claims = json!({ "roles": ["offline_access", "admin"], "more": { "roles": ["Editor"] } });
    let caller = caller::<Tolerant>(claims).await;
    // Rules that name strings know them all.
    let mut roles = list(caller.roles());
    roles.sort_unstable();
    assert_eq!(roles, ["Editor", "admin", "offline_access"]);
    let roles = &caller.claims::<Tolerant>().unwrap().roles;
    assert_eq!(roles.known(), [AppRole::Admin]);
    assert_eq!(list(roles.unknown()), ["offline_access", "Editor"]);
}

#[tokio::test]
async fn unknown_names_have_to_be_names_still() {
    for roles in [
        json!("admin"),
        json!(["admin", 1]),
        json!([["admin"]]),
        json!({ "admin": true }),
    ] {
        let told = refusal::<Tolerant>(json!({ "roles": roles })).await;
        assert!(
            told.starts_with("Invalid token: Invalid claim 'roles"),
            "{told}"
        );
    }
}
