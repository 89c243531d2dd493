//! When to fetch, and what to answer meanwhile. Pure: it is told the time, a random number and what
//! happened; it knows no keys, no network and no clock. `cache` acts on it, `simulation` runs it by
//! the hundred thousand.
//!
//! A set is *fresh* for its lifetime, counted from the moment its fetch began: the TTL, or less
//! where the issuer says so. It is *usable* for `max_stale` longer.
//!
//! 1. Long before a fresh set ends it is fetched anew behind the requests' back, at a random moment.
//!    So no request waits for the sake of a key that is known.
//! 2. A set that has ended is still the answer while the fetch that began in time runs, and while
//!    fetches fail, as long as it is usable. Otherwise (the process stood still for longer than the
//!    rest of the lifetime) the request waits for a fetch. So a key that was withdrawn is refused
//!    one lifetime and one fetch later at the latest, as long as the issuer can be reached.
//! 3. A failed fetch is repeated after a pause that doubles up to a bound, less up to half of it at
//!    random. Nothing makes it sooner.
//! 4. An unknown key waits for a fetch that began after the request came, as often as the bucket
//!    allows one. If it does not, a set younger than one refill interval is believed (401);
//!    otherwise it cannot be known now (503).
//! 5. A fetch that has not ended after twice its time-out counts as failed: the runtime of its task is driven
//!    no more. How it ends later means nothing.
//!
//! One fetch runs at a time.

use std::ops::Range;
use std::time::Duration;

use super::bucket::{Bucket, Rate};

/// What can be configured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// The longest lifetime of a set.
    pub(super) ttl: Duration,
    /// How much longer a set is used while it cannot be fetched anew.
    pub(super) max_stale: Duration,
    /// How often unknown keys cause a fetch.
    pub(super) unknown: Rate,
    /// After how long a fetch ends by itself.
    pub(super) timeout: Duration,
}

/// `Cache-Control` does not make sets shorter-lived than this (or the TTL, if that is less): an
/// issuer that forbids caching must not be asked by every request.
const SHORTEST_LIFETIME: Duration = Duration::from_secs(60);

/// In which part of its lifetime a set is fetched anew.
const USUAL: Range<f64> = 0.75..0.95;

/// The same for the first set, and for the first one after a failure. Instances that are started,
/// or find the issuer again, at one moment do not come back at one moment.
const SPREAD: Range<f64> = 0.2..0.95;

/// The pauses after failures while there are usable keys: the first, and the longest. Each is twice
/// as long as the one before.
const PAUSES: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(60)];

/// The same while there are none: every request is refused.
const PAUSES_WITHOUT_KEYS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(10)];

/// The state of one key source.
#[derive(Debug, Clone)]
pub(super) struct Schedule {
    rules: Rules,
    loaded: Option<Loaded>,
    /// When the fetch that runs began.
    running_since: Option<Duration>,
    /// How many fetches have begun: the number of the fetch that runs, or ran last.
    begun: u64,
    /// How many fetches have failed in a row.
    failures: u32,
    /// Not before this after a failure.
    retry_at: Duration,
    bucket: Bucket,
}

#[derive(Debug, Clone, Copy)]
struct Loaded {
    /// The number of its fetch.
    number: u64,
    begun_at: Duration,
    ends_at: Duration,
    refresh_at: Duration,
}

/// What a request asks for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Asked {
    /// Something the usable set has an answer to.
    Known,
    /// A key that the usable set does not have.
    Unknown {
        /// A fetch has shown within the last refill interval that there is no such key.
        looked_for: bool,
    },
    /// There is no usable set.
    NoKeys,
}

/// What to do for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Answer out of the set.
    Answer,
    /// Answer that there is no such key: a fetch that began after the request came has shown it.
    Settled,
    /// Wait until the fetch that runs has ended, and ask again.
    Wait,
    /// It cannot be known now; try again after this time.
    Unavailable(Duration),
}

impl Schedule {
    pub(super) const fn new(rules: Rules, now: Duration) -> Self {
        Self {
            rules,
            loaded: None,
            running_since: None,
            begun: 0,
            failures: 0,
            retry_at: Duration::ZERO,
            bucket: Bucket::full(rules.unknown, now),
        }
    }

    /// The number of the last fetch that has begun.
    pub(super) const fn begun(&self) -> u64 {
        self.begun
    }

    /// Whether the fetch of this number runs. Else nobody waits for its end.
    pub(super) const fn runs(&self, number: u64) -> bool {
        self.running_since.is_some() && self.begun == number
    }

    /// Whether the set that was loaded last may be used at all.
    pub(super) fn is_usable(&self, now: Duration) -> bool {
        now < self.usable_until()
    }

    fn usable_until(&self) -> Duration {
        self.loaded.map_or(Duration::ZERO, |set| {
            set.ends_at.saturating_add(self.rules.max_stale)
        })
    }

    /// How long there is nothing to do in the background. `None` while a fetch runs.
    pub(super) fn pause(&self, now: Duration) -> Option<Duration> {
        let due_at = match self.loaded {
            _ if self.failures > 0 => self.retry_at,
            Some(set) => set.refresh_at,
            None => Duration::ZERO,
        };
        match self.running_since {
            Some(_) => None,
            None => Some(due_at.saturating_sub(now)),
        }
    }

    /// Begins a fetch if one is due. If so, it must be made and its end be told.
    pub(super) fn refresh(&mut self, now: Duration) -> bool {
        if self
            .running_since
            .is_some_and(|begun_at| now >= self.given_up_at(begun_at))
        {
            self.failed(1.0, now);
        }
        let due = self.pause(now) == Some(Duration::ZERO);
        if due {
            self.begin(now);
        }
        due
    }

    /// Decides for a request that came when `since` was the number of the last fetch. With `true`,
    /// a fetch begins; it must be made and its end be told.
    pub(super) fn ask(&mut self, asked: Asked, since: u64, now: Duration) -> (Step, bool) {
        let due = self.refresh(now);
        let runs = self.running_since.is_some();
        let step = match asked {
            Asked::Known if now < self.believed_until() => Step::Answer,
            Asked::Unknown { .. } if self.loaded.is_some_and(|set| set.number > since) => {
                Step::Settled
            }
            Asked::Unknown { looked_for: true } if self.is_young(now) => Step::Answer,
            _ if runs => Step::Wait,
            _ if self.failures > 0 => Step::Unavailable(self.retry_at.saturating_sub(now)),
            // The bucket is asked last: nothing else takes from it.
            _ => match self.bucket.take(now) {
                Ok(()) => {
                    self.begin(now);
                    return (Step::Wait, true);
                }
                Err(_) if self.is_young(now) => Step::Answer,
                // A fetch that took the last token, and did not fail, has made the set young. So
                // this is for clocks that go wrong.
                Err(wait) => Step::Unavailable(wait),
            },
        };
        (step, due)
    }

    /// The fetch that ran has brought a set, which its issuer wants kept for `max_age`. `random` is
    /// in 0..1.
    pub(super) fn succeeded(&mut self, max_age: Option<Duration>, random: f64, now: Duration) {
        let begun_at = self.running_since.take().unwrap_or(now);
        let Rules { ttl, .. } = self.rules;
        let lifetime = max_age.map_or(ttl, |age| age.clamp(SHORTEST_LIFETIME.min(ttl), ttl));
        let at = |part: f64| begun_at.saturating_add(share(lifetime, part));
        let within = |parts: Range<f64>| at(parts.start + random * (parts.end - parts.start));
        let refresh_at = match self.loaded {
            Some(_) if self.failures > 0 => within(SPREAD),
            None => within(SPREAD),
            // A fetch for an unknown key comes on top. Were the plan made anew, a rotation would
            // draw all instances together.
            Some(known) if known.refresh_at > begun_at => known.refresh_at.min(at(USUAL.end)),
            Some(_) => within(USUAL),
        };
        self.failures = 0;
        self.loaded = Some(Loaded {
            number: self.begun,
            begun_at,
            ends_at: begun_at.saturating_add(lifetime),
            refresh_at,
        });
    }

    /// The fetch that ran has failed. `random` is in 0..1.
    pub(super) fn failed(&mut self, random: f64, now: Duration) {
        self.running_since = None;
        let [first, longest] = if self.is_usable(now) {
            PAUSES
        } else {
            PAUSES_WITHOUT_KEYS
        };
        let doubled = 2_u32.saturating_pow(self.failures);
        let pause = first.saturating_mul(doubled).min(longest);
        self.failures = self.failures.saturating_add(1);
        self.retry_at = now.saturating_add(share(pause, f64::midpoint(1.0, random)));
    }

    /// When the fetch that began then counts as failed.
    const fn given_up_at(&self, begun_at: Duration) -> Duration {
        begun_at.saturating_add(self.rules.timeout.saturating_mul(2))
    }

    fn begin(&mut self, now: Duration) {
        self.begun += 1;
        self.running_since = Some(now);
    }

    /// Until when a set is the answer to whoever asks for a key it has, unless something happens before:
    /// a fetch begins, ends or is given up.
    pub(super) fn believed_until(&self) -> Duration {
        let Some(set) = self.loaded else {
            return Duration::ZERO;
        };
        let mut until = set.ends_at;
        if let Some(begun_at) = self.running_since.filter(|at| *at < set.ends_at) {
            until = until.max(self.given_up_at(begun_at));
        }
        if self.failures > 0 {
            // A retry that is long overdue has been forgotten by a process that stood still: what it
            // knew of the issuer is out of date.
            let [_, longest] = PAUSES;
            until = until.max(self.retry_at.saturating_add(longest));
        }
        until.min(self.usable_until())
    }

    /// Whether the set is as good as one that would be fetched now.
    fn is_young(&self, now: Duration) -> bool {
        let interval = self.rules.unknown.interval;
        self.loaded
            .is_some_and(|set| now < set.begun_at.saturating_add(interval))
    }
}

fn share(whole: Duration, part: f64) -> Duration {
    Duration::try_from_secs_f64(whole.as_secs_f64() * part).unwrap_or(whole)
}

#[cfg(test)]
mod tests;
