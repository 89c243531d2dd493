use pico_auth::{AuthClientError, requires_role};
use strangers::drops;

#[requires_role("admin")]
#[drops]
async fn free() -> u8 {
    7
}

#[requires_role("admin")]
#[drops]
fn sync() -> Result<u8, AuthClientError> {
    Ok(7)
}

struct Service;

impl Service {
    #[requires_role("admin")]
    #[drops]
    async fn method(&self) -> Result<u8, AuthClientError> {
        Ok(7)
    }
}

#[requires_role("admin")]
#[cfg_attr(all(), drops)]
#[pico_auth::requires_group("staff")]
async fn one_of_several() -> u8 {
    7
}

#[requires_role("admin")]
#[drops]
async fn inner_attributes() -> u8 {
    #![allow(unused)]
    7
}

fn main() {}
