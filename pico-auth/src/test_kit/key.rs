//! Signing keys.

use std::sync::Arc;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair, ML_DSA_44_SIGNING, ML_DSA_65_SIGNING, ML_DSA_87_SIGNING, PqdsaKeyPair,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaKeyPair, RsaPublicKeyComponents, RsaSignatureEncoding,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::must;
use crate::{Algorithm, binding};

/// A signing key with its `kid`, for one algorithm. Cheap to clone; `Debug` shows no key material.
#[derive(Clone)]
pub struct TestKey {
    kid: Arc<str>,
    algorithm: Algorithm,
    pair: Arc<Pair>,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    MlDsa(PqdsaKeyPair),
}

impl TestKey {
    /// Generates a key: RSA of 2048 bits, the curve the algorithm needs, Ed25519, or ML-DSA.
    pub fn generate(kid: impl Into<Arc<str>>, algorithm: Algorithm) -> Self {
        let ec = |signing| EcdsaKeyPair::generate(signing).map(Pair::Ec);
        let ml_dsa = |signing| PqdsaKeyPair::generate(signing).map(Pair::MlDsa);
        let pair = match algorithm {
            Algorithm::ES256 => ec(&ECDSA_P256_SHA256_FIXED_SIGNING),
            Algorithm::ES384 => ec(&ECDSA_P384_SHA384_FIXED_SIGNING),
            Algorithm::EdDSA => Ed25519KeyPair::generate().map(Pair::Ed),
            Algorithm::MlDsa44 => ml_dsa(&ML_DSA_44_SIGNING),
            Algorithm::MlDsa65 => ml_dsa(&ML_DSA_65_SIGNING),
            Algorithm::MlDsa87 => ml_dsa(&ML_DSA_87_SIGNING),
            _ => RsaKeyPair::generate(KeySize::Rsa2048).map(Pair::Rsa),
        };
        Self {
            kid: kid.into(),
            algorithm,
            pair: Arc::new(must(pair, "generating a key")),
        }
    }

    /// The key id.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The algorithm it signs with.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The public half as a JWK (RFC 7517), with `kid`, `alg` and `use`.
    pub fn jwk(&self) -> Value {
        let mut jwk = match &*self.pair {
            Pair::Rsa(pair) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({ "kty": "RSA", "n": base64url(&public.n), "e": base64url(&public.e) })
            }
            Pair::Ec(pair) => {
                let curve = if self.algorithm == Algorithm::ES256 {
                    "P-256"
                } else {
                    "P-384"
                };
                // SEC 1 §2.3.3, uncompressed: 0x04, then x and y of equal length.
                let point = pair.public_key().as_ref().get(1..).unwrap_or_default();
                let (x, y) = point.split_at(point.len() / 2);
                json!({ "kty": "EC", "crv": curve, "x": base64url(x), "y": base64url(y) })
            }
            Pair::Ed(pair) => {
                let x = base64url(pair.public_key().as_ref());
                json!({ "kty": "OKP", "crv": "Ed25519", "x": x })
            }
            // RFC 9964 §3; `alg`, which says what the bytes are, comes below.
            Pair::MlDsa(pair) => {
                json!({ "kty": "AKP", "pub": base64url(pair.public_key().as_ref()) })
            }
        };
        if let Some(jwk) = jwk.as_object_mut() {
            jwk.insert("kid".to_owned(), self.kid().into());
            jwk.insert("alg".to_owned(), self.algorithm.name().into());
            jwk.insert("use".to_owned(), "sig".into());
        }
        jwk
    }

    /// The thumbprint of the public half (RFC 7638): what `cnf.jkt` is in a token bound to this key.
    pub fn thumbprint(&self) -> String {
        let jwk = self.jwk();
        let thumbprint = jwk.as_object().and_then(binding::thumbprint);
        must(thumbprint.ok_or("none"), "the thumbprint of a key")
    }

    /// The public half as PEM (`SubjectPublicKeyInfo`, RFC 7468 §13).
    pub fn public_pem(&self) -> String {
        let der = match &*self.pair {
            Pair::Rsa(pair) => pair.public_key().as_der().map(|der| der.as_ref().to_vec()),
            Pair::Ec(pair) => pair.public_key().as_der().map(|der| der.as_ref().to_vec()),
            Pair::Ed(pair) => pair.public_key().as_der().map(|der| der.as_ref().to_vec()),
            Pair::MlDsa(pair) => pair.public_key().as_der().map(|der| der.as_ref().to_vec()),
        };
        let body = STANDARD.encode(must(der, "encoding a public key"));
        format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
    }

    /// The HMAC of a message with the public half in place of a secret.
    pub(super) fn hs256_with_public_pem(&self, message: &[u8]) -> Vec<u8> {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, self.public_pem().as_bytes());
        hmac::sign(&secret, message).as_ref().to_vec()
    }

    /// Signs a message: the signature of a JWS.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &*self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                let signed = pair.sign(rsa(self.algorithm), &random, message, &mut signature);
                must(signed, "signing");
                signature
            }
            Pair::Ec(pair) => must(pair.sign(&random, message), "signing")
                .as_ref()
                .to_vec(),
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::MlDsa(pair) => {
                let mut signature = vec![0; pair.algorithm().signature_len()];
                must(pair.sign(message, &mut signature), "signing");
                signature
            }
        }
    }
}

fn rsa(algorithm: Algorithm) -> &'static RsaSignatureEncoding {
    match algorithm {
        Algorithm::RS384 => &RSA_PKCS1_SHA384,
        Algorithm::RS512 => &RSA_PKCS1_SHA512,
        Algorithm::PS256 => &RSA_PSS_SHA256,
        Algorithm::PS384 => &RSA_PSS_SHA384,
        Algorithm::PS512 => &RSA_PSS_SHA512,
        _ => &RSA_PKCS1_SHA256,
    }
}

pub(super) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl std::fmt::Debug for TestKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
