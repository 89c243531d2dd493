//! Compiled with `PICO_AUTH_REQUIRE_REASONS=1`: every open function says why.

use pico_auth::{allow_anonymous, authenticated, optional_authentication};

#[allow_anonymous(reason = "load balancer probe")]
async fn health() {}

#[optional_authentication]
async fn greeting() {}

#[authenticated]
async fn account() {}

fn main() {
    drop((health(), greeting(), account()));
}
