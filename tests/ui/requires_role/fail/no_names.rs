use pico_auth::requires_role;

#[requires_role]
async fn nothing() {}

#[requires_role()]
async fn empty() {}

fn main() {}
