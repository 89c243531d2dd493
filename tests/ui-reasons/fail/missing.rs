//! Compiled with `PICO_AUTH_REQUIRE_REASONS=1`: an anonymous route without a reason.

use pico_auth::routing::{MethodRouter, get};
use pico_auth::{allow_anonymous, requires_role};

#[allow_anonymous]
async fn health() -> &'static str {
    "ok"
}

#[requires_role("admin")]
async fn purge() {}

struct Pages;

impl Pages {
    #[allow_anonymous()]
    async fn home() {}
}

fn main() {
    let _: MethodRouter = get(health).delete(purge);
    drop(Pages::home());
}
