//! The limit: a stranger above the rule runs first. What it copies or drops, no rule has seen.
use pico_auth::{AuthClientError, requires_role};
use strangers::{drops, retry};

#[retry]
#[requires_role("admin")]
fn copied() -> Result<u8, AuthClientError> {
    Ok(7)
}

#[drops]
#[requires_role("admin")]
fn dropped() -> Result<u8, AuthClientError> {
    Ok(7)
}

fn main() {
    assert!(copied().is_err());
    assert!(copied_once().is_ok(), "nothing protects the copy");
    assert!(dropped().is_ok(), "the rule was taken away");
}
