//! ECDSA and Ed25519.

use ed25519_dalek::Signature as Ed25519Signature;
use p256::ecdsa::signature::Verifier;

use crate::crypto::{Scheme, ed25519};

pub(super) enum CurveKey {
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    Ed25519(ed25519_dalek::VerifyingKey),
}

impl CurveKey {
    pub(super) fn new(scheme: Scheme, bytes: &[u8]) -> Option<Self> {
        // The parsers of ECDSA keys would also take a compressed point. They refuse what is not on the
        // curve; the point at infinity has no encoding of this length.
        Some(match (scheme, bytes.len()) {
            (Scheme::P256, 65) => {
                Self::P256(p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes).ok()?)
            }
            (Scheme::P384, 97) => {
                Self::P384(p384::ecdsa::VerifyingKey::from_sec1_bytes(bytes).ok()?)
            }
            (Scheme::Ed25519, _) => {
                let bytes = bytes.try_into().ok()?;
                if ed25519::is_weak(bytes) {
                    return None;
                }
                Self::Ed25519(ed25519_dalek::VerifyingKey::from_bytes(bytes).ok()?)
            }
            _ => return None,
        })
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> Option<()> {
        match self {
            // `Signature` of these crates is r and s of full length, each more than 0 and less than the
            // order of the group.
            Self::P256(key) => {
                let signature = p256::ecdsa::Signature::from_slice(signature).ok()?;
                key.verify(message, &signature).ok()
            }
            Self::P384(key) => {
                let signature = p384::ecdsa::Signature::from_slice(signature).ok()?;
                key.verify(message, &signature).ok()
            }
            // `verify` would take a signature whose point is of small order: made by the owner of the key
            // only, but a signature that both back-ends must judge alike.
            Self::Ed25519(key) => {
                let signature = Ed25519Signature::from_slice(signature).ok()?;
                key.verify_strict(message, &signature).ok()
            }
        }
    }
}
