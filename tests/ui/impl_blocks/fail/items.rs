//! What is no block, and blocks with nothing to protect.

use pico_auth::{authenticated, requires_role};

struct Users;

trait Api {
    const LIMIT: u8;

    async fn provided(&self) {}
}

#[requires_role("admin")]
impl Users {}

#[authenticated]
impl Api for Users {
    const LIMIT: u8 = 7;
}

#[requires_role("admin")]
impl Users {
    async fn no_body(&self);
}

#[requires_role("admin")]
impl Users {
    static LIMIT: u8 = 7;

    async fn beside_a_static() {}
}

fn main() {}
