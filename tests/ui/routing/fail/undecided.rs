//! A handler without a rule: a function, a closure, a function with a layer.

use axum::handler::Handler;
use pico_auth::routing::{MethodRouter, get};
use tower_http::trace::TraceLayer;

async fn undecided() {}

fn main() {
    let _: MethodRouter = get(undecided);
    let _: MethodRouter = get(|| async { "nobody thought of me" });
    let _: MethodRouter = get(undecided.layer(TraceLayer::new_for_http()));
}
