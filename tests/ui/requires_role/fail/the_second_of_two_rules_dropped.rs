//! Rules that wait together cannot be dropped one by one.

use pico_auth::{AuthClientError, requires_group, requires_role};
use strangers::keeps_first;

#[requires_role("admin")]
#[requires_group("ops")]
#[keeps_first]
#[inline]
fn purge() -> Result<(), AuthClientError> {
    Ok(())
}

fn main() {}
