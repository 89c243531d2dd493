//! A route is added, and nobody said who may call it.

use pico_auth::SecureRouter;
use pico_auth::routing::{delete, get};

async fn undecided() {}

fn main() {
    let _: SecureRouter = SecureRouter::new().route("/users", get(undecided));
    let api: SecureRouter = SecureRouter::new()
        .route("/users/{id}", delete(|| async { "nobody thought of me" }))
        .require(pico_auth::Policy::Authenticated);
    let _: SecureRouter = SecureRouter::new().nest("/api", api);
}
