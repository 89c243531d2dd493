use pico_auth::{AuthClientError, requires_group, requires_role};
use strangers::{caches, retry};

#[requires_role("admin")]
#[retry]
async fn free() -> u8 {
    7
}

#[requires_role("admin")]
#[retry]
fn sync() -> Result<u8, AuthClientError> {
    Ok(7)
}

#[requires_role("admin")]
#[caches]
fn cached(id: u8) -> Result<u8, AuthClientError> {
    Ok(id)
}

struct Service;

impl Service {
    #[requires_role("admin")]
    #[retry]
    async fn method(&self) -> Result<u8, AuthClientError> {
        Ok(7)
    }
}

#[requires_role("admin")]
#[retry]
#[requires_group("staff")]
async fn between() -> u8 {
    7
}

fn main() {}
