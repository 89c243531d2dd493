//! A token bucket: a few at once, then one at a time.

use std::time::Duration;

/// How much a bucket lets through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    /// How many at once.
    pub(super) burst: u32,
    /// How long it takes until there may be one more. Not zero.
    pub(super) interval: Duration,
}

/// Bounds the fetches that strangers can cause by inventing key ids.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    rate: Rate,
    left: u32,
    refilled_at: Duration,
}

impl Bucket {
    pub(super) const fn full(rate: Rate, now: Duration) -> Self {
        Self {
            rate,
            left: rate.burst,
            refilled_at: now,
        }
    }

    /// Takes one.
    ///
    /// # Errors
    ///
    /// How long it takes until there is one.
    pub(super) fn take(&mut self, now: Duration) -> Result<(), Duration> {
        self.refill(now);
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            return Ok(());
        }
        let next = self.refilled_at.saturating_add(self.rate.interval);
        Err(next.saturating_sub(now))
    }

    fn refill(&mut self, now: Duration) {
        let past = now.saturating_sub(self.refilled_at).as_nanos();
        let earned = past / self.rate.interval.as_nanos().max(1);
        let missing = self.rate.burst.saturating_sub(self.left);
        match u32::try_from(earned) {
            Ok(earned) if earned < missing => {
                self.left = self.left.saturating_add(earned);
                let whole = self.rate.interval.saturating_mul(earned);
                self.refilled_at = self.refilled_at.saturating_add(whole);
            }
            // Full. What it does not hold is not saved up.
            _ => {
                self.left = self.rate.burst;
                self.refilled_at = now;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_burst_then_one_each_interval() {
        let rate = Rate {
            burst: 3,
            interval: secs(10),
        };
        let mut bucket = Bucket::full(rate, secs(100));
        for _ in 0..3 {
            assert_eq!(bucket.take(secs(100)), Ok(()));
        }
        assert_eq!(bucket.take(secs(100)), Err(secs(10)));
        assert_eq!(bucket.take(secs(109)), Err(secs(1)));
        assert_eq!(bucket.take(secs(110)), Ok(()));
        assert_eq!(bucket.take(secs(110)), Err(secs(10)));
        // What is over after a whole interval counts for the next.
        assert_eq!(bucket.take(secs(125)), Ok(()));
        assert_eq!(bucket.take(secs(125)), Err(secs(5)));
    }

    #[test]
    fn no_more_than_the_burst_is_saved_up_and_time_that_goes_back_gives_nothing() {
        let rate = Rate {
            burst: 2,
            interval: Duration::from_nanos(1),
        };
        let mut bucket = Bucket::full(rate, Duration::ZERO);
        for now in [Duration::MAX, Duration::ZERO] {
            let taken = (0..10).filter(|_| bucket.take(now).is_ok()).count();
            assert_eq!(taken, if now.is_zero() { 0 } else { 2 });
        }
        let none = Rate {
            burst: 0,
            interval: Duration::MAX,
        };
        assert!(Bucket::full(none, secs(1)).take(secs(2)).is_err());
    }
}
