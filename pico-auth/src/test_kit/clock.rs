//! Time that moves when the test says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::Clock;

/// A clock that stands still until [`advance`](Self::advance). Clones share the time.
#[derive(Debug, Clone)]
pub struct ManualClock {
    start: Duration,
    elapsed_millis: Arc<AtomicU64>,
}

impl ManualClock {
    /// A clock that stands at 2027-01-15T08:00:00Z.
    pub fn new() -> Self {
        Self::starting_at(Duration::from_secs(1_800_000_000))
    }

    /// A clock that stands at this time since the epoch.
    pub fn starting_at(start: Duration) -> Self {
        Self {
            start,
            elapsed_millis: Arc::new(AtomicU64::new(0)),
        }
    }

    /// Moves the time forward, with a resolution of a millisecond.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.elapsed_millis.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        self.start + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.elapsed_millis.load(Ordering::SeqCst))
    }
}
