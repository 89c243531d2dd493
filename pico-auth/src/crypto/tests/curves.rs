//! ECDSA and Ed25519.

use ::rsa::BigUint;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair,
};
use sha2::{Digest, Sha512};

use super::{MESSAGE, Public, Rows, number, padded, signed};
use crate::crypto::Scheme;

/// The orders of the groups: FIPS 186-4 §D.1.2.3 and §D.1.2.4.
const P256_ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const P384_ORDER: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf\
                          581a0db248b0a77aecec196accc52973";

fn ecdsa() -> [(Scheme, usize, BigUint); 2] {
    [
        (Scheme::P256, 32, number(P256_ORDER)),
        (Scheme::P384, 48, number(P384_ORDER)),
    ]
}

#[test]
fn changed_signatures_are_refused() {
    for scheme in [Scheme::P256, Scheme::P384, Scheme::Ed25519] {
        let (key, good) = signed(scheme);
        let mut rows = Rows::new(scheme, key);
        rows.changed(&good);
        let (_, of_another) = signed(scheme);
        rows.bad("of another key", &of_another);
        rows.check();
    }
}

#[test]
fn ecdsa_numbers_out_of_range_are_refused() {
    for (scheme, length, n) in ecdsa() {
        let (key, good) = signed(scheme);
        let (r, s) = good.split_at(length);
        let zero = vec![0; length];
        let order = padded(&n, length);
        let beyond = padded(&(&n + 1_u32), length);
        let mut rows = Rows::new(scheme, key);
        rows.bad("r = 0", &[&zero, s].concat());
        rows.bad("s = 0", &[r, &zero].concat());
        rows.bad("r = n", &[&order, s].concat());
        rows.bad("s = n", &[r, &order].concat());
        rows.bad("r = n + 1", &[&beyond, s].concat());
        rows.bad("s = n + 1", &[r, &beyond].concat());
        rows.bad("r = s = n", &[&*order, &order].concat());
        rows.bad("r and s exchanged", &[s, r].concat());
        // ECDSA has two signatures for each. RFC 7518 §3.4 has no rule which: both are good.
        let other = padded(&(&n - BigUint::from_bytes_be(s)), length);
        rows.good("the other s", &[r, &other].concat());
        rows.check();
    }
}

#[test]
fn der_encoded_ecdsa_signature_is_refused() {
    for (scheme, signing) in [
        (Scheme::P256, &ECDSA_P256_SHA256_ASN1_SIGNING),
        (Scheme::P384, &ECDSA_P384_SHA384_ASN1_SIGNING),
    ] {
        let pair = EcdsaKeyPair::generate(signing).unwrap();
        let der = pair.sign(&SystemRandom::new(), MESSAGE).unwrap();
        let mut rows = Rows::new(scheme, Public::Bytes(pair.public_key().as_ref().to_vec()));
        rows.bad("in DER", der.as_ref());
        rows.check();
    }
}

/// One encoding of a key is accepted, so one key has one thumbprint.
#[test]
fn other_encodings_of_a_point_are_refused() {
    for (scheme, length, _) in ecdsa() {
        let (key, good) = signed(scheme);
        let Public::Bytes(point) = key else { panic!() };
        let odd = point[2 * length] & 1;
        let hybrid = [&[6 + odd], &point[1..]].concat();
        let compressed = [&[2 + odd], &point[1..=length]].concat();
        let mut padded = compressed.clone();
        padded.resize(point.len(), 0);
        let without_tag = point[1..].to_vec();
        for encoding in [hybrid, compressed, padded, without_tag] {
            let mut rows = Rows::new(scheme, Public::Bytes(encoding));
            rows.bad("another encoding of the key", &good);
            rows.check();
        }
    }
}

/// The order of the group of Ed25519 (RFC 8032 §5.1).
fn l() -> BigUint {
    number("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed")
}

fn little_endian(number: &BigUint) -> Vec<u8> {
    let mut bytes = padded(number, 32);
    bytes.reverse();
    bytes
}

#[test]
fn ed25519_signature_with_non_canonical_s_is_refused() {
    let (key, good) = signed(Scheme::Ed25519);
    let (r, s) = good.split_at(32);
    let mut rows = Rows::new(Scheme::Ed25519, key);
    for times in 1_u32..=8 {
        let s = BigUint::from_bytes_le(s) + l() * times;
        let name = format!("s + {times} times the order");
        rows.bad(&name, &[r, &little_endian(&s)].concat());
    }
    rows.check();
}

/// The key of RFC 8032 §7.1, test 1.
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const PUBLIC: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/// Who knows the private key can choose the first half of a signature, and a bad one makes two signatures
/// of one message, or tells the key.
#[test]
fn ed25519_signature_with_a_point_of_small_order_is_refused() {
    let public = padded(&number(PUBLIC), 32);
    let seed = padded(&number(SEED), 32);
    let pair = Ed25519KeyPair::from_seed_and_public_key(&seed, &public).unwrap();
    // RFC 8032 §5.1.5: the private number.
    let mut hashed = Sha512::digest(&seed)[..32].to_vec();
    hashed[0] &= 0xf8;
    hashed[31] = (hashed[31] & 0x7f) | 0x40;
    let private = BigUint::from_bytes_le(&hashed);
    let forged = |r: [u8; 32]| {
        let mut hash = Sha512::new_with_prefix(r);
        hash.update(&public);
        hash.update(MESSAGE);
        let k = BigUint::from_bytes_le(&hash.finalize());
        let s = k * &private % l();
        [r.as_slice(), &little_endian(&s)].concat()
    };
    let mut one = [0; 32];
    one[0] = 1;
    let signature = forged(one);
    // Without the rule, it holds: S B = R + k A where R is the neutral element.
    let lax = ed25519_dalek::VerifyingKey::from_bytes(&public.as_slice().try_into().unwrap());
    let given = ed25519_dalek::Signature::from_slice(&signature).unwrap();
    ed25519_dalek::Verifier::verify(&lax.unwrap(), MESSAGE, &given).unwrap();

    let mut rows = Rows::new(Scheme::Ed25519, Public::Bytes(public.clone()));
    rows.good("of RFC 8032's key", pair.sign(MESSAGE).as_ref());
    rows.bad("with the neutral element", &signature);
    rows.check();
}

#[test]
fn ed25519_key_of_small_order_signs_nothing() {
    let neutral = [vec![1], vec![0; 31]].concat();
    // S B = R + k A holds for every message where A and R are the neutral element and S is 0.
    let signature = [neutral.as_slice(), &[0; 32]].concat();
    for weak in super::keys::weak_ed25519_points() {
        let mut rows = Rows::new(Scheme::Ed25519, Public::Bytes(weak));
        rows.bad("of a key of small order", &signature);
        rows.check();
    }
}
