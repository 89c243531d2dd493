//! Every function that cannot be under the rule of the block is named, all at once.

use std::future::Future;
use std::pin::Pin;

use pico_auth::{AuthClientError, authenticated, requires_role, requires_scope};

struct Users;

#[requires_role("admin")]
impl Users {
    fn new() -> Self {
        Self
    }

    fn reset(&mut self) {}

    async fn count(&self) -> usize {
        7
    }

    fn boxed() -> Pin<Box<dyn Future<Output = (u8, u8)> + Send>> {
        Box::pin(async { (1, 2) })
    }

    const fn limit() -> u8 {
        7
    }

    extern "C" fn callback() -> Result<(), AuthClientError> {
        Ok(())
    }

    async fn endless() -> ! {
        std::process::exit(1)
    }

    #[requires_scope("users:read")]
    fn with_a_rule_of_its_own() -> bool {
        true
    }

    async fn right() -> u8 {
        7
    }
}

trait Api {
    fn name(&self) -> &'static str;
    async fn total() -> u8;
    async fn endless() -> !;
    fn close(&mut self);
}

#[authenticated]
impl Api for Users {
    fn name(&self) -> &'static str {
        "users"
    }

    async fn total() -> u8 {
        7
    }

    async fn endless() -> ! {
        std::process::exit(1)
    }

    fn close(&mut self) {}
}

fn main() {}
