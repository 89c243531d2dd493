//! One method of a path is decided, the other is not.

use pico_auth::routing::{MethodRouter, get};
use pico_auth::{SecureRouter, allow_anonymous};

#[allow_anonymous]
async fn list() {}

async fn create() {}

fn main() {
    let _: MethodRouter = get(list).post(create);
    let _: SecureRouter = SecureRouter::new().route("/", get(list)).fallback(create);
}
