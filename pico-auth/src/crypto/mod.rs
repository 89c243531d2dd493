//! Cryptography: the only folder that names a crate for it, beside the test kit, which signs, and the TLS of
//! Redis.
//!
//! There are two back-ends with the same items: `aws_lc` (feature `aws-lc`) and `rust_crypto`
//! (feature `rust-crypto`). Where both are enabled, `aws-lc` is used: features of a tree add up, so a user
//! may have both without having asked for it. Each is called directly; nothing is installed for the
//! process, and nothing that another crate installs is used.
//!
//! Both verify the same signatures and no others; `tests` runs one table of attacks against each. Only
//! public keys are held here, so what is said of private keys in
//! RUSTSEC-2023-0071 (timing of RSA decryption and signing in the crate `rsa`) does not apply.

mod ed25519;
mod rsa_der;
mod scheme;

#[cfg(feature = "aws-lc")]
mod aws_lc;
#[cfg(not(any(feature = "aws-lc", feature = "rust-crypto")))]
mod none;
// Beside `aws-lc` it is there for tests only.
#[cfg(all(feature = "rust-crypto", any(test, not(feature = "aws-lc"))))]
mod rust_crypto;
#[cfg(all(test, feature = "aws-lc", feature = "rust-crypto"))]
mod tests;

#[cfg(feature = "aws-lc")]
use aws_lc as backend;
#[cfg(not(any(feature = "aws-lc", feature = "rust-crypto")))]
use none as backend;
#[cfg(all(feature = "rust-crypto", not(feature = "aws-lc")))]
use rust_crypto as backend;

pub(crate) use backend::{MacKey, PublicKey, fill_random, same, sha256};
pub(crate) use rsa_der::rsa_numbers;
pub(crate) use scheme::{Hash, Material, Scheme};

/// The operating system has no random numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoRandomness;

impl MacKey {
    /// A key that nobody knows.
    pub(crate) fn random() -> Result<Self, NoRandomness> {
        // As long as the hash: RFC 2104 §3.
        let mut secret = [0; 32];
        fill_random(&mut secret)?;
        Ok(Self::new(&secret))
    }
}

/// The first 128 bits of a SHA-256.
pub(crate) fn first_half(hash: &[u8; 32]) -> [u8; 16] {
    let mut half = [0; 16];
    for (to, from) in half.iter_mut().zip(hash) {
        *to = *from;
    }
    half
}
