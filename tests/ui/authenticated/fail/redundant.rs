use pico_auth::{authenticated, requires_role};

#[authenticated]
#[requires_role("admin")]
async fn above() {}

#[requires_role("admin")]
#[authenticated]
async fn below() {}

#[authenticated]
#[authenticated]
async fn twice() {}

fn main() {}
