//! Who did what: every decision reaches the sink, none waits for it, and nothing secret is in it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unused_async,
    missing_docs
)]

#[path = "log/capture.rs"]
#[allow(dead_code, reason = "shared with other binaries")]
mod capture;
#[path = "audit/coverage.rs"]
mod coverage;
#[path = "audit/functions.rs"]
mod functions;
#[path = "audit/lines.rs"]
mod lines;
#[path = "audit/overflow.rs"]
mod overflow;
#[path = "audit/support.rs"]
mod support;
