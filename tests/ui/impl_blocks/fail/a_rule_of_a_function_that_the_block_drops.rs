//! An attribute of the block may drop what the functions say of themselves, and leave the rule of the block.

use pico_auth::{AuthClientError, requires_role};
use strangers::{drops_inside, keeps_first_inside, retries};

struct Users;

#[requires_role("staff")]
#[drops_inside]
impl Users {
    #[pico_auth::requires_role("admin")]
    async fn purge() -> Result<u8, AuthClientError> {
        Ok(7)
    }

    #[pico_auth::allow_anonymous(reason = "builds the service")]
    fn new() -> Self {
        Self
    }

    #[cfg_attr(all(), pico_auth::requires_scope("users:write"))]
    async fn rename(&self) -> Result<u8, AuthClientError> {
        Ok(7)
    }

    async fn list() -> u8 {
        7
    }
}

#[requires_role("staff")]
#[keeps_first_inside]
impl Users {
    #[pico_auth::requires_group("board")]
    #[pico_auth::authorize(not(role("guest")))]
    async fn one_of_two() -> u8 {
        7
    }
}

#[requires_role("staff")]
#[retries]
impl Users {
    #[pico_auth::requires_role("admin")]
    async fn copied() -> u8 {
        7
    }
}

fn main() {}
