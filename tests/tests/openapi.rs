//! The rules in an OpenAPI document: what operations say, and what a check of a document finds.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unused_async,
    missing_docs
)]

#[path = "openapi/checked.rs"]
mod checked;
#[path = "openapi/handlers.rs"]
mod handlers;
#[path = "openapi/routed.rs"]
mod routed;
#[path = "openapi/rules.rs"]
mod rules;

use serde_json::Value;
use utoipa::openapi::OpenApi;

/// The document as JSON.
fn json(document: &OpenApi) -> Value {
    serde_json::to_value(document).unwrap()
}

/// One operation.
fn operation(document: &OpenApi, method: &str, path: &str) -> Value {
    let operation = json(document)["paths"][path][method].clone();
    assert!(operation.is_object(), "{method} {path}: {operation}");
    operation
}
