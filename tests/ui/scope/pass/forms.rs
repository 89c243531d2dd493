#![deny(warnings, clippy::pedantic)]

use pico_auth::{Permission, Scope, TypedName, requires_agent_scope, requires_scope};

#[derive(Scope)]
enum AppScope {
    #[scope(rename = "orders:read")]
    ReadOrders,
    #[scope(rename = "pay:*")]
    Pay,
}

#[requires_scope(AppScope::ReadOrders)]
async fn one() {}

#[requires_scope(any(AppScope::ReadOrders, "literal"))]
async fn any() {}

#[requires_agent_scope(all(AppScope::ReadOrders, AppScope::Pay))]
async fn agent() {}

fn main() {
    assert_eq!(AppScope::PERMISSION, Permission::Scope);
    assert!(AppScope::IMPLIES.is_empty());
    drop((one(), any(), agent()));
}
