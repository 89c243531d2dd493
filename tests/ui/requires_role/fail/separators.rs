use pico_auth::requires_role;

#[requires_role("admin" "editor")]
async fn no_comma() {}

#[requires_role("admin" || "editor")]
async fn operator() {}

#[requires_role("admin",, "editor")]
async fn two_commas() {}

fn main() {}
