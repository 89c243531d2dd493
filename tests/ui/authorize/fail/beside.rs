use pico_auth::{allow_anonymous, authenticated, authorize, optional_authentication, requires_role};

#[authorize(not(role("a")))]
#[allow_anonymous]
async fn open() {}

#[optional_authentication]
#[authorize(after = |_, _| true)]
async fn optional() {}

#[authenticated]
#[authorize(when(true))]
async fn redundant() {}

#[requires_role("a")]
#[authorize(any())]
async fn stacked() {}

#[authorize(when(true))]
fn no_result() -> u8 {
    7
}

#[authorize(role("a"))]
struct Item;

fn main() {}
