//! Opaque tokens, with an introspection endpoint on loopback that can do everything wrong and a clock
//! that stands still.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

#[path = "introspection/answers.rs"]
mod answers;
#[path = "introspection/calls.rs"]
mod calls;
#[path = "introspection/configuration.rs"]
mod configuration;
#[path = "introspection/endpoint.rs"]
mod endpoint;
#[path = "introspection/mixed.rs"]
mod mixed;
#[path = "introspection/outages.rs"]
mod outages;
#[path = "introspection/secrets.rs"]
mod secrets;
#[path = "waiting/soon.rs"]
mod soon;
#[path = "http/support.rs"]
#[allow(dead_code, reason = "shared with the stages of http")]
mod support;
