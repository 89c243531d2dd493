//! A block is not open as a whole, and what is open inside says why.

use pico_auth::{allow_anonymous, optional_authentication, requires_group, requires_role};

struct Users;

#[allow_anonymous(reason = "all of it")]
impl Users {
    async fn a() {}
}

#[optional_authentication]
impl Users {
    async fn b() {}
}

#[requires_role("admin")]
impl Users {
    #[allow_anonymous]
    async fn without_a_reason() {}

    #[allow_anonymous(reason = "")]
    async fn without_a_word() {}

    #[optional_authentication]
    async fn half_open() {}

    #[allow_anonymous(reason = "load balancer probe")]
    #[requires_group("staff")]
    async fn open_and_closed() {}
}

fn main() {}
