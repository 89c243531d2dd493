//! The list in Redis, against a real `redis-server` (Debian: `apt-get install redis-server openssl`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

#[path = "redis/faults.rs"]
mod faults;
#[path = "redis/list.rs"]
mod list;
#[path = "redis/server.rs"]
mod server;
#[path = "redis/tls.rs"]
mod tls;
