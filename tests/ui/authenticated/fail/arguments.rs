use pico_auth::authenticated;

#[authenticated("admin")]
async fn role() {}

#[authenticated(true)]
async fn flag() {}

#[authenticated(optional = true)]
async fn option() {}

fn main() {}
