//! The back-end aws-lc-rs.

use aws_lc_rs::signature::{
    self as aws, ParsedPublicKey, RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm,
};
use aws_lc_rs::{constant_time, digest, hmac, rand};

use super::{Hash, Material, NoRandomness, Scheme, ed25519};

/// A public key, parsed once for one scheme.
pub(crate) struct PublicKey {
    key: ParsedPublicKey,
    is_ed25519: bool,
}

impl PublicKey {
    /// The key for signatures of this scheme, if the numbers are one.
    pub(crate) fn new(scheme: Scheme, material: Material<'_>) -> Option<Self> {
        let is_ed25519 = scheme == Scheme::Ed25519;
        let key = match (parameters(scheme), material) {
            (Parameters::Rsa(parameters), Material::Rsa { n, e }) => {
                RsaPublicKeyComponents { n, e }
                    .to_parsed_public_key(parameters)
                    .ok()?
            }
            (Parameters::Bytes(parameters, length), Material::Bytes(bytes)) => {
                // The parser would also take other encodings of other lengths, and a hybrid one of the
                // same length, whose first byte is 6 or 7.
                let is_another_key = match scheme {
                    Scheme::P256 | Scheme::P384 => bytes.first() != Some(&4),
                    Scheme::Ed25519 => is_weak(bytes),
                    _ => false,
                };
                if bytes.len() != length || is_another_key {
                    return None;
                }
                ParsedPublicKey::new(parameters, bytes).ok()?
            }
            _ => return None,
        };
        Some(Self { key, is_ed25519 })
    }

    /// Whether the signature is of this key and message.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        // As `verify_strict` of the other back-end: the first half of a signature is a point, too.
        !(self.is_ed25519 && signature.first_chunk().is_some_and(ed25519::is_weak))
            && self.key.verify_sig(message, signature).is_ok()
    }

    /// The numbers of the key in one of their encodings; two keys that are not the same differ in it.
    pub(crate) fn material(&self) -> &[u8] {
        self.key.as_ref()
    }
}

enum Parameters {
    Rsa(&'static RsaParameters),
    /// With the length of a key.
    Bytes(&'static dyn VerificationAlgorithm, usize),
}

/// The lengths of points follow from their curve; those of ML-DSA are in FIPS 204, table 2.
fn parameters(scheme: Scheme) -> Parameters {
    match scheme {
        Scheme::Pkcs1(Hash::Sha256) => Parameters::Rsa(&aws::RSA_PKCS1_2048_8192_SHA256),
        Scheme::Pkcs1(Hash::Sha384) => Parameters::Rsa(&aws::RSA_PKCS1_2048_8192_SHA384),
        Scheme::Pkcs1(Hash::Sha512) => Parameters::Rsa(&aws::RSA_PKCS1_2048_8192_SHA512),
        Scheme::Pss(Hash::Sha256) => Parameters::Rsa(&aws::RSA_PSS_2048_8192_SHA256),
        Scheme::Pss(Hash::Sha384) => Parameters::Rsa(&aws::RSA_PSS_2048_8192_SHA384),
        Scheme::Pss(Hash::Sha512) => Parameters::Rsa(&aws::RSA_PSS_2048_8192_SHA512),
        Scheme::P256 => Parameters::Bytes(&aws::ECDSA_P256_SHA256_FIXED, 65),
        Scheme::P384 => Parameters::Bytes(&aws::ECDSA_P384_SHA384_FIXED, 97),
        Scheme::Ed25519 => Parameters::Bytes(&aws::ED25519, 32),
        Scheme::MlDsa44 => Parameters::Bytes(&aws::ML_DSA_44, 1312),
        Scheme::MlDsa65 => Parameters::Bytes(&aws::ML_DSA_65, 1952),
        Scheme::MlDsa87 => Parameters::Bytes(&aws::ML_DSA_87, 2592),
    }
}

fn is_weak(bytes: &[u8]) -> bool {
    bytes.try_into().is_ok_and(ed25519::is_weak)
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    array(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// A key of HMAC-SHA-256 (RFC 2104).
pub(crate) struct MacKey(hmac::Key);

impl MacKey {
    pub(crate) fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    pub(crate) fn tag(&self, message: &[u8]) -> [u8; 32] {
        array(hmac::sign(&self.0, message).as_ref())
    }
}

pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), NoRandomness> {
    rand::fill(bytes).map_err(|_| NoRandomness)
}

/// Whether both are the same, in a time that does not tell how much of them is.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(one, other).is_ok()
}

/// The 32 bytes of a SHA-256.
fn array(hash: &[u8]) -> [u8; 32] {
    let mut array = [0; 32];
    for (to, from) in array.iter_mut().zip(hash) {
        *to = *from;
    }
    array
}
