use pico_auth::requires_role;

#[requires_role(any("admin", "editor"))]
async fn any() {}

#[requires_role(all("admin", "editor"))]
async fn all() {}

#[requires_role(not("guest"))]
async fn not() {}

fn main() {}
