//! Tokens that are remembered: everything that can have changed since they were verified is looked at
//! again on every request.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

#[path = "token_cache/bytes.rs"]
mod bytes;
#[path = "token_cache/claims.rs"]
mod claims;
#[path = "token_cache/issuers.rs"]
mod issuers;
#[path = "token_cache/keys.rs"]
mod keys;
#[path = "token_cache/limits.rs"]
mod limits;
#[path = "token_cache/purpose.rs"]
mod purpose;
#[path = "token_cache/revoked.rs"]
mod revoked;
#[path = "token_cache/roles.rs"]
mod roles;
#[path = "token_cache/sender.rs"]
mod sender;
#[path = "token_cache/support.rs"]
mod support;
#[path = "token_cache/times.rs"]
mod times;
