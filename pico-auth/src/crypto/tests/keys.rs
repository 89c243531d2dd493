//! Numbers that are no keys.

use ::rsa::BigUint;
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::signature::KeyPair;

use super::{Public, number, padded, rsa, signed};
use crate::crypto::{Hash, Scheme, aws_lc, ed25519, rsa_numbers, rust_crypto};

fn parsed(scheme: Scheme, key: &Public) -> (bool, bool) {
    (
        aws_lc::PublicKey::new(scheme, key.material()).is_some(),
        rust_crypto::PublicKey::new(scheme, key.material()).is_some(),
    )
}

fn refused(what: &str, scheme: Scheme, key: &Public) {
    assert_eq!(parsed(scheme, key), (false, false), "{scheme:?}: {what}");
}

/// The primes of the fields: FIPS 186-4 §D.1.2.3 and §D.1.2.4.
const P256_PRIME: &str = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
const P384_PRIME: &str = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe\
                          ffffffff0000000000000000ffffffff";
/// The coefficients b: the same sections.
const P256_B: &str = "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b";
const P384_B: &str = "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a\
                      c656398d8a2ed19d2a85c8edd3ec2aef";

#[test]
fn points_that_are_none_are_refused() {
    for (scheme, length, prime, b) in [
        (Scheme::P256, 32, number(P256_PRIME), number(P256_B)),
        (Scheme::P384, 48, number(P384_PRIME), number(P384_B)),
    ] {
        let point = |x: &[u8], y: &[u8]| Public::Bytes([&[4], x, y].concat());
        let (Public::Bytes(good), _) = signed(scheme) else {
            panic!()
        };
        let (x, y) = good[1..].split_at(length);
        let mut off = y.to_vec();
        off[length - 1] ^= 1;
        refused("off the curve", scheme, &point(x, &off));
        refused("x and y exchanged", scheme, &point(y, x));
        let zero = vec![0; length];
        refused("zeros", scheme, &point(&zero, &zero));
        refused("infinity", scheme, &Public::Bytes(vec![0]));
        refused("infinity", scheme, &Public::Bytes(vec![0; 2 * length + 1]));
        refused("nothing", scheme, &Public::Bytes(Vec::new()));
        refused("RSA", scheme, &rsa::public());

        // The point with x = 0 is on both curves, but p is no way to write 0. (p is 3 modulo 4.)
        let root = b.modpow(&((&prime + 1_u32) >> 2), &prime);
        let root = padded(&root, length);
        assert_eq!(parsed(scheme, &point(&zero, &root)), (true, true));
        refused("x = p", scheme, &point(&padded(&prime, length), &root));
    }
}

/// All encodings of the eight points of small order: those of RFC 8032 and those that are not unique.
pub(super) fn weak_ed25519_points() -> Vec<Vec<u8>> {
    let p = (BigUint::from(1_u32) << 255) - BigUint::from(19_u32);
    let order_8 = number("05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826");
    let zero = BigUint::from(0_u32);
    let ys = [
        zero,
        BigUint::from(1_u32),
        &p - 1_u32,
        p.clone(),
        &p + 1_u32,
        &p - &order_8,
        order_8,
    ];
    let encoded = |y: &BigUint, sign: u8| {
        let mut bytes = padded(y, 32);
        bytes[0] |= sign;
        bytes.reverse();
        bytes
    };
    ys.iter()
        .flat_map(|y| [encoded(y, 0), encoded(y, 0x80)])
        .collect()
}

#[test]
fn ed25519_points_of_small_order_are_refused() {
    let weak = weak_ed25519_points();
    for bytes in &weak {
        let array = bytes.as_slice().try_into().unwrap();
        // That the list is right is what the other back-end says of the points on it.
        if let Ok(key) = ed25519_dalek::VerifyingKey::from_bytes(array) {
            assert!(key.is_weak(), "{bytes:02x?}");
        }
        assert!(ed25519::is_weak(array), "{bytes:02x?}");
        refused(
            "small order",
            Scheme::Ed25519,
            &Public::Bytes(bytes.clone()),
        );
    }
    assert_eq!(weak.len(), 14);
}

#[test]
fn ed25519_encodings_beyond_the_prime_are_refused() {
    let p = (BigUint::from(1_u32) << 255) - BigUint::from(19_u32);
    for beyond in 0_u32..19 {
        for sign in [0, 0x80] {
            let mut bytes = padded(&(&p + beyond), 32);
            bytes[0] |= sign;
            bytes.reverse();
            refused("y >= p", Scheme::Ed25519, &Public::Bytes(bytes));
        }
    }
}

#[test]
fn good_ed25519_keys_are_not_weak() {
    for _ in 0..100 {
        let (key, _) = signed(Scheme::Ed25519);
        assert_eq!(parsed(Scheme::Ed25519, &key), (true, true));
    }
}

#[test]
fn keys_of_another_length_are_refused() {
    for scheme in [Scheme::P256, Scheme::P384, Scheme::Ed25519]
        .into_iter()
        .chain(super::ML_DSA)
    {
        let (Public::Bytes(good), _) = signed(scheme) else {
            panic!()
        };
        refused("short", scheme, &Public::Bytes(good[1..].to_vec()));
        refused("long", scheme, &Public::Bytes([&good[..], &[0]].concat()));
        refused("long", scheme, &Public::Bytes([&[0], &good[..]].concat()));
        for other in [Scheme::Pkcs1(Hash::Sha256), Scheme::Pss(Hash::Sha256)] {
            refused("no RSA key", other, &Public::Bytes(good.clone()));
        }
    }
}

/// Both name the same numbers, whoever wrote the DER.
#[test]
fn rsa_der_has_the_numbers_of_the_key() {
    let (numbers, pair) = rsa::fresh();
    let Public::Rsa(n, e) = &numbers else {
        panic!()
    };
    let der = pair.public_key().as_ref();
    assert_eq!(rsa_numbers(der), Some((&n[..], &e[..])));
    let info = pair.public_key().as_der().unwrap();
    assert_eq!(rsa_numbers(info.as_ref()), None, "a SubjectPublicKeyInfo");
}

/// Key sets that were fetched twice are compared by it.
#[test]
fn material_tells_keys_apart_and_finds_the_same() {
    let rsa = [rsa::public(), rsa::fresh().0, rsa::fresh().0];
    material_of(Scheme::Pkcs1(Hash::Sha384), &rsa);
    for scheme in [Scheme::P256, Scheme::Ed25519, Scheme::MlDsa44] {
        material_of(scheme, &[signed(scheme).0, signed(scheme).0]);
    }
}

fn material_of(scheme: Scheme, keys: &[Public]) {
    for (a, one) in keys.iter().enumerate() {
        for (b, other) in keys.iter().enumerate() {
            let aws = |key: &Public| aws_lc::PublicKey::new(scheme, key.material()).unwrap();
            assert_eq!(aws(one).material() == aws(other).material(), a == b);
            let rust = |key: &Public| rust_crypto::PublicKey::new(scheme, key.material()).unwrap();
            assert_eq!(rust(one).material() == rust(other).material(), a == b);
        }
    }
}
