//! Shows: the same rules admit and refuse the same callers wherever a function is called from: axum, gRPC,
//! GraphQL, bare hyper, a job.
//!
//! Try it: `cargo test` in this folder. `rules.rs` has the rules and the callers, `table.rs` says who may
//! call what, and each other file is one surface.
#![cfg(test)]

mod axum;
mod graphql;
mod grpc;
mod hyper;
mod job;
mod rules;
mod table;
