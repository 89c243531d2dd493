//! One table of signatures, good ones and attacks, for both back-ends: each must accept the good ones and
//! refuse the others, so that no service accepts more or less by having been built another way.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod curves;
mod keys;
mod ml_dsa;
mod other;
mod rsa;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair, ML_DSA_44_SIGNING, ML_DSA_65_SIGNING, ML_DSA_87_SIGNING, PqdsaKeyPair,
};

use super::{Material, Scheme, aws_lc, rust_crypto};

const MESSAGE: &[u8] = b"eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9";

/// A public key that owns its numbers.
#[derive(Clone)]
enum Public {
    Rsa(Vec<u8>, Vec<u8>),
    Bytes(Vec<u8>),
}

impl Public {
    fn material(&self) -> Material<'_> {
        match self {
            Self::Rsa(n, e) => Material::Rsa { n, e },
            Self::Bytes(bytes) => Material::Bytes(bytes),
        }
    }
}

/// One row: a signature of [`MESSAGE`].
struct Row {
    name: String,
    scheme: Scheme,
    key: Public,
    signature: Vec<u8>,
    accepted: bool,
}

/// The rows of one key and scheme.
struct Rows {
    scheme: Scheme,
    key: Public,
    all: Vec<Row>,
}

impl Rows {
    fn new(scheme: Scheme, key: Public) -> Self {
        let all = Vec::new();
        Self { scheme, key, all }
    }

    fn good(&mut self, name: &str, signature: &[u8]) {
        self.row(name, signature, true);
    }

    fn bad(&mut self, name: &str, signature: &[u8]) {
        self.row(name, signature, false);
    }

    fn row(&mut self, name: &str, signature: &[u8], accepted: bool) {
        self.all.push(Row {
            name: name.to_owned(),
            scheme: self.scheme,
            key: self.key.clone(),
            signature: signature.to_owned(),
            accepted,
        });
    }

    /// What is wrong of every scheme: bytes that are changed, cut off or added.
    fn changed(&mut self, good: &[u8]) {
        self.good("good", good);
        self.bad("empty", &[]);
        for at in [0, 1, good.len() / 2 - 1, good.len() / 2, good.len() - 1] {
            let mut flipped = good.to_vec();
            flipped[at] ^= 1;
            self.bad(&format!("bit flipped in byte {at}"), &flipped);
        }
        self.bad("truncated", &good[..good.len() - 1]);
        self.bad("without its first byte", &good[1..]);
        self.bad("first half", &good[..good.len() / 2]);
        self.bad("one byte longer", &[good, &[0]].concat());
        self.bad("led by a zero", &[&[0], good].concat());
        self.bad("twice", &[good, good].concat());
        self.bad("zeros", &vec![0; good.len()]);
        self.bad("ones", &vec![0xff; good.len()]);
    }

    fn check(self) {
        assert!(!self.all.is_empty());
        for row in self.all {
            let material = row.key.material();
            let by_aws_lc = aws_lc::PublicKey::new(row.scheme, material)
                .is_some_and(|key| key.verifies(MESSAGE, &row.signature));
            let by_rust_crypto = rust_crypto::PublicKey::new(row.scheme, material)
                .is_some_and(|key| key.verifies(MESSAGE, &row.signature));
            assert_eq!(
                (by_aws_lc, by_rust_crypto),
                (row.accepted, row.accepted),
                "{:?}: {} (aws-lc, rust-crypto)",
                row.scheme,
                row.name
            );
        }
    }
}

const ML_DSA: [Scheme; 3] = [Scheme::MlDsa44, Scheme::MlDsa65, Scheme::MlDsa87];

/// A fresh key of a curve or ML-DSA and its signature of [`MESSAGE`], by aws-lc-rs.
fn signed(scheme: Scheme) -> (Public, Vec<u8>) {
    let ecdsa = |signing| {
        let pair = EcdsaKeyPair::generate(signing).unwrap();
        let signature = pair.sign(&SystemRandom::new(), MESSAGE).unwrap();
        (
            pair.public_key().as_ref().to_vec(),
            signature.as_ref().to_vec(),
        )
    };
    let ml_dsa = |signing| {
        let pair = PqdsaKeyPair::generate(signing).unwrap();
        let mut signature = vec![0; pair.algorithm().signature_len()];
        pair.sign(MESSAGE, &mut signature).unwrap();
        (pair.public_key().as_ref().to_vec(), signature)
    };
    let (public, signature) = match scheme {
        Scheme::P256 => ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING),
        Scheme::P384 => ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING),
        Scheme::Ed25519 => {
            let pair = Ed25519KeyPair::generate().unwrap();
            let signature = pair.sign(MESSAGE).as_ref().to_vec();
            (pair.public_key().as_ref().to_vec(), signature)
        }
        Scheme::MlDsa44 => ml_dsa(&ML_DSA_44_SIGNING),
        Scheme::MlDsa65 => ml_dsa(&ML_DSA_65_SIGNING),
        Scheme::MlDsa87 => ml_dsa(&ML_DSA_87_SIGNING),
        Scheme::Pkcs1(_) | Scheme::Pss(_) => panic!("the keys of RSA are in `rsa`"),
    };
    (Public::Bytes(public), signature)
}

/// As long as `length`, big-endian.
fn padded(number: &::rsa::BigUint, length: usize) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    [vec![0; length - bytes.len()], bytes].concat()
}

fn number(hex: &str) -> ::rsa::BigUint {
    ::rsa::BigUint::parse_bytes(hex.as_bytes(), 16).unwrap()
}
