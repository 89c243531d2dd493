//! Who did what: every decision, handed to a sink of your own.
//!
//! ```no_run
//! use std::fs::File;
//! use std::time::Duration;
//!
//! use pico_auth::audit::{Auditor, JsonLines};
//! use pico_auth::{Authentication, Authenticator, SecureRouter};
//!
//! # async fn example(router: SecureRouter, authenticator: Authenticator, listener: tokio::net::TcpListener)
//! #     -> Result<(), Box<dyn std::error::Error>> {
//! let log = File::options().create(true).append(true).open("audit.jsonl")?;
//! let auditor = Auditor::new(JsonLines::new(log))?;
//! let authentication = Authentication::from(authenticator).audited_by(auditor.clone());
//! axum::serve(listener, router.secured_by(authentication)).await?;
//! let complete = tokio::task::spawn_blocking(move || auditor.flush(Duration::from_secs(5)));
//! if !complete.await? {
//!     eprintln!("the audit log lacks its end");
//! }
//! # Ok(()) }
//! ```
//!
//! # What is recorded
//!
//! - Each request, once, where its endpoint (or [`AuthLayer`](crate::AuthLayer)) decides: admitted, deferred
//!   to the function, or refused. Requests of anonymous routes, unknown paths and wrong methods, too.
//! - While a request runs: each decision of a function with a rule, admission or refusal, wherever it is
//!   called from in that request; what `when(..)` of `#[authorize]` comes to; and refusals by `after`, by
//!   [`SecurityContext::require`](crate::SecurityContext::require) and its like. That the endpoint's own
//!   function finds again what its endpoint has decided is no record of its own.
//! - Outside of requests, what runs inside [`Auditor::scope`].
//!
//! What is spawned leaves the request, and its decisions are not recorded unless it is given to
//! [`Auditor::scope`]. An `AuthLayer` that the settings disable decides nothing.
//!
//! # What is not in it
//!
//! Tokens, and what the caller holds: roles, groups, scopes and claims. A record names the subject and its
//! issuer, the agent, the ids of key and token, and what was required.
//!
//! # What it costs
//!
//! Requests never wait: records go through a queue of fixed length to a thread of their own, and where that
//! is full they are dropped and counted. So a sink may be slow, and a bug in it harms no request. Without an
//! auditor nothing is collected.

mod auditor;
mod decision;
mod json_lines;
mod queue;
mod timestamp;
mod trail;

use std::error::Error;

pub use self::auditor::{Auditor, AuditorBuilder};
pub use self::decision::{Decision, DecisionStage};
#[cfg(feature = "axum")]
pub(crate) use self::decision::{Endpoint, Request};
pub use self::json_lines::JsonLines;
pub(crate) use self::trail::Trail;
pub use crate::outcome::DecisionOutcome;

/// Why a sink could not do something.
pub type SinkError = Box<dyn Error + Send + Sync>;

/// Takes decisions, one after the other, on a thread of its own. It may block.
///
/// ```
/// use pico_auth::audit::{AuditSink, Decision, SinkError};
///
/// /// Keeps only refusals.
/// struct Refusals(std::sync::mpsc::Sender<String>);
///
/// impl AuditSink for Refusals {
///     fn record(&mut self, decision: &Decision) -> Result<(), SinkError> {
///         if let Some(status) = decision.status() {
///             self.0.send(format!("{status} {}", decision.subject().unwrap_or("somebody")))?;
///         }
///         Ok(())
///     }
/// }
/// ```
///
/// A decision that it fails on, by an error or a panic, is lost and counted; the next one comes all the same.
pub trait AuditSink: Send + 'static {
    /// Takes one decision.
    ///
    /// # Errors
    ///
    /// Whatever kept it from being taken: the decision is lost then.
    fn record(&mut self, decision: &Decision) -> Result<(), SinkError>;

    /// Learns that decisions were lost since the last one: `number` of them. Default: nothing.
    ///
    /// # Errors
    ///
    /// Whatever kept it from being noted: it is told again.
    fn lost(&mut self, number: u64) -> Result<(), SinkError> {
        let _ = number;
        Ok(())
    }

    /// Brings what it was given to where it belongs; called when there is nothing more to take for now, and
    /// by [`Auditor::flush`]. Default: nothing.
    ///
    /// # Errors
    ///
    /// Whatever kept it from that; it is logged, and tried again with the next flush.
    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}
