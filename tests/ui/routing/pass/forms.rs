//! Everything that routing takes.

use axum::extract::{Path, State};
use axum::handler::Handler;
use pico_auth::routing::{self, MethodFilter, get};
use pico_auth::{Policy, Requirement, SecureRouter, allow_anonymous, requires_role};
use tower_http::services::ServeDir;
use tower_http::trace::TraceLayer;

const OPS: Policy = Policy::require(Requirement::any_group(&["ops"]));

#[allow_anonymous]
async fn list() {}

#[requires_role("editor")]
async fn edit(State(_state): State<u8>, Path(_id): Path<u64>) {}

struct Articles;

impl Articles {
    #[requires_role("admin")]
    async fn delete(Path(_id): Path<u64>) {}
}

fn main() {
    let articles = get(list)
        .put(edit)
        .delete(Articles::delete)
        .patch(edit.layer(TraceLayer::new_for_http()))
        .on(MethodFilter::TRACE, || list())
        .post(OPS.guard(|| async { "a closure" }));
    let _: SecureRouter = SecureRouter::new()
        .route("/articles/{id}", articles)
        .route("/any", routing::any(list).route_layer(TraceLayer::new_for_http()))
        .nest("/v1", SecureRouter::new().route("/list", get(list)))
        .merge(SecureRouter::new().route("/list", get(list)))
        .nest_service("/files", ServeDir::new("/srv"), OPS)
        .require(Policy::Authenticated)
        .route_layer(TraceLayer::new_for_http())
        .layer(TraceLayer::new_for_http())
        .fallback(list)
        .with_state(0);
}
