//! Claims types, from the token to the handler.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

#[path = "claims/audience.rs"]
mod audience;
#[path = "claims/derived.rs"]
mod derived;
#[path = "claims/hostile.rs"]
mod hostile;
#[path = "claims/names.rs"]
mod names;
#[path = "claims/providers.rs"]
mod providers;
#[path = "claims/service.rs"]
mod service;
#[path = "claims/support.rs"]
mod support;
