//! ML-DSA keys (RFC 9964): one encoding and one length for each algorithm.

use super::key::{NOT_A_KEY, NOT_PERMITTED};
use super::{Algorithm, VerificationKey};
use crate::crypto::Material;

impl VerificationKey {
    /// An ML-DSA key out of its bytes, as in `pub` (RFC 9964 §5).
    pub(super) fn ml_dsa(
        kid: Option<&str>,
        algorithm: Algorithm,
        public: &[u8],
    ) -> Result<Self, &'static str> {
        let (length, _) = parameters(algorithm)?;
        if public.len() != usize::from(length) {
            return Err(WRONG_LENGTH);
        }
        Self::new(kid, [algorithm], Material::Bytes(public))
    }

    /// An ML-DSA key out of the DER of a `SubjectPublicKeyInfo`.
    pub(super) fn ml_dsa_der(
        kid: Option<&str>,
        algorithm: Algorithm,
        der: &[u8],
    ) -> Result<Self, &'static str> {
        let (length, oid) = parameters(algorithm)?;
        let (header, public) = der.split_first_chunk().ok_or(WRONG_LENGTH)?;
        if public.len() != usize::from(length) {
            return Err(WRONG_LENGTH);
        }
        if *header != der_header(length, oid) {
            return Err(NOT_A_KEY);
        }
        Self::new(kid, [algorithm], Material::Bytes(public))
    }
}

const WRONG_LENGTH: &str = "its public key has not the length of its `alg`";

/// The length of a public key (FIPS 204, table 2) and the last byte of its OID (RFC 9881 §2).
const fn parameters(algorithm: Algorithm) -> Result<(u16, u8), &'static str> {
    Ok(match algorithm {
        Algorithm::MlDsa44 => (1312, 17),
        Algorithm::MlDsa65 => (1952, 18),
        Algorithm::MlDsa87 => (2592, 19),
        _ => return Err(NOT_PERMITTED),
    })
}

/// What stands before the key in a `SubjectPublicKeyInfo` (RFC 9881 §4). DER has one encoding of it: the
/// algorithm has no parameters, and all lengths follow from that of the key.
const fn der_header(length: u16, oid: u8) -> [u8; 22] {
    // The bits of the key follow a byte that says that all eight of the last byte count; before them
    // stand their tag and length, and the algorithm.
    let [bits_high, bits_low] = (length + 1).to_be_bytes();
    let [all_high, all_low] = (length + 18).to_be_bytes();
    [
        0x30, 0x82, all_high, all_low, // SEQUENCE
        0x30, 11, // SEQUENCE: the algorithm
        0x06, 9, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, oid, // OBJECT IDENTIFIER
        0x03, 0x82, bits_high, bits_low, 0x00, // BIT STRING
    ]
}
