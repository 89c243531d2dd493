//! The back-end of the crates of RustCrypto: Rust alone, no C compiler. Slower than aws-lc.

mod curves;
mod ml_dsa;
mod rsa;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use self::curves::CurveKey;
use self::ml_dsa::MlDsaKey;
use self::rsa::RsaKey;
use super::{Material, NoRandomness, Scheme};

/// A public key, parsed once for one scheme.
pub(crate) struct PublicKey {
    key: Key,
    material: Box<[u8]>,
}

enum Key {
    Rsa(RsaKey),
    Curve(CurveKey),
    MlDsa(MlDsaKey),
}

impl PublicKey {
    /// The key for signatures of this scheme, if the numbers are one.
    pub(crate) fn new(scheme: Scheme, material: Material<'_>) -> Option<Self> {
        let (key, material) = match (scheme, material) {
            (Scheme::Pkcs1(_) | Scheme::Pss(_), Material::Rsa { n, e }) => {
                (Key::Rsa(RsaKey::new(scheme, n, e)?), rsa::numbers(n, e))
            }
            (Scheme::P256 | Scheme::P384 | Scheme::Ed25519, Material::Bytes(bytes)) => {
                (Key::Curve(CurveKey::new(scheme, bytes)?), bytes.into())
            }
            (_, Material::Bytes(bytes)) => {
                (Key::MlDsa(MlDsaKey::new(scheme, bytes)?), bytes.into())
            }
            _ => return None,
        };
        Some(Self { key, material })
    }

    /// Whether the signature is of this key and message.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            Key::Rsa(key) => key.verifies(message, signature),
            Key::Curve(key) => key.verifies(message, signature),
            Key::MlDsa(key) => key.verifies(message, signature),
        }
        .is_some()
    }

    /// The numbers of the key in one of their encodings; two keys that are not the same differ in it.
    pub(crate) const fn material(&self) -> &[u8] {
        &self.material
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A key of HMAC-SHA-256 (RFC 2104).
pub(crate) struct MacKey(Hmac<Sha256>);

impl MacKey {
    pub(crate) fn new(secret: &[u8]) -> Self {
        // RFC 2104 §2: a key is a block, and one that is longer is hashed first. Of a block, the crate
        // makes a key without a case of failure.
        let hashed;
        let secret = if secret.len() > 64 {
            hashed = sha256(secret);
            &hashed
        } else {
            secret
        };
        let mut block = [0; 64];
        for (to, from) in block.iter_mut().zip(secret) {
            *to = *from;
        }
        Self(Hmac::new(&block.into()))
    }

    pub(crate) fn tag(&self, message: &[u8]) -> [u8; 32] {
        let mac = self.0.clone().chain_update(message);
        mac.finalize().into_bytes().into()
    }
}

pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), NoRandomness> {
    getrandom::fill(bytes).map_err(|_| NoRandomness)
}

/// Whether both are the same, in a time that does not tell how much of them is.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}
