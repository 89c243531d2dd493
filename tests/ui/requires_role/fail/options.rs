use pico_auth::requires_role;

#[requires_role(role = "admin")]
async fn role() {}

#[requires_role("admin", krate = other)]
async fn krate() {}

#[requires_role("admin", crate = "other")]
async fn quoted() {}

#[requires_role("admin", crate = pico_auth, crate = other)]
async fn crate_twice() {}

#[requires_role("admin", status = 404)]
async fn status() {}

fn main() {}
