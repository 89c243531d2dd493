//! Every word, on every kind of struct it is for.
#![deny(warnings)]
#![allow(dead_code)]

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::SystemTime;

use pico_auth::{Claims, FromClaims, GrantNames};

#[derive(Claims)]
pub struct Empty {}

#[derive(Claims)]
pub struct Plain {
    sub: Box<str>,
    tenant: u32,
    verified: bool,
    score: f64,
    auth_time: Option<SystemTime>,
    tags: BTreeSet<String>,
    limits: HashMap<String, u64>,
    raw: Option<serde_json::Value>,
    r#type: Option<String>,
}

#[derive(Claims)]
pub struct Marked {
    #[claim(subject, rename = "oid")]
    id: String,
    #[claim(roles, path = "realm_access.roles", path = "resource_access.\"my.client\".roles", default)]
    roles: Vec<String>,
    #[claim(roles, path = "role", default = none)]
    role: String,
    #[claim(groups, forms(string, array))]
    groups: HashSet<Box<str>>,
    #[claim(scopes, path = "scp", forms(space_separated, array))]
    scopes: Option<Vec<String>>,
    #[claim(path = r#""https://app.example/tenant""#, validate = known_tenant)]
    tenant: String,
}

fn none() -> String {
    String::new()
}

fn known_tenant(tenant: &str) -> Result<(), &'static str> {
    if tenant == "acme" { Ok(()) } else { Err("no tenant of this service") }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    Free,
    Paid,
}

#[derive(Claims)]
pub struct Address {
    city: String,
}

#[derive(Claims)]
#[claims(validate = Whole::check)]
pub struct Whole {
    #[claim(flatten)]
    marked: Marked,
    #[claim(deserialize, default)]
    plan: Option<Plan>,
    #[claim(deserialize)]
    next: Plan,
    address: Option<Address>,
    more: Vec<Address>,
    by_name: BTreeMap<String, Address>,
}

impl Whole {
    fn check(&self) -> Result<(), &'static str> {
        match (&self.plan, &self.next) {
            (Some(Plan::Free), Plan::Paid) => Err("not yet"),
            _ => Ok(()),
        }
    }
}

#[derive(Claims)]
pub struct Generic<T, N: GrantNames, F, const LIMIT: usize = 3>
where
    T: Clone,
{
    value: T,
    values: Vec<T>,
    #[claim(roles)]
    roles: Vec<N>,
    #[claim(flatten)]
    rest: F,
}

/// Names of the user's that generated code must not mistake for its own.
mod shadowed {
    pub struct String;
    pub struct Result;
    pub struct Option;
    pub struct Value;
    pub fn claims() {}
    #[allow(non_upper_case_globals)]
    pub const value: u8 = 7;
    #[derive(pico_auth::Claims)]
    pub struct Shadow {
        #[claim(subject)]
        value: std::string::String,
        #[claim(default)]
        claims: std::option::Option<u8>,
    }
}

/// Made by a macro.
macro_rules! claims {
    ($name:ident { $($field:ident: $ty:ty = $path:literal),* }) => {
        #[derive(Claims)]
        #[claims(crate = pico_auth)]
        pub struct $name { $(#[claim(path = $path)] $field: $ty),* }
    };
}
claims!(Made { realm: Vec<String> = "realm_access.roles" });

fn is_claims_type<C: FromClaims>() {}

fn main() {
    is_claims_type::<Generic<u8, String, Plain>>();
    is_claims_type::<shadowed::Shadow>();
}
