//! How a token is looked up: by a hash of a part of it.
//!
//! Which entry it is decides the comparison of all bytes; the hash only says where to look. Every signature
//! algorithm ends a token with bytes that look random, but for ML-DSA, whose last ones are few numbers: so
//! some from the middle are taken, too. To make tokens that fall together, one would need the issuer's key
//! and the secret of the hash, and then only the lookup of these tokens becomes slower.

use std::hash::{BuildHasher, DefaultHasher, Hasher, RandomState};

/// Hashes with a secret of its own, by `SipHash`.
#[derive(Clone, Default)]
pub(super) struct BuildSampleHasher(RandomState);

impl BuildHasher for BuildSampleHasher {
    type Hasher = SampleHasher;

    fn build_hasher(&self) -> SampleHasher {
        SampleHasher(self.0.build_hasher())
    }
}

pub(super) struct SampleHasher(DefaultHasher);

/// How many bytes are taken from each place.
const SAMPLE: usize = 32;

impl Hasher for SampleHasher {
    fn write(&mut self, token: &[u8]) {
        let sample = |from: usize| token.get(from..from + SAMPLE);
        let (end, middle) = (token.len().saturating_sub(SAMPLE), token.len() / 2);
        match (sample(middle), sample(end)) {
            (Some(middle), Some(end)) => {
                self.0.write(middle);
                self.0.write(end);
            }
            _ => self.0.write(token),
        }
    }

    fn finish(&self) -> u64 {
        self.0.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_that_differ_in_their_signature_or_in_the_middle_are_looked_up_elsewhere() {
        let build = BuildSampleHasher::default();
        let token = "abcdefghij".repeat(20);
        for place in [100, 131, 168, 199] {
            let mut other = token.clone().into_bytes();
            if let Some(byte) = other.get_mut(place) {
                *byte = b'_';
            }
            let other = String::from_utf8(other).unwrap();
            assert_ne!(build.hash_one(&token), build.hash_one(&other), "{place}");
        }
        assert_eq!(build.hash_one(&token), build.hash_one(token.clone()));
        for short in ["", "a", "ab"] {
            assert_ne!(build.hash_one(short), build.hash_one("abc"));
        }
    }

    /// Another process, another authenticator: nobody can find collisions beforehand.
    #[test]
    fn the_hash_has_a_secret() {
        let hash = || BuildSampleHasher::default().hash_one("abc.def.ghi");
        assert_ne!(hash(), hash());
    }
}
