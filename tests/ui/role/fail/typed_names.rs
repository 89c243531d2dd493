//! Paths in attributes that are no variants of roles.

use pico_auth::{Role, Scope, authorize, requires_role, requires_scope};

#[derive(Role)]
enum AppRole {
    Admin,
}

#[derive(Scope)]
enum AppScope {
    Read,
}

enum Plain {
    Admin,
}

mod roles {
    pub const ADMIN: &str = "admin";
}

const ADMIN: &str = "admin";

#[requires_role(AppRole::Admn)]
async fn unknown_variant() {}

#[requires_role(AppRole::Admin, AppScope::Read)]
async fn a_scope() {}

#[requires_scope(any(AppScope::Read, AppRole::Admin))]
async fn a_role() {}

#[requires_role(Plain::Admin)]
async fn not_derived() {}

#[authorize(any(role(roles::ADMIN)))]
async fn constant_in_module() {}

#[requires_role(ADMIN)]
async fn constant() {}

struct Service;

impl Service {
    const ROLE: AppRole = AppRole::Admin;

    #[requires_role(Self::ROLE)]
    async fn of_self() {}
}

trait HasRole {
    const ROLE: AppRole;
}

#[requires_role(T::ROLE)]
async fn generic<T: HasRole>() {}

#[requires_role(U::ROLE, T::ROLE)]
async fn generic_in_any_order<T: HasRole, U: HasRole>() {}

#[requires_role(AppRole::Admin, AppRole::Admin)]
async fn twice() {}

#[requires_role(Missing::Admin)]
async fn unknown_type() {}

fn main() {}
