//! The access map: that it says what the server does, and all that can be asked of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

#[path = "model/caller.rs"]
mod caller;
#[path = "access_map/client.rs"]
mod client;
#[path = "access_map/documents.rs"]
mod documents;
#[path = "access_map/entries.rs"]
mod entries;
#[path = "access_map/handlers.rs"]
mod handlers;
#[path = "access_map/lint.rs"]
mod lint;
#[path = "access_map/paths.rs"]
mod paths;
#[path = "access_map/pool.rs"]
mod pool;
#[path = "access_map/queries.rs"]
mod queries;
#[path = "model/random.rs"]
mod random;
#[path = "access_map/routers.rs"]
mod routers;
#[path = "model/rule.rs"]
#[allow(dead_code, reason = "shared with other binaries")]
mod rule;
#[path = "access_map/rules.rs"]
mod rules;
#[path = "access_map/senders.rs"]
mod senders;
#[path = "access_map/served.rs"]
mod served;
#[path = "access_map/text.rs"]
mod text;
