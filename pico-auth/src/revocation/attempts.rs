//! One task that tries again and again to have a current list, and those who wait for it.

use std::time::Duration;

use tokio::sync::watch;

use crate::crypto::fill_random;

/// How soon the first failure is repeated.
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// The attempts of one task, counted. Any number of requests may wait for one.
#[derive(Default)]
pub(super) struct Attempts(watch::Sender<Progress>);

#[derive(Default, Clone, Copy)]
struct Progress {
    begun: u64,
    done: u64,
    /// The number of the attempt that someone waits for.
    wanted: u64,
}

impl Attempts {
    /// Waits for the attempt that is under way, or for one that starts now.
    pub(super) async fn any(&self) {
        self.number(|progress| progress.done + 1).await;
    }

    /// Waits for an attempt that begins after this call.
    pub(super) async fn new_one(&self) {
        self.number(|progress| progress.begun + 1).await;
    }

    /// Waits until `is_ready`, which is asked again after each attempt. The first begins now; a failure is
    /// repeated after its pause.
    pub(super) async fn until(&self, is_ready: impl Fn() -> bool) {
        if is_ready() {
            return;
        }
        let mut progress = self.0.subscribe();
        self.any().await;
        while !is_ready() {
            // The sender is part of `self`: it cannot be gone.
            let _ = progress.changed().await;
        }
    }

    async fn number(&self, number: impl FnOnce(Progress) -> u64) {
        let mut progress = self.0.subscribe();
        let mut mine = 0;
        self.0.send_modify(|progress| {
            mine = number(*progress);
            progress.wanted = mine.max(progress.wanted);
        });
        // The sender is part of `self`: it cannot be gone.
        let _ = progress.wait_for(|progress| progress.done >= mine).await;
    }

    /// For the task: an attempt begins.
    pub(super) fn begin(&self) {
        self.0.send_modify(|progress| progress.begun += 1);
    }

    /// For the task: the attempt has ended, and what it found is recorded.
    pub(super) fn end(&self) {
        self.0
            .send_modify(|progress| progress.done = progress.begun);
    }

    /// For the task: waits until someone wants an attempt that has not begun.
    pub(super) async fn demand(&self) {
        let mut progress = self.0.subscribe();
        let _ = progress
            .wait_for(|progress| progress.wanted > progress.begun)
            .await;
    }

    /// For the task, to be held as long as it runs: whoever waits hears of its end, be it by the end of
    /// its runtime.
    pub(super) const fn end_of_all(&self) -> EndOfAll<'_> {
        EndOfAll(self)
    }
}

pub(super) struct EndOfAll<'a>(&'a Attempts);

impl Drop for EndOfAll<'_> {
    fn drop(&mut self) {
        let Attempts(progress) = self.0;
        progress.send_modify(|progress| progress.done = progress.begun.max(progress.wanted));
    }
}

/// The pause after so many failures in a row: none is `most`, then one second, two, four up to `most`.
pub(super) fn backoff(failures: u32, most: Duration) -> Duration {
    match failures.checked_sub(1) {
        None => most,
        Some(earlier) => FIRST_RETRY
            .saturating_mul(2_u32.saturating_pow(earlier))
            .min(most),
    }
}

/// Up to a fifth less, so that many instances do not ask together.
pub(super) fn jittered(pause: Duration) -> Duration {
    let mut random = [0];
    // Without randomness the pause is what it is.
    let _ = fill_random(&mut random);
    let [random] = random;
    // Divided first: a pause may be as long as a `Duration` can be.
    pause.saturating_sub(pause / (5 * 255) * u32::from(random))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_their_bound_and_jitter_only_shortens() {
        let second = Duration::from_secs(1);
        for (failures, pause) in [(0, 15), (1, 1), (2, 2), (4, 8), (5, 15), (u32::MAX, 15)] {
            assert_eq!(backoff(failures, 15 * second), pause * second);
        }
        for _ in 0..1000 {
            let pause = jittered(15 * second);
            assert!((12 * second..=15 * second).contains(&pause), "{pause:?}");
        }
        assert_eq!(jittered(Duration::ZERO), Duration::ZERO);
    }

    /// As with `ttl(Duration::MAX)`: a panic would end the task, and each request would start another.
    #[test]
    fn the_longest_pause_does_not_end_the_task() {
        for _ in 0..1000 {
            assert!(jittered(backoff(0, Duration::MAX)) >= Duration::MAX / 5 * 4);
        }
    }
}
