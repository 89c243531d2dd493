//! What services hand their decisions to.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use super::queue::Queue;
use super::{AuditSink, Decision, Trail};
use crate::clock::{Clock, SystemClock};
use crate::error::AuthConfigurationError;
use crate::events;

/// Hands decisions to an [`AuditSink`] and never waits for it. Cheap to clone; clones share the sink.
///
/// Give it to a service by [`Authentication::audited_by`](crate::Authentication::audited_by).
///
/// When the last clone is dropped, the thread of the sink ends with the last decision; a process that ends
/// before that loses the rest. So [`flush`](Self::flush) before you leave `main`.
#[derive(Clone)]
pub struct Auditor {
    inner: Arc<Inner>,
}

struct Inner {
    queue: Queue,
    clock: Box<dyn Clock>,
}

impl Auditor {
    /// An auditor whose queue holds 4096 decisions.
    ///
    /// # Errors
    ///
    /// As [`AuditorBuilder::build`].
    pub fn new(sink: impl AuditSink) -> Result<Self, AuthConfigurationError> {
        Self::builder(sink).build()
    }

    /// Starts to configure an auditor.
    pub fn builder<S: AuditSink>(sink: S) -> AuditorBuilder<S> {
        AuditorBuilder {
            sink,
            capacity: 4096,
            clock: Box::new(SystemClock::new()),
        }
    }

    /// Runs a job whose functions decide outside of any request, and records what they decide.
    ///
    /// ```
    /// # use pico_auth::audit::Auditor;
    /// # use pico_auth::SecurityContext;
    /// # async fn example(auditor: Auditor, caller: SecurityContext, job: impl Future<Output = ()>) {
    /// auditor.scope(caller.scope(job)).await;
    /// # }
    /// ```
    pub fn scope<F: Future>(&self, future: F) -> impl Future<Output = F::Output> {
        let trail = Trail::of_job(self.clone());
        events::observe(Arc::new(trail), future)
    }

    /// Waits until the sink has all that was decided before, no longer than `timeout`. Whether it has;
    /// `false` at once where it fails to flush. It blocks the thread: in async code, use
    /// `tokio::task::spawn_blocking`.
    #[must_use = "the log may lack its end"]
    pub fn flush(&self, timeout: Duration) -> bool {
        self.inner.queue.flush(timeout)
    }

    /// How many decisions were lost: dropped where the queue was full, or failed on by the sink.
    pub fn lost(&self) -> u64 {
        self.inner.queue.lost()
    }

    pub(super) fn record(&self, decide: impl FnOnce(Duration) -> Decision) {
        let decision = decide(self.inner.clock.now());
        self.inner.queue.push(Box::new(decision));
    }
}

/// Shows how many decisions were lost.
impl fmt::Debug for Auditor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auditor")
            .field("lost", &self.lost())
            .finish_non_exhaustive()
    }
}

/// The longest queue: 128 MiB where pointers have 8 bytes, and the decisions beside it.
const MAX_CAPACITY: usize = 1 << 24;

/// Configures an [`Auditor`].
#[must_use]
pub struct AuditorBuilder<S> {
    sink: S,
    capacity: usize,
    clock: Box<dyn Clock>,
}

impl<S: AuditSink> AuditorBuilder<S> {
    /// How many decisions wait for the sink at most; further ones are dropped and counted. Each keeps the
    /// claims of its caller in memory until the sink has seen it. Default: 4096.
    pub const fn capacity(mut self, decisions: usize) -> Self {
        self.capacity = decisions;
        self
    }

    /// Takes the time of decisions from `clock`. Default: [`SystemClock`].
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Starts the thread of the sink.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `audit_capacity` where it is zero or above 16,777,216; for `audit_sink` where its thread
    /// cannot be started.
    pub fn build(self) -> Result<Auditor, AuthConfigurationError> {
        if !(1..=MAX_CAPACITY).contains(&self.capacity) {
            let problem = "must be from 1 to 16777216: memory is taken for all of it at once";
            return Err(AuthConfigurationError::new("audit_capacity", problem));
        }
        let queue = Queue::new(self.capacity, self.sink).map_err(|error| {
            let problem = format!("needs a thread, and none could be started: {error}");
            AuthConfigurationError::new("audit_sink", problem)
        })?;
        events::will_be_used();
        let clock = self.clock;
        Ok(Auditor {
            inner: Arc::new(Inner { queue, clock }),
        })
    }
}

impl<S> fmt::Debug for AuditorBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditorBuilder")
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}
