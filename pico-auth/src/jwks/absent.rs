//! Which unknown keys the last fetch was made for: asking again costs no further fetch.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::KeyQuery;

/// Each takes 8 bytes (and the table some more, under 20 KB in all), however long the key id is.
const MOST: usize = 1024;

/// Keys that the issuer does not have, as hashes under a key that strangers do not know. Two that
/// meet by chance make one key wait for the next refill interval.
#[derive(Debug, Default)]
pub(super) struct Absent {
    hasher: RandomState,
    hashes: HashSet<u64>,
}

impl Absent {
    pub(super) fn contains(&self, query: KeyQuery<'_>) -> bool {
        self.hashes.contains(&self.hash(query))
    }

    pub(super) fn insert(&mut self, query: KeyQuery<'_>) {
        // Whoever is forgotten may ask the bucket again.
        if self.hashes.len() >= MOST {
            self.hashes.clear();
        }
        self.hashes.insert(self.hash(query));
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

    fn named(kid: &str) -> KeyQuery<'_> {
        KeyQuery {
            kid: Some(kid),
            algorithm: Algorithm::RS256,
        }
    }

    #[test]
    fn a_flood_of_long_key_ids_does_not_grow_it() {
        let mut absent = Absent::default();
        for n in 0..10_000 {
            let kid = format!("{n}-{}", "x".repeat(4096));
            absent.insert(named(&kid));
            assert!(absent.contains(named(&kid)));
            assert!(absent.hashes.len() <= MOST);
            assert!(absent.hashes.capacity() <= 2 * MOST);
        }
    }

    #[test]
    fn the_algorithm_counts_only_without_a_key_id() {
        let mut absent = Absent::default();
        let query = |kid, algorithm| KeyQuery { kid, algorithm };
        absent.insert(query(Some("a"), Algorithm::RS256));
        assert!(absent.contains(query(Some("a"), Algorithm::ES256)));
        absent.insert(query(None, Algorithm::RS256));
        assert!(absent.contains(query(None, Algorithm::RS256)));
        assert!(!absent.contains(query(None, Algorithm::ES256)));
        assert!(!absent.contains(query(Some(""), Algorithm::RS256)));
        absent.clear();
        assert!(!absent.contains(query(Some("a"), Algorithm::RS256)));
    }
}
