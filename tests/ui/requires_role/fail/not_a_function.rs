use pico_auth::requires_role;

#[requires_role("admin")]
struct Handler;

#[requires_role("admin")]
mod handlers {}

#[requires_role("admin")]
const LIMIT: u8 = 7;

#[requires_role("admin")]
pub trait Api {
    #[requires_role("admin")]
    async fn handle(&self);
}

#[requires_role("admin")]
trait Other {}

#[requires_role("admin")]
extern crate core;

fn main() {}
