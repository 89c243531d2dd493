//! What a derived struct reads and grants.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pico_auth::{Claims, SecurityContext, TokenClaims};
use serde_json::json;

use crate::support::{caller, list, refusal};

#[derive(Claims, Debug, PartialEq)]
struct MyClaims {
    #[claim(subject, path = "oid")]
    id: String,
    #[claim(
        roles,
        path = "realm_access.roles",
        path = "resource_access.\"my.client\".roles",
        default
    )]
    roles: Vec<String>,
    #[claim(roles, path = "extra", forms(string, array), default)]
    extra: Vec<String>,
    #[claim(groups, path = "teams", default)]
    teams: Vec<String>,
    #[claim(scopes, path = "scp", default)]
    scopes: Vec<String>,
    auth_time: Option<SystemTime>,
    #[claim(rename = "https://app.example/tenant")]
    tenant: String,
    #[claim(default = ten)]
    limit: u32,
}

fn ten() -> u32 {
    10
}

#[tokio::test]
async fn everything_comes_from_where_the_struct_says() {
    let caller = caller::<MyClaims>(json!({
        "oid": "object-1",
        "realm_access": { "roles": ["admin"] },
        "resource_access": { "my.client": { "roles": ["editor"] }, "other": { "roles": ["no"] } },
        "extra": "auditor",
        "teams": ["red"],
        "scp": "a:read  b:*",
        "auth_time": 1_700_000_000,
        "https://app.example/tenant": "acme",
        // What would count without the struct does not.
        "role": "root",
        "groups": ["root"],
        "scope": "root",
    }))
    .await;
    assert_eq!(caller.subject(), "object-1");
    assert_eq!(caller.token_claims().sub(), "user-1");
    assert_eq!(list(caller.roles()), ["admin", "editor", "auditor"]);
    assert_eq!(list(caller.groups()), ["red"]);
    assert_eq!(list(caller.scopes()), ["a:read", "b:*"]);
    assert!(caller.has_role("editor") && !caller.has_role("no") && !caller.has_role("root"));
    assert!(caller.has_group("red") && !caller.has_group("root"));
    assert!(caller.has_scope("b:write") && !caller.has_scope("root"));

    let claims = caller.claims::<MyClaims>().unwrap();
    assert_eq!((claims.limit, &*claims.tenant), (10, "acme"));
    let auth_time = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    assert_eq!(claims.auth_time, Some(auth_time));
    assert_eq!(caller.claims::<String>(), None);
    assert!(caller.claims::<TokenClaims>().is_some());
}

#[tokio::test]
async fn absent_and_null_are_the_same_and_grant_nothing() {
    for claims in [
        json!({ "oid": "o", "https://app.example/tenant": "" }),
        json!({
            "oid": "o", "https://app.example/tenant": "", "realm_access": null, "extra": null,
            "resource_access": { "my.client": null }, "teams": null, "scp": null, "limit": null,
            "auth_time": null, "role": "root", "groups": ["root"], "scope": "root",
        }),
        json!({
            "oid": "o", "https://app.example/tenant": "", "realm_access": {},
            "resource_access": { "my": { "client": { "roles": ["no"] } } }, "extra": [""],
        }),
    ] {
        let caller = caller::<MyClaims>(claims).await;
        assert_eq!(caller.roles().len(), 0);
        assert_eq!(caller.groups().len(), 0);
        assert_eq!(caller.scopes().len(), 0);
        assert_eq!(caller.claims::<MyClaims>().unwrap().limit, 10);
    }
}

#[tokio::test]
async fn a_refusal_names_the_claim_and_never_its_value() {
    let good = || json!({ "oid": "o", "https://app.example/tenant": "t" });
    for (claim, value, named) in [
        ("oid", json!(null), "Missing claim 'oid'"),
        ("oid", json!(""), "Invalid claim 'oid'"),
        ("oid", json!(["SECRET"]), "Invalid claim 'oid'"),
        (
            "https://app.example/tenant",
            json!(null),
            "Missing claim 'https://app.example/tenant'",
        ),
        (
            "https://app.example/tenant",
            json!(17_171),
            "Invalid claim 'https://app.example/tenant'",
        ),
        (
            "realm_access",
            json!("SECRET"),
            "Invalid claim 'realm_access.roles'",
        ),
        (
            "realm_access",
            json!(["SECRET"]),
            "Invalid claim 'realm_access.roles'",
        ),
        (
            "realm_access",
            json!({ "roles": "SECRET" }),
            "Invalid claim 'realm_access.roles'",
        ),
        (
            "realm_access",
            json!({ "roles": ["SECRET", 17_171] }),
            "Invalid claim 'realm_access.roles or resource_access.\"my.client\".roles'",
        ),
        (
            "resource_access",
            json!({ "my.client": { "roles": { "SECRET": true } } }),
            "Invalid claim 'resource_access.\"my.client\".roles'",
        ),
        ("extra", json!({ "SECRET": 1 }), "Invalid claim 'extra'"),
        (
            "extra",
            json!(["SECRET", ["SECRET"]]),
            "Invalid claim 'extra'",
        ),
        ("teams", json!("SECRET"), "Invalid claim 'teams'"),
        ("scp", json!(["SECRET"]), "Invalid claim 'scp'"),
        ("auth_time", json!("17171"), "Invalid claim 'auth_time'"),
        ("auth_time", json!(-17_171), "Invalid claim 'auth_time'"),
        ("limit", json!(171_711_717_171_u64), "Invalid claim 'limit'"),
        ("limit", json!(1.5), "Invalid claim 'limit'"),
    ] {
        let mut claims = good();
        claims[claim] = value;
        let refusal = refusal::<MyClaims>(claims.clone()).await;
        assert_eq!(refusal, format!("Invalid token: {named}"), "{claims}");
    }
}

#[derive(Claims)]
#[claims(validate = Checked::check)]
struct Checked {
    #[claim(validate = short)]
    tenant: String,
    owner: Option<String>,
    #[claim(flatten)]
    access: Access,
    address: Option<Address>,
}

#[derive(Claims)]
struct Access {
    #[claim(roles)]
    roles: Vec<String>,
}

#[derive(Claims)]
struct Address {
    #[claim(validate = short)]
    city: String,
}

fn short(text: &str) -> Result<(), &'static str> {
    if text.len() < 5 {
        Ok(())
    } else {
        Err("it is too long")
    }
}

impl Checked {
    fn check(&self) -> Result<(), &'static str> {
        match &self.owner {
            Some(owner) if *owner == self.tenant => Err("a tenant does not own itself"),
            _ => Ok(()),
        }
    }
}

#[tokio::test]
async fn validators_refuse_and_flattened_structs_grant() {
    let good = json!({ "tenant": "acme", "roles": ["admin"], "address": { "city": "Bonn" } });
    let caller: SecurityContext = caller::<Checked>(good).await;
    assert!(caller.has_role("admin"));
    let claims = caller.claims::<Checked>().unwrap();
    assert_eq!(claims.access.roles, ["admin"]);
    assert_eq!(claims.address.as_ref().unwrap().city, "Bonn");

    for (claims, named) in [
        (
            json!({ "tenant": "SECRET", "roles": [] }),
            "Invalid claim 'tenant': it is too long",
        ),
        (
            json!({ "tenant": "acme", "owner": "acme", "roles": [] }),
            "Invalid claim 'claims': a tenant does not own itself",
        ),
        (json!({ "tenant": "acme" }), "Missing claim 'roles'"),
        (
            json!({ "tenant": "acme", "roles": [], "address": {} }),
            "Missing claim 'address.city'",
        ),
        (
            json!({ "tenant": "acme", "roles": [], "address": [] }),
            "Invalid claim 'address'",
        ),
        (
            json!({ "tenant": "acme", "roles": [], "address": { "city": "SECRET" } }),
            "Invalid claim 'address.city': it is too long",
        ),
    ] {
        let refusal = refusal::<Checked>(claims.clone()).await;
        assert_eq!(refusal, format!("Invalid token: {named}"), "{claims}");
    }
}

#[derive(Claims)]
struct Generic<T, F> {
    value: T,
    #[claim(flatten)]
    rest: F,
}

#[derive(Claims)]
struct ByForm {
    #[claim(groups, forms(string, array))]
    groups: Vec<String>,
    #[claim(scopes, forms(array))]
    scope: Vec<String>,
}

/// Forms that would be refused without the struct are fine where the struct declares them.
#[tokio::test]
async fn declared_forms_and_generics() {
    let caller = caller::<Generic<u8, ByForm>>(json!({
        "value": 7, "groups": "staff and more", "scope": ["a b", "c"],
    }))
    .await;
    assert_eq!(list(caller.groups()), ["staff and more"]);
    assert_eq!(list(caller.scopes()), ["a b", "c"]);
    let claims = caller.claims::<Generic<u8, ByForm>>().unwrap();
    assert_eq!((claims.value, claims.rest.groups.len()), (7, 1));
}

#[derive(serde::Deserialize, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
enum Plan {
    Free,
    Paid,
}

#[derive(Claims)]
struct Serde {
    #[claim(deserialize)]
    plan: Plan,
    #[claim(deserialize, default)]
    old: Option<Plan>,
}

#[tokio::test]
async fn serde_types_fit_and_what_serde_says_is_not_repeated() {
    let caller = caller::<Serde>(json!({ "plan": "paid" })).await;
    let claims = caller.claims::<Serde>().unwrap();
    assert_eq!((&claims.plan, &claims.old), (&Plan::Paid, &None));
    assert_eq!(
        refusal::<Serde>(json!({})).await,
        "Invalid token: Missing claim 'plan'"
    );
    let refusal = refusal::<Serde>(json!({ "plan": "SECRET" })).await;
    assert_eq!(refusal, "Invalid token: Invalid claim 'plan'");
}
