//! A token bucket: a few at once, then one at a time.

use std::time::Duration;

/// How many fetches unknown key ids may cause at once.
pub(super) const BURST: u32 = 5;

/// How long it takes until they may cause one more.
pub(super) const REFILL_INTERVAL: Duration = Duration::from_secs(10);

/// Bounds the fetches that strangers can cause by inventing key ids.
#[derive(Debug)]
pub(super) struct Bucket {
    left: u32,
    refilled_at: Duration,
}

impl Bucket {
    pub(super) const fn full(now: Duration) -> Self {
        Self {
            left: BURST,
            refilled_at: now,
        }
    }

    /// How long until there is something to take; zero where there is.
    pub(super) fn wait(&mut self, now: Duration) -> Duration {
        self.refill(now);
        match self.left {
            0 => (self.refilled_at + REFILL_INTERVAL).saturating_sub(now),
            _ => Duration::ZERO,
        }
    }

    pub(super) fn take(&mut self, now: Duration) {
        self.refill(now);
        self.left = self.left.saturating_sub(1);
    }

    fn refill(&mut self, now: Duration) {
        while self.left < BURST && now.saturating_sub(self.refilled_at) >= REFILL_INTERVAL {
            self.left += 1;
            self.refilled_at += REFILL_INTERVAL;
        }
        if self.left >= BURST {
            self.refilled_at = now;
        }
    }
}
