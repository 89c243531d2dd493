//! Carrying the caller into tasks, threads, streams and callbacks, and callers for jobs.
//!
//! The [`SecurityContext`] follows the request only: a spawned task, a thread or a callback runs as nobody,
//! and the rules refuse there. What shall run as the caller says so:
//!
//! | In place of | Write |
//! |---|---|
//! | `tokio::spawn(future)` | [`propagate::spawn(future)`](spawn) |
//! | `tokio::task::spawn_blocking(function)` | [`propagate::spawn_blocking(function)`](spawn_blocking) |
//! | `std::thread::spawn(function)` | [`propagate::spawn_thread(function)`](spawn_thread) |
//! | `join_set.spawn(future)` | [`join_set.spawn_in_current_context(future)`](JoinSetExt) |
//! | `upgrade.on_upgrade(callback)` | `upgrade.on_upgrade(`[`propagate::callback`](callback)`(callback))` |
//! | any other `run(function)` | `run(`[`propagate::closure`](closure)`(function))` |
//! | a future, stream or body that somebody else polls | [`.in_current_context()`](ContextExt::in_current_context) |
//!
//! ```
//! # #[cfg(all(feature = "macros", feature = "test-kit"))] {
//! use pico_auth::{AuthClientError, SecurityContext, authenticated, propagate};
//!
//! #[authenticated]
//! async fn send_receipt() -> Result<String, AuthClientError> {
//!     Ok(format!("to {}", SecurityContext::require()?.subject()))
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(
//! # SecurityContext::test("ada").scope(async {
//! // Inside a request of ada:
//! assert!(tokio::spawn(send_receipt()).await.unwrap().is_err());
//! assert_eq!(propagate::spawn(send_receipt()).await.unwrap().unwrap(), "to ada");
//! # }));
//! # }
//! ```
//!
//! What is carried is the context at the moment of the call, the agent included. Outside of any context that
//! is nobody: what was captured there never sees the context of whoever polls, calls or drops it. When
//! something carried is dropped, that happens in its context, too.
//!
//! Work that goes on after the answer goes on after the token's end, unless it looks:
//! [`SecurityContext::until_expired`], [`Authenticator::until_refused`](crate::Authenticator::until_refused).

mod expiry;
mod in_context;
mod job;
mod spawn;

use crate::context::{CURRENT, SecurityContext};

pub use in_context::InContext;
pub use job::run_as;
pub use spawn::{JoinSetExt, callback, closure, spawn, spawn_blocking, spawn_thread};

/// Lets futures and, with the feature `axum`, streams (`futures_core::Stream`) and bodies (`http_body::Body`)
/// carry a caller: whoever polls them, they run as this one.
pub trait ContextExt: Sized {
    /// Carries the caller of the running request; nobody where there is none.
    fn in_current_context(self) -> InContext<Self> {
        let current = CURRENT.try_with(Clone::clone);
        InContext::new(self, current.ok().flatten())
    }

    /// Carries this caller: a [`SecurityContext`], or an `Option` of one, where `None` is nobody.
    ///
    /// ```
    /// use pico_auth::SecurityContext;
    /// use pico_auth::propagate::ContextExt;
    ///
    /// /// A message to a task that works for many callers.
    /// struct Job {
    ///     caller: Option<SecurityContext>,
    ///     order: u64,
    /// }
    ///
    /// async fn work(job: Job) {
    ///     let ship = async { println!("order {}", job.order) };
    ///     ship.in_context(job.caller).await;
    /// }
    /// ```
    fn in_context(self, caller: impl Into<Option<SecurityContext>>) -> InContext<Self> {
        InContext::new(self, caller.into())
    }
}

impl<T> ContextExt for T {}
