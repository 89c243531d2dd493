//! RSA signatures.

use std::ops::RangeInclusive;

use rsa::sha2::{Sha256, Sha384, Sha512};
use rsa::signature::Verifier;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, RsaPublicKey, pkcs1v15, pss};

use crate::crypto::{Hash, Scheme};

/// Those of the other back-end. RFC 7518 §3.3 and §3.5 demand 2048; above 8192, verification costs the
/// service too much.
const RSA_BITS: RangeInclusive<usize> = 2048..=8192;

pub(super) enum RsaKey {
    Pkcs1Sha256(pkcs1v15::VerifyingKey<Sha256>),
    Pkcs1Sha384(pkcs1v15::VerifyingKey<Sha384>),
    Pkcs1Sha512(pkcs1v15::VerifyingKey<Sha512>),
    PssSha256(pss::VerifyingKey<Sha256>),
    PssSha384(pss::VerifyingKey<Sha384>),
    PssSha512(pss::VerifyingKey<Sha512>),
}

impl RsaKey {
    pub(super) fn new(scheme: Scheme, n: &[u8], e: &[u8]) -> Option<Self> {
        let (n, e) = (BigUint::from_bytes_be(n), BigUint::from_bytes_be(e));
        if !RSA_BITS.contains(&n.bits()) {
            return None;
        }
        // Refuses an even number, an exponent of 1 and one of more than 33 bits.
        let key = RsaPublicKey::new_with_max_size(n, e, *RSA_BITS.end()).ok()?;
        Some(match scheme {
            Scheme::Pkcs1(Hash::Sha256) => Self::Pkcs1Sha256(pkcs1v15::VerifyingKey::new(key)),
            Scheme::Pkcs1(Hash::Sha384) => Self::Pkcs1Sha384(pkcs1v15::VerifyingKey::new(key)),
            Scheme::Pkcs1(Hash::Sha512) => Self::Pkcs1Sha512(pkcs1v15::VerifyingKey::new(key)),
            // `new` means a salt as long as the hash, and no other.
            Scheme::Pss(Hash::Sha256) => Self::PssSha256(pss::VerifyingKey::new(key)),
            Scheme::Pss(Hash::Sha384) => Self::PssSha384(pss::VerifyingKey::new(key)),
            Scheme::Pss(Hash::Sha512) => Self::PssSha512(pss::VerifyingKey::new(key)),
            _ => return None,
        })
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> Option<()> {
        match self {
            Self::Pkcs1Sha256(key) => pkcs1(key, message, signature),
            Self::Pkcs1Sha384(key) => pkcs1(key, message, signature),
            Self::Pkcs1Sha512(key) => pkcs1(key, message, signature),
            Self::PssSha256(key) => pss(key, message, signature),
            Self::PssSha384(key) => pss(key, message, signature),
            Self::PssSha512(key) => pss(key, message, signature),
        }
    }
}

/// The length of the signature and that it is less than the modulus is checked in `verify`.
fn pkcs1<K>(key: &K, message: &[u8], signature: &[u8]) -> Option<()>
where
    K: Verifier<pkcs1v15::Signature>,
{
    let signature = pkcs1v15::Signature::try_from(signature).ok()?;
    key.verify(message, &signature).ok()
}

fn pss<K>(key: &K, message: &[u8], signature: &[u8]) -> Option<()>
where
    K: Verifier<pss::Signature> + AsRef<RsaPublicKey>,
{
    if overflows(key.as_ref(), signature) {
        return None;
    }
    let signature = pss::Signature::try_from(signature).ok()?;
    key.verify(message, &signature).ok()
}

/// RFC 8017 §8.1.2 step 2c: where the modulus has one bit more than full bytes, the padded message has one
/// byte less than the modulus, and a number that needs this byte is no padded message. `rsa` 0.9 cuts the
/// byte off instead. Such keys are rare.
fn overflows(key: &RsaPublicKey, signature: &[u8]) -> bool {
    let bits = key.n().bits();
    bits % 8 == 1
        && BigUint::from_bytes_be(signature)
            .modpow(key.e(), key.n())
            .bits()
            >= bits
}

/// Both numbers; the length of the exponent tells where the modulus begins.
pub(super) fn numbers(n: &[u8], e: &[u8]) -> Box<[u8]> {
    let length = e.len().to_be_bytes();
    [length.as_slice(), e, n].concat().into()
}
