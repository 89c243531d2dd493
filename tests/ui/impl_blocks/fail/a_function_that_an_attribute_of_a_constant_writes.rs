use pico_auth::requires_role;
use strangers::writes;

struct Users;

#[requires_role("admin")]
impl Users {
    #[writes(first)]
    const LIMIT: u8 = 7;

    #[cfg_attr(all(), allow(unused), strangers::writes(second))]
    const PAGE: u8 = 7;

    async fn get() {}
}

fn main() {}
