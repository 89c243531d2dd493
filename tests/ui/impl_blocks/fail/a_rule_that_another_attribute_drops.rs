use pico_auth::{AuthClientError, requires_group, requires_role};
use strangers::{drops, drops_outside, keeps_first, keeps_first_outside, retry};

struct Users;

#[requires_role("admin")]
impl Users {
    #[drops]
    async fn dropped() -> u8 {
        7
    }

    #[retry]
    fn copied() -> Result<u8, AuthClientError> {
        Ok(7)
    }

    #[requires_group("staff")]
    #[drops]
    async fn dropped_below_a_rule_of_its_own() -> u8 {
        7
    }
}

#[requires_role("admin")]
#[drops_outside]
impl Users {
    async fn dropped_with_all_of_the_block(&self) -> Result<u8, AuthClientError> {
        Ok(7)
    }
}

#[requires_role("admin")]
#[keeps_first_outside]
#[requires_group("staff")]
impl Users {
    async fn dropped_between_two() -> u8 {
        7
    }
}

#[requires_role("admin")]
#[requires_group("staff")]
#[keeps_first_outside]
#[rustfmt::skip]
impl Users {
    async fn both_dropped() -> u8 {
        7
    }

    #[requires_role("admin")]
    #[keeps_first]
    #[inline]
    async fn all_of_two_dropped() -> u8 {
        7
    }
}

fn main() {}
