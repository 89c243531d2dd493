//! A stranger drops one of two rules; the one that is left notices.

use pico_auth::{AuthClientError, requires_group, requires_role};
use strangers::keeps_first;

#[requires_role("admin")]
#[keeps_first]
#[requires_group("ops")]
fn purge() -> Result<(), AuthClientError> {
    Ok(())
}

fn main() {}
