//! The caller is carried where somebody says so, nowhere else, and nobody is ever another caller.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

#[path = "propagate/bodies.rs"]
mod bodies;
#[path = "propagate/expiry.rs"]
mod expiry;
#[path = "propagate/faults.rs"]
mod faults;
#[path = "propagate/jobs.rs"]
mod jobs;
#[path = "propagate/refused.rs"]
mod refused;
#[path = "http/support.rs"]
#[allow(dead_code, reason = "shared with the stages of a request")]
mod support;
#[path = "propagate/tasks.rs"]
mod tasks;
#[path = "propagate/websocket.rs"]
mod websocket;

use pico_auth::SecurityContext;
use support::ambient;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

fn caller(subject: &str) -> SecurityContext {
    SecurityContext::test(subject).build()
}

/// Tells who the caller is when it is dropped.
struct SeenOnDrop(UnboundedSender<String>);

impl SeenOnDrop {
    fn new() -> (Self, UnboundedReceiver<String>) {
        let (sender, receiver) = unbounded_channel();
        (Self(sender), receiver)
    }
}

impl Drop for SeenOnDrop {
    fn drop(&mut self) {
        let _ = self.0.send(ambient());
    }
}
