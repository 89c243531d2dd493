//! RSA. Attacks are made with the private key: what they show is that a padding which a strict verifier
//! refuses is refused, whoever made it.

use ::rsa::traits::{PrivateKeyParts, PublicKeyParts};
use ::rsa::{BigUint, RsaPrivateKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaKeyPair, RsaPublicKeyComponents, RsaSignatureEncoding,
};
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::{MESSAGE, Public, Rows, number, padded};
use crate::crypto::{Hash, Scheme};

const SCHEMES: [(Scheme, &RsaSignatureEncoding); 6] = [
    (Scheme::Pkcs1(Hash::Sha256), &RSA_PKCS1_SHA256),
    (Scheme::Pkcs1(Hash::Sha384), &RSA_PKCS1_SHA384),
    (Scheme::Pkcs1(Hash::Sha512), &RSA_PKCS1_SHA512),
    (Scheme::Pss(Hash::Sha256), &RSA_PSS_SHA256),
    (Scheme::Pss(Hash::Sha384), &RSA_PSS_SHA384),
    (Scheme::Pss(Hash::Sha512), &RSA_PSS_SHA512),
];

/// A fresh key of 2048 bits.
pub(super) fn fresh() -> (Public, RsaKeyPair) {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let numbers = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
    (Public::Rsa(numbers.n, numbers.e), pair)
}

fn sign(pair: &RsaKeyPair, encoding: &'static RsaSignatureEncoding) -> Vec<u8> {
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), MESSAGE, &mut signature)
        .unwrap();
    signature
}

#[test]
fn a_signature_is_good_for_one_scheme_and_key() {
    let (key, pair) = fresh();
    let (_, another) = fresh();
    for (scheme, encoding) in SCHEMES {
        let mut rows = Rows::new(scheme, key.clone());
        rows.changed(&sign(&pair, encoding));
        rows.bad("of another key", &sign(&another, encoding));
        // PKCS#1 presented as PSS, PSS as PKCS#1, and each with another hash.
        for (other, encoding) in SCHEMES.iter().filter(|(other, _)| *other != scheme) {
            rows.bad(&format!("of {other:?}"), &sign(&pair, encoding));
        }
        rows.check();
    }
}

/// A key of 2049 bits, one more than full bytes: a number of its length may be larger than the modulus,
/// and the padded message of PSS is a byte shorter than it. Made for these tests.
const P: &str = "\
1eb1b07cf2158a5d987ca298347a1da8aad2233b752ad4b22903ef270703318859a6f18d5526c76592f3f716a7c961eeaa94db40\
e5c7ced78f86f0d7156a5358742d3ea281f933766ce963eba5d70a121e632fbf9ad1ab612840af09f9ac2596fb3f069601f19d07\
624fbc8ba3eae8c357af650979b7948ba8cb2f602c57d52d5";
const Q: &str = "\
f2f34144ac530ba22a1f2eb76726ffc8cf72fae75e79eea22dcb3b336e0c521fa836814b33494fe35e7cfa5eebd9d9d75d6abdad\
d9467202e6214f93241e7b9a136f1a19232d3c02d461a90d9b8b8ee5ebff4836fad8440e98e5b9f71469907f92e9ccb738fd04e6\
a0e1cf62cce2fe047a2746c40a40deb3210bfad025b510cf";

const MODULUS: usize = 257;

fn key() -> RsaPrivateKey {
    RsaPrivateKey::from_p_q(number(P), number(Q), number("10001")).unwrap()
}

/// Its public half.
pub(super) fn public() -> Public {
    let n = number(P) * number(Q);
    assert_eq!(n.bits(), 2049);
    Public::Rsa(n.to_bytes_be(), vec![1, 0, 1])
}

/// RFC 8017 §5.2.1: signs what is said to be a padded message.
fn raw(key: &RsaPrivateKey, padded_message: &[u8]) -> Vec<u8> {
    let message = BigUint::from_bytes_be(padded_message);
    assert!(message < *key.n());
    padded(&message.modpow(key.d(), key.n()), MODULUS)
}

/// The DER that stands before a SHA-256 (RFC 8017 §9.2, note 1).
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// 00, the type, padding, 00, content.
fn pkcs1(kind: u8, padding: &[u8], content: &[u8]) -> Vec<u8> {
    [&[0, kind], padding, &[0], content].concat()
}

#[test]
fn pkcs1_paddings_that_are_not_the_one_are_refused() {
    let key = key();
    let hash = Sha256::digest(MESSAGE);
    let content = [&SHA256_INFO[..], &hash].concat();
    let full = |content: &[u8]| vec![0xff; MODULUS - 3 - content.len()];
    let good = raw(&key, &pkcs1(1, &full(&content), &content));
    let mut rows = Rows::new(Scheme::Pkcs1(Hash::Sha256), public());
    rows.changed(&good);

    let mut wrong = |name: &str, padded: &[u8]| {
        assert_eq!(padded.len(), MODULUS, "{name}");
        rows.bad(name, &raw(&key, padded));
    };
    wrong("type 2", &pkcs1(2, &full(&content), &content));
    wrong("type 0", &pkcs1(0, &full(&content), &content));
    let mut not_ones = full(&content);
    not_ones[100] = 0xfe;
    wrong("padding that is not ff", &pkcs1(1, &not_ones, &content));
    // With a small exponent, who needs no key can make such a number (Bleichenbacher, 2006).
    let garbage = vec![0x5a; MODULUS - 3 - 8 - content.len()];
    let behind = [&content[..], &garbage].concat();
    wrong("garbage behind the hash", &pkcs1(1, &[0xff; 8], &behind));
    // RFC 8017 §A.2.4: the parameters are NULL; elder signers left them out.
    let mut no_null = SHA256_INFO.to_vec();
    no_null.drain(15..17);
    no_null[1] -= 2;
    no_null[3] -= 2;
    let no_null = [&no_null[..], &hash].concat();
    wrong("without NULL", &pkcs1(1, &full(&no_null), &no_null));
    let mut long_form = SHA256_INFO.to_vec();
    long_form.splice(1..2, [0x81, 0x31]);
    let long_form = [&long_form[..], &hash].concat();
    wrong(
        "BER in place of DER",
        &pkcs1(1, &full(&long_form), &long_form),
    );
    wrong("the bare hash", &pkcs1(1, &full(&hash), &hash));
    let mut other_name = content.clone();
    other_name[14] = 2;
    wrong(
        "the name of SHA-384",
        &pkcs1(1, &full(&content), &other_name),
    );
    rows.bad(
        "the padded message itself",
        &pkcs1(1, &full(&content), &content),
    );

    let beyond = BigUint::from_bytes_be(&good) + key.n();
    rows.bad("the modulus added", &padded(&beyond, MODULUS));
    rows.bad("the modulus", &padded(key.n(), MODULUS));
    rows.bad("one", &padded(&number("1"), MODULUS));
    rows.check();
}

/// `jwks::key` refuses such keys before, with a reason each. A back-end may take them, and must then refuse
/// all their signatures.
#[test]
fn rsa_numbers_that_prove_nothing_sign_nothing() {
    let Public::Rsa(n, e) = public() else {
        panic!()
    };
    let content = [&SHA256_INFO[..], &Sha256::digest(MESSAGE)].concat();
    let message = pkcs1(1, &vec![0xff; MODULUS - 3 - content.len()], &content);
    let mut even = n.clone();
    *even.last_mut().unwrap() &= 0xfe;
    for (what, n, e) in [
        ("no modulus", &[][..], &e[..]),
        ("no exponent", &n, &[]),
        ("an even modulus", &even, &e),
        // Each padded message is its own signature.
        ("an exponent of 1", &n, &[1]),
        ("an even exponent", &n, &[1, 0, 0]),
        ("an exponent of 34 bits", &n, &[2, 0, 0, 0, 1]),
        ("an exponent as long as the modulus", &n, &n),
    ] {
        let key = Public::Rsa(n.to_vec(), e.to_vec());
        let mut rows = Rows::new(Scheme::Pkcs1(Hash::Sha256), key);
        rows.bad(what, &message);
        rows.bad(what, &[0; MODULUS]);
        rows.check();
    }
}

/// `jwks::key` refuses keys of less than 2048 and more than 8192 bits; the crate `rsa` would stop at 4096.
#[test]
fn keys_are_accepted_by_their_size() {
    let content = [&SHA256_INFO[..], &Sha256::digest(MESSAGE)].concat();
    let (p, q) = (number(P), number(Q));
    let one = number("1");
    // Powers of primes are quick to make, and an RSA key as good as any here.
    for (n, totient, bits, accepted) in [
        (q.clone(), &q - &one, 1024, false),
        (p.clone(), &p - &one, 1025, false),
        (&q * &q, &q * (&q - &one), 2048, true),
        (&p * &p, &p * (&p - &one), 2050, true),
        (
            &p * &p * &q * &q,
            &p * (&p - &one) * &q * (&q - &one),
            4098,
            true,
        ),
    ] {
        assert_eq!(n.bits(), bits);
        // The inverse of e: one of these numbers can be divided by it.
        let d = (0..65537_u32)
            .map(|times| &totient * times + &one)
            .find(|number| number % 65537_u32 == BigUint::from(0_u32));
        let d = d.unwrap() / 65537_u32;
        let length = bits.div_ceil(8);
        let message = pkcs1(1, &vec![0xff; length - 3 - content.len()], &content);
        let signature = BigUint::from_bytes_be(&message).modpow(&d, &n);
        let key = Public::Rsa(n.to_bytes_be(), vec![1, 0, 1]);
        let mut rows = Rows::new(Scheme::Pkcs1(Hash::Sha256), key);
        rows.row(
            &format!("{bits} bits"),
            &padded(&signature, length),
            accepted,
        );
        rows.check();
    }
}

/// RFC 8017 §9.1.1, for a modulus of 2049 bits.
fn pss<H: Digest, M: Digest>(salt: &[u8], first: u8, trailer: u8) -> Vec<u8> {
    let mut hash = H::new_with_prefix([0; 8]);
    hash.update(H::digest(MESSAGE));
    hash.update(salt);
    let hash = hash.finalize();
    let mut block = vec![0; 256 - hash.len() - 1 - salt.len() - 1];
    if let Some(byte) = block.first_mut() {
        *byte = first;
    }
    block.push(1);
    block.extend_from_slice(salt);
    let mask = (0_u32..).flat_map(|count| {
        let mut mask = M::new_with_prefix(&hash);
        mask.update(count.to_be_bytes());
        mask.finalize().to_vec()
    });
    for (byte, mask) in block.iter_mut().zip(mask) {
        *byte ^= mask;
    }
    [&block[..], &hash, &[trailer]].concat()
}

/// RFC 7518 §3.5: the salt is as long as the hash.
#[test]
fn pss_with_another_salt_length_is_refused() {
    let key = key();
    let mut rows = Rows::new(Scheme::Pss(Hash::Sha256), public());
    for length in [0, 1, 20, 31, 32, 33, 48, 64, 222] {
        let signature = raw(&key, &pss::<Sha256, Sha256>(&vec![9; length], 0, 0xbc));
        rows.row(&format!("salt of {length}"), &signature, length == 32);
    }
    rows.check();
    let mut rows = Rows::new(Scheme::Pss(Hash::Sha384), public());
    for length in [0, 32, 48, 64] {
        let signature = raw(&key, &pss::<Sha384, Sha384>(&vec![9; length], 0, 0xbc));
        rows.row(&format!("salt of {length}"), &signature, length == 48);
    }
    rows.check();
    let mut rows = Rows::new(Scheme::Pss(Hash::Sha512), public());
    for length in [0, 32, 48, 64] {
        let signature = raw(&key, &pss::<Sha512, Sha512>(&vec![9; length], 0, 0xbc));
        rows.row(&format!("salt of {length}"), &signature, length == 64);
    }
    rows.check();
}

#[test]
fn pss_paddings_that_are_not_the_one_are_refused() {
    let key = key();
    let salt = [9; 32];
    let message = pss::<Sha256, Sha256>(&salt, 0, 0xbc);
    let good = raw(&key, &message);
    let mut rows = Rows::new(Scheme::Pss(Hash::Sha256), public());
    rows.changed(&good);
    let bad = |name: &str, rows: &mut Rows, message: Vec<u8>| rows.bad(name, &raw(&key, &message));
    bad(
        "another trailer",
        &mut rows,
        pss::<Sha256, Sha256>(&salt, 0, 0xcc),
    );
    bad(
        "a mask of SHA-512",
        &mut rows,
        pss::<Sha256, Sha512>(&salt, 0, 0xbc),
    );
    bad(
        "padding that is not 0",
        &mut rows,
        pss::<Sha256, Sha256>(&salt, 1, 0xbc),
    );
    rows.bad(
        "the padded message itself",
        &padded(&BigUint::from_bytes_be(&message), MODULUS),
    );
    let beyond = BigUint::from_bytes_be(&good) + key.n();
    rows.bad("the modulus added", &padded(&beyond, MODULUS));

    // The padded message has 256 bytes and the modulus 257: the byte between must be 0.
    let longer = (0..=255_u8)
        .map(|salt| [vec![1], pss::<Sha256, Sha256>(&[salt; 32], 0, 0xbc)].concat())
        .find(|message| BigUint::from_bytes_be(message) < *key.n());
    bad("a byte too long", &mut rows, longer.unwrap());
    rows.check();
}
