//! `crate = path` in the wrong place.

use pico_auth::requires_scope;

#[requires_scope(any("orders:read", crate = pico_auth))]
async fn list() {}

fn main() {}
