//! What lists keep of a token id: 16 bytes, whatever its length.

use crate::crypto::{first_half, sha256};

/// The first 128 bits of a SHA-256.
///
/// A listed id is always found. An id that is not listed is taken for one of `n` that are with a
/// probability of n / 2^128 (3e-33 for a million): the error can only refuse a good token, never
/// admit a revoked one, and finding an id that causes it is as hard as a second preimage.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Digest([u8; 16]);

impl Digest {
    /// Of an id, in a list of one issuer.
    #[cfg(feature = "http-client")]
    pub(super) fn of(jti: &str) -> Self {
        Self(first_half(&sha256(jti.as_bytes())))
    }

    /// Of an id and its issuer. Both are hashed first: no two pairs give the same bytes by moving the
    /// border between them.
    pub(super) fn of_pair(issuer: &str, jti: &str) -> Self {
        let mut pair = [0; 64];
        let (left, right) = pair.split_at_mut(32);
        left.copy_from_slice(&sha256(issuer.as_bytes()));
        right.copy_from_slice(&sha256(jti.as_bytes()));
        Self(first_half(&sha256(&pair)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_issuer_is_another_id() {
        let ours = Digest::of_pair("https://id.example", "1");
        assert!(ours == Digest::of_pair("https://id.example", "1"));
        for (issuer, jti) in [
            ("https://id.example1", ""),
            ("https://id.exampl", "e1"),
            ("", "https://id.example1"),
            ("1", "https://id.example"),
            ("https://id.example", "1 "),
        ] {
            assert!(ours != Digest::of_pair(issuer, jti), "{issuer} {jti}");
        }
    }
}
