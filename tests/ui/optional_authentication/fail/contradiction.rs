use pico_auth::{authenticated, optional_authentication, requires_role};

#[optional_authentication]
#[requires_role("admin")]
async fn role() {}

#[authenticated]
#[optional_authentication]
async fn always() {}

#[optional_authentication("admin")]
async fn arguments() {}

fn main() {}
