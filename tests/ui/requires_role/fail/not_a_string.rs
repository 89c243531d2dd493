use pico_auth::requires_role;

const ADMIN: &str = "admin";

#[requires_role(admin)]
async fn word() {}

#[requires_role(ADMIN, Self::ADMIN, concat!("ad", "min"))]
async fn constant() {}

#[requires_role(42, true, b"admin", 'a', "admin"suffix)]
async fn literal() {}

#[requires_role(["admin", "editor"])]
async fn array() {}

fn main() {}
