//! What is kept of one token.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::jwks::KeyEdition;
use crate::jwt::checks::Times;
use crate::jwt::{SignedBy, ValidationRules, Verified};

/// What was read of a token, and what to check before it is believed again.
pub(crate) struct Kept<T> {
    pub(crate) read: T,
    times: Times,
    /// Since the epoch, as the times of the token.
    forget_at: Duration,
    signed_by: SignedBy,
    /// The edition of the keys among which the one that verified the token was last found; 0 for none.
    edition: AtomicU64,
    /// How many values its claims have.
    pub(super) values: usize,
}

impl<T> Kept<T> {
    pub(super) fn new(read: T, verified: &Verified<'_>, max_age: Duration) -> Self {
        let edition = verified.signed_by.edition.map_or(0, KeyEdition::number);
        Self {
            read,
            times: verified.times,
            forget_at: verified.at.saturating_add(max_age),
            signed_by: verified.signed_by.clone(),
            edition: AtomicU64::new(edition),
            values: verified.claims.value_count(),
        }
    }

    pub(crate) const fn signed_by(&self) -> &SignedBy {
        &self.signed_by
    }

    pub(super) fn must_be_verified_again(&self, rules: &ValidationRules, now: Duration) -> bool {
        now >= self.forget_at || self.times.check(rules, now).is_err()
    }

    pub(super) fn was_verified_among(&self, edition: KeyEdition) -> bool {
        self.edition.load(Ordering::Acquire) == edition.number()
    }

    pub(super) fn found_again_among(&self, edition: KeyEdition) {
        self.edition.store(edition.number(), Ordering::Release);
    }
}
