//! Revoked tokens are refused, and so is whatever cannot be known.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

#[path = "log/capture.rs"]
mod capture;
#[path = "revocation/checked.rs"]
mod checked;
#[path = "revocation/faults.rs"]
mod faults;
#[path = "revocation/memory.rs"]
mod memory;
#[path = "revocation/polled.rs"]
mod polled;
#[path = "revocation/secrets.rs"]
mod secrets;
#[path = "waiting/soon.rs"]
mod soon;
#[path = "revocation/stuck.rs"]
mod stuck;
#[path = "revocation/support.rs"]
mod support;
