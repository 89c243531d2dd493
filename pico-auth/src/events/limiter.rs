//! How many events of one reason are written, so that no flood of bad tokens becomes a flood of lines.
//!
//! In a calm second, the first [`BURST`] events are written. After a second that had more, one line each
//! second stands for all: it says how many were left out since the last one. It is calm again after a
//! second with no more than [`BURST`].

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;

/// The most events of one reason that are written in a second.
const BURST: u32 = 20;

const WINDOW: Duration = Duration::from_secs(1);

/// One limiter for each reason: a flood of one kind must not hide the others.
pub(super) struct Limiters<C> {
    clock: C,
    limiters: Mutex<BTreeMap<&'static str, Limiter>>,
}

impl<C: Clock> Limiters<C> {
    pub(super) const fn new(clock: C) -> Self {
        Self {
            clock,
            limiters: Mutex::new(BTreeMap::new()),
        }
    }

    /// `Some(n)`: write the event, `n` of this reason were left out before it. `None`: leave it out.
    pub(super) fn admit(&self, reason: &'static str) -> Option<u64> {
        let now = self.clock.elapsed();
        let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
        limiters.entry(reason).or_default().admit(now)
    }
}

#[derive(Default)]
struct Limiter {
    started: Option<Duration>,
    /// Events of the window.
    seen: u32,
    /// How many of them are written: fewer where the window before had too many.
    most: u32,
    suppressed: u64,
}

impl Limiter {
    fn admit(&mut self, now: Duration) -> Option<u64> {
        let fresh = self
            .started
            .is_none_or(|started| now.saturating_sub(started) >= WINDOW);
        if fresh {
            self.most = if self.seen > BURST { 1 } else { BURST };
            self.started = Some(now);
            self.seen = 0;
        }
        self.seen = self.seen.saturating_add(1);
        if self.seen > self.most {
            self.suppressed = self.suppressed.saturating_add(1);
            return None;
        }
        Some(std::mem::take(&mut self.suppressed))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[derive(Default)]
    struct Milliseconds(AtomicU64);

    impl Clock for Milliseconds {
        fn now(&self) -> Duration {
            self.elapsed()
        }
        fn elapsed(&self) -> Duration {
            Duration::from_millis(self.0.load(Ordering::Relaxed))
        }
    }

    fn limiters() -> Limiters<Milliseconds> {
        Limiters::new(Milliseconds::default())
    }

    impl Limiters<Milliseconds> {
        fn wait(&self, millis: u64) {
            self.clock.0.fetch_add(millis, Ordering::Relaxed);
        }

        /// What the events of one reason that come at once bring to the log.
        fn burst(&self, events: u32) -> Vec<u64> {
            (0..events)
                .filter_map(|_| self.admit("signature"))
                .collect()
        }
    }

    #[test]
    fn a_flood_is_cut_off_and_counted() {
        let limiters = limiters();
        assert_eq!(limiters.burst(1000), [0; BURST as usize]);
        limiters.wait(999);
        assert_eq!(limiters.burst(1), [0; 0], "the second is not over");
        limiters.wait(1);
        assert_eq!(limiters.burst(1), [1001 - u64::from(BURST)]);
    }

    #[test]
    fn a_flood_that_lasts_writes_one_line_a_second() {
        let limiters = limiters();
        limiters.burst(1000);
        for _ in 0..60 {
            limiters.wait(1000);
            assert_eq!(limiters.burst(1000).len(), 1);
        }
        limiters.wait(1000);
        assert_eq!(limiters.burst(5), [999], "the last summary; a calm second");
        limiters.wait(1000);
        assert_eq!(limiters.burst(3), [4, 0, 0], "each is written again");
    }

    #[test]
    fn a_flood_of_one_reason_hides_no_other() {
        let limiters = limiters();
        limiters.burst(1000);
        assert_eq!(limiters.admit("revoked"), Some(0));
    }

    #[test]
    fn a_clock_that_goes_back_does_not_silence_the_log_for_good() {
        let limiters = limiters();
        limiters.wait(5000);
        limiters.burst(1000);
        limiters.clock.0.store(0, Ordering::Relaxed);
        assert_eq!(limiters.burst(1), [0; 0]);
        limiters.wait(6000);
        assert_eq!(limiters.burst(1).len(), 1);
    }
}
