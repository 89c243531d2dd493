//! The end of a caller's tokens, for what outlives a request.

use std::future;
use std::time::Duration;

use crate::context::SecurityContext;

/// How often a caller is looked at again, at the least: a clock may be set, and a machine may sleep, which
/// timers do not notice.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

impl SecurityContext {
    /// Waits until a token of this caller [has expired](Self::has_expired): for connections, streams and tasks
    /// that go on after the request was let in. For a [system caller](crate::system) it waits for ever.
    ///
    /// ```
    /// use pico_auth::SecurityContext;
    ///
    /// async fn until_the_token_ends(caller: SecurityContext, work: impl Future<Output = ()>) {
    ///     tokio::select! {
    ///         () = caller.until_expired() => println!("{} must sign in again", caller.subject()),
    ///         () = work => {}
    ///     }
    /// }
    /// ```
    ///
    /// It sleeps until then and looks at the clock of the authenticator every five seconds meanwhile: where
    /// the clock is set, or the machine was suspended, the end is noticed no more than five seconds late.
    /// It can be dropped and begun again at any time.
    ///
    /// Revoked tokens are noticed by [`Authenticator::until_refused`](crate::Authenticator::until_refused).
    ///
    /// # Panics
    ///
    /// In a tokio runtime that was built without `enable_time`.
    pub async fn until_expired(&self) {
        loop {
            match self.time_left() {
                None => future::pending().await,
                Some(Duration::ZERO) => return,
                Some(left) => tokio::time::sleep(left.min(LOOK_AGAIN)).await,
            }
        }
    }

    /// Waits until this caller is worth looking at again.
    pub(crate) async fn until_next_look(&self) {
        let left = self.time_left().unwrap_or(LOOK_AGAIN);
        tokio::time::sleep(left.min(LOOK_AGAIN)).await;
    }
}
