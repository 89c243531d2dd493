//! Which unknown keys were looked for a moment ago: asking again costs no further fetch.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use super::KeyQuery;

/// Each takes 24 bytes (and the table some more, under 60 KB in all), however long the key id is.
const MOST: usize = 1024;

/// Keys that the issuer did not have, as hashes under a key that strangers do not know, with the time
/// when that was known. Two that meet by chance make one key wait for the next refill interval.
#[derive(Debug)]
pub(super) struct Absent {
    /// How long an entry counts.
    interval: Duration,
    hasher: RandomState,
    hashes: HashMap<u64, Duration>,
}

impl Absent {
    pub(super) fn new(interval: Duration) -> Self {
        Self {
            interval,
            hasher: RandomState::new(),
            hashes: HashMap::new(),
        }
    }

    pub(super) fn contains(&self, query: KeyQuery<'_>, now: Duration) -> bool {
        let looked_for = self.hashes.get(&self.hash(query));
        looked_for.is_some_and(|at| now < at.saturating_add(self.interval))
    }

    pub(super) fn insert(&mut self, query: KeyQuery<'_>, now: Duration) {
        // Whoever is forgotten may ask the bucket again.
        if self.hashes.len() >= MOST {
            self.hashes.clear();
        }
        self.hashes.insert(self.hash(query), now);
    }

    pub(super) fn clear(&mut self) {
        self.hashes.clear();
    }

    /// Without a `kid`, it depends on the algorithm whether there is a key.
    fn hash(&self, query: KeyQuery<'_>) -> u64 {
        let algorithm = query.kid.is_none().then_some(query.algorithm);
        self.hasher.hash_one((query.kid, algorithm))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Algorithm;
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(10);
    const NOW: Duration = Duration::from_secs(7);

    fn named(kid: &str) -> KeyQuery<'_> {
        KeyQuery {
            kid: Some(kid),
            algorithm: Algorithm::RS256,
        }
    }

    #[test]
    fn a_flood_of_long_key_ids_does_not_grow_it() {
        let mut absent = Absent::new(INTERVAL);
        for n in 0..10_000 {
            let kid = format!("{n}-{}", "x".repeat(4096));
            absent.insert(named(&kid), NOW);
            assert!(absent.contains(named(&kid), NOW));
            assert!(absent.hashes.len() <= MOST);
            assert!(absent.hashes.capacity() <= 2 * MOST);
        }
    }

    /// However often the set is fetched meanwhile without a change: it would poison a rotation.
    #[test]
    fn what_was_looked_for_long_ago_may_be_looked_for_again() {
        let mut absent = Absent::new(INTERVAL);
        absent.insert(named("a"), NOW);
        assert!(absent.contains(named("a"), NOW + Duration::from_nanos(9_999_999_999)));
        assert!(!absent.contains(named("a"), NOW + INTERVAL));
    }

    #[test]
    fn the_algorithm_counts_only_without_a_key_id() {
        let mut absent = Absent::new(INTERVAL);
        let query = |kid, algorithm| KeyQuery { kid, algorithm };
        absent.insert(query(Some("a"), Algorithm::RS256), NOW);
        assert!(absent.contains(query(Some("a"), Algorithm::ES256), NOW));
        absent.insert(query(None, Algorithm::RS256), NOW);
        assert!(absent.contains(query(None, Algorithm::RS256), NOW));
        assert!(!absent.contains(query(None, Algorithm::ES256), NOW));
        assert!(!absent.contains(query(Some(""), Algorithm::RS256), NOW));
        absent.clear();
        assert!(!absent.contains(query(Some("a"), Algorithm::RS256), NOW));
    }
}
