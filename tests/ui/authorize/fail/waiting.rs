//! A condition waits only where the function does.

use pico_auth::{AuthClientError, authorize};

async fn is_open() -> bool {
    true
}

#[authorize(when(is_open().await))]
fn sync() -> Result<(), AuthClientError> {
    Ok(())
}

fn main() {}
