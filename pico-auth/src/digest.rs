//! SHA-256, as arrays.

use aws_lc_rs::digest::{SHA256, digest};

/// The SHA-256 of these bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    taken(digest(&SHA256, bytes).as_ref())
}

/// The first 128 bits of a SHA-256.
pub(crate) fn first_half(hash: &[u8; 32]) -> [u8; 16] {
    taken(hash)
}

/// The first `N` bytes. There are as many wherever this is called.
fn taken<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut taken = [0; N];
    for (to, from) in taken.iter_mut().zip(bytes) {
        *to = *from;
    }
    taken
}
