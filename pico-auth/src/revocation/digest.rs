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

    /// Of an id and its issuer. The length of the first comes before them: no two pairs give the same bytes
    /// by moving the border between them.
    pub(super) fn of_pair(issuer: &str, jti: &str) -> Self {
        let length = issuer.len().to_be_bytes();
        let parts = [length.as_slice(), issuer.as_bytes(), jti.as_bytes()];
        let mut room = [0; ROOM];
        let hash = match joined(&parts, &mut room) {
            Some(pair) => sha256(pair),
            None => sha256(&parts.concat()),
        };
        Self(first_half(&hash))
    }
}

/// Enough for an issuer and an id of usual length: every request asks, and need not allocate for it.
const ROOM: usize = 256;

/// The parts one after the other, if there is room for them.
fn joined<'r>(parts: &[&[u8]], room: &'r mut [u8]) -> Option<&'r [u8]> {
    let mut end = 0;
    for part in parts {
        let start = end;
        end += part.len();
        room.get_mut(start..end)?.copy_from_slice(part);
    }
    room.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last that there is room for, the first that there is none for, and others.
    #[test]
    fn the_border_of_a_pair_of_any_length_cannot_be_moved() {
        let others = size_of::<usize>() + 2;
        for length in [0, 1, ROOM - others, ROOM - others + 1, 10 * ROOM] {
            let [long, longer] = [length, length + 1].map(|length| "x".repeat(length));
            let ours = Digest::of_pair(&long, "xy");
            assert!(ours == Digest::of_pair(&long, "xy"), "{length}");
            assert!(ours != Digest::of_pair(&longer, "y"), "{length}");
            assert!(Digest::of_pair("xx", &long) != Digest::of_pair("x", &longer));
        }
    }

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
