use pico_auth::allow_anonymous;

#[allow_anonymous("admin")]
async fn arguments() {}

#[allow_anonymous]
struct Handler;

#[allow_anonymous]
fn main() {}
