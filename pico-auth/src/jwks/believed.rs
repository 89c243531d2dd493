//! Which set of keys requests may take for granted, told without a lock that all of them share.
//!
//! `cache` says it, under its lock, after each change of what it knows; who asks reads two numbers. That
//! their order is right is shown by `tests/tests/loom.rs`, where `super::atomic` is loom's.

use super::atomic::{AtomicU64, Ordering};

/// The edition of the keys, and until when nobody need ask for them again.
pub(super) struct Believed {
    edition: AtomicU64,
    /// By the clock of the cache.
    until: AtomicU64,
}

impl Believed {
    /// Nothing: it ended at 0.
    pub(super) fn nothing() -> Self {
        Self {
            edition: AtomicU64::new(0),
            until: AtomicU64::new(0),
        }
    }

    /// One at a time. `until` is raised last: who sees it sees the edition it is about, or a later one.
    pub(super) fn publish(&self, edition: u64, until: u64) {
        self.edition.store(edition, Ordering::Release);
        self.until.store(until, Ordering::Release);
    }

    /// The edition that is believed at the time `now`.
    pub(super) fn at(&self, now: u64) -> Option<u64> {
        if now >= self.until.load(Ordering::Acquire) {
            return None;
        }
        Some(self.edition.load(Ordering::Acquire))
    }
}
