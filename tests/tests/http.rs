//! A protected service on a real socket, one file per stage of a request.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "http/support.rs"]
mod support;
