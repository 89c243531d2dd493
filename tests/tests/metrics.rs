//! What is measured, by which names, and with which labels: as docs/observability.md says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unused_async,
    missing_docs
)]

#[path = "metrics/decisions.rs"]
mod decisions;
#[path = "metrics/documented.rs"]
mod documented;
#[path = "metrics/recorder.rs"]
mod recorder;
#[path = "metrics/support.rs"]
mod support;
#[path = "metrics/times.rs"]
mod times;
