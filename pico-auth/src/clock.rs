//! Time comes in through a trait, so that tests do not sleep.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where the time comes from: one clock for token times and for everything that is cached.
pub trait Clock: Send + Sync + 'static {
    /// The wall clock, as time since 1970-01-01T00:00:00Z: what `exp` and `nbf` are compared with.
    fn now(&self) -> Duration;

    /// Time since an arbitrary fixed moment that never goes backwards: what ages caches.
    fn elapsed(&self) -> Duration;
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Duration {
        C::now(self)
    }

    fn elapsed(&self) -> Duration {
        C::elapsed(self)
    }
}

/// The clocks of the operating system.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    origin: Instant,
}

impl SystemClock {
    /// The system's clocks; [`elapsed`](Clock::elapsed) counts from now.
    pub fn new() -> Self {
        Self {
            origin: Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        // A wall clock before 1970 is broken. "The end of time" expires every token, where "the
        // beginning of time" would admit every expired one.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.origin.elapsed()
    }
}
