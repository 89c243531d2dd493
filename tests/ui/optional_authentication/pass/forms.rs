use pico_auth::optional_authentication;

#[optional_authentication]
async fn bare() {}

#[optional_authentication()]
async fn parentheses() {}

#[optional_authentication(crate = pico_auth)]
async fn path() {}

fn main() {}
