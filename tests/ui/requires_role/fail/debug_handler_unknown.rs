//! axum's feature `macros` is off, or the attribute was not imported.
use pico_auth::requires_role;

#[debug_handler]
#[requires_role("admin")]
async fn above() {}

#[requires_role("admin")]
#[debug_handler]
async fn below() {}

fn main() {}
