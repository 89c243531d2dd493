use pico_auth::allow_anonymous;

#[allow_anonymous]
async fn bare() {}

#[allow_anonymous()]
async fn parentheses() {}

#[allow_anonymous(crate = pico_auth)]
async fn path() {}

fn main() {}
