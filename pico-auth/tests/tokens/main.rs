//! Tokens and keys, attacked: every security rule has a test named after the attack.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod claims;
#[cfg(feature = "http-client")]
mod client;
#[cfg(feature = "http-client")]
mod faults;
mod form;
mod header_value;
mod keys;
mod ml_dsa;
mod mutation;
mod provider;
#[cfg(feature = "http-client")]
mod server;
mod sets;
mod support;
