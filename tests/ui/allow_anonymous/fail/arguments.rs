use pico_auth::allow_anonymous;

#[allow_anonymous("admin")]
async fn arguments() {}

#[allow_anonymous(all("admin"))]
async fn list() {}

#[allow_anonymous(because = "load balancer probe")]
async fn other_word() {}

#[allow_anonymous]
struct Handler;

#[allow_anonymous]
fn main() {}
