//! Ways around the router: axum's own routing, and a service without a policy.

use pico_auth::{SecureRouter, allow_anonymous};
use tower_http::services::ServeDir;

#[allow_anonymous]
async fn list() {}

fn main() {
    let _: SecureRouter = SecureRouter::new().route("/", axum::routing::get(list));
    let _: SecureRouter = SecureRouter::new().route_service("/files", ServeDir::new("/srv"));
}
