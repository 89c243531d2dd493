use pico_auth::requires_role;

#[requires_role("admin", "editor")]
async fn names() {}

#[requires_role("admin", "editor",)]
async fn comma_at_the_end() {}

#[requires_role("admin", "editor", crate = pico_auth)]
async fn path() {}

fn main() {}
