use pico_auth::requires_role;
// Stands for the attribute of the same name.
use tracing::instrument as cached;

#[requires_role("admin")]
#[cached]
async fn price() -> u8 {
    7
}

#[requires_role("admin")]
#[cfg_attr(all(), cached)]
async fn conditional() -> u8 {
    7
}

fn main() {}
