//! What compiles where tests are left out, as all of them are here.

use pico_auth::Role;

#[derive(Role)]
enum AppRole {
    Admin,
}

#[pico_auth::test(subject = "u1")]
fn alone() {}

#[pico_auth::test(subject = "u1", roles("editor", AppRole::Admin), role_hierarchy = AppRole)]
async fn roles() {}

#[pico_auth::test(
    subject = "u1",
    groups("staff"),
    scopes("orders:read", "files:*", "*",),
    agent(scopes("treasury:*"), subject = "bot"),
    crate = pico_auth,
)]
async fn everything() -> Result<(), pico_auth::AuthClientError> {
    Ok(())
}

fn main() {
    assert_eq!(AppRole::Admin.name(), "Admin");
}
