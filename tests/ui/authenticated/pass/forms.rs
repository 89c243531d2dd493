use pico_auth::authenticated;

#[authenticated]
async fn bare() {}

#[authenticated()]
async fn parentheses() {}

#[authenticated(crate = pico_auth)]
async fn path() {}

fn main() {}
