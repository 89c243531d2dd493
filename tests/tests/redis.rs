//! The list in Redis, against a real `redis-server` (Debian: `apt-get install redis-server openssl`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

#[path = "log/capture.rs"]
#[allow(dead_code, reason = "shared with other binaries")]
mod capture;
#[path = "redis/endless.rs"]
mod endless;
#[path = "redis/faults.rs"]
mod faults;
#[path = "redis/list.rs"]
mod list;
#[path = "redis/others.rs"]
mod others;
#[path = "redis/server.rs"]
mod server;
#[path = "waiting/soon.rs"]
mod soon;
#[path = "redis/tls.rs"]
mod tls;
