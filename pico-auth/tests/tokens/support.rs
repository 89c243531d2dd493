//! An issuer that can do everything wrong, and a clock that stands still.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair, ML_DSA_44_SIGNING, ML_DSA_65_SIGNING, ML_DSA_87_SIGNING, PqdsaKeyPair,
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pico_auth::{
    Algorithm, AuthClientError, Clock, StaticKeys, TokenInvalidReason, TokenKind, TokenValidator,
    ValidationRules, VerifiedToken,
};
use serde_json::{Value, json};

use super::provider::NO_PROVIDER;

pub(crate) const NOW: u64 = 1_800_000_000;
pub(crate) const ISSUER: &str = "https://id.example";
pub(crate) const AUDIENCE: &str = "service";

pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn un_b64(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

pub(crate) enum Signer {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    MlDsa(Algorithm, PqdsaKeyPair),
}

pub(crate) static RSA: LazyLock<Signer> =
    LazyLock::new(|| Signer::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()));
pub(crate) static OTHER_RSA: LazyLock<Signer> =
    LazyLock::new(|| Signer::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()));
pub(crate) static P256: LazyLock<Signer> = LazyLock::new(|| {
    Signer::P256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
});
pub(crate) static P384: LazyLock<Signer> = LazyLock::new(|| {
    Signer::P384(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap())
});
pub(crate) static ED: LazyLock<Signer> =
    LazyLock::new(|| Signer::Ed(Ed25519KeyPair::generate().unwrap()));
pub(crate) static ML_DSA_44: LazyLock<Signer> = LazyLock::new(|| {
    Signer::MlDsa(
        Algorithm::MlDsa44,
        PqdsaKeyPair::generate(&ML_DSA_44_SIGNING).unwrap(),
    )
});
pub(crate) static ML_DSA_65: LazyLock<Signer> = LazyLock::new(|| {
    Signer::MlDsa(
        Algorithm::MlDsa65,
        PqdsaKeyPair::generate(&ML_DSA_65_SIGNING).unwrap(),
    )
});
pub(crate) static ML_DSA_87: LazyLock<Signer> = LazyLock::new(|| {
    Signer::MlDsa(
        Algorithm::MlDsa87,
        PqdsaKeyPair::generate(&ML_DSA_87_SIGNING).unwrap(),
    )
});

impl Signer {
    pub(crate) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        LazyLock::force(&NO_PROVIDER);
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let padding: &'static dyn aws_lc_rs::signature::RsaEncoding = match algorithm {
                    Algorithm::RS384 => &RSA_PKCS1_SHA384,
                    Algorithm::RS512 => &RSA_PKCS1_SHA512,
                    Algorithm::PS256 => &RSA_PSS_SHA256,
                    Algorithm::PS384 => &RSA_PSS_SHA384,
                    Algorithm::PS512 => &RSA_PSS_SHA512,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(padding, &random, message, &mut signature).unwrap();
                signature
            }
            Self::P256(key) | Self::P384(key) => {
                key.sign(&random, message).unwrap().as_ref().into()
            }
            Self::Ed(key) => key.sign(message).as_ref().into(),
            Self::MlDsa(_, key) => {
                let mut signature = vec![0; key.algorithm().signature_len()];
                key.sign(message, &mut signature).unwrap();
                signature
            }
        }
    }

    /// The public key as a JWK without `use`, and without `alg` where a JWK can do without.
    pub(crate) fn jwk(&self, kid: &str) -> Value {
        LazyLock::force(&NO_PROVIDER);
        let point = |bytes: &[u8], crv: &str| {
            let (x, y) = bytes[1..].split_at((bytes.len() - 1) / 2);
            json!({"kty": "EC", "crv": crv, "kid": kid, "x": b64(x), "y": b64(y)})
        };
        match self {
            Self::Rsa(key) => {
                let (n, e) = rsa_numbers(key.public_key().as_ref());
                json!({"kty": "RSA", "kid": kid, "n": b64(n), "e": b64(e)})
            }
            Self::P256(key) => point(key.public_key().as_ref(), "P-256"),
            Self::P384(key) => point(key.public_key().as_ref(), "P-384"),
            Self::Ed(key) => {
                json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": b64(key.public_key())})
            }
            Self::MlDsa(algorithm, key) => {
                let public = b64(key.public_key());
                json!({"kty": "AKP", "kid": kid, "alg": algorithm.name(), "pub": public})
            }
        }
    }

    /// The public key of an RSA pair as PEM of PKCS#1.
    pub(crate) fn rsa_pem(&self) -> String {
        let Self::Rsa(key) = self else { panic!("RSA") };
        pem("RSA PUBLIC KEY", key.public_key().as_ref())
    }
}

pub(crate) fn pem(tag: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {tag}-----\n{}\n-----END {tag}-----\n",
        lines.join("\n")
    )
}

/// Reads modulus and exponent out of a PKCS#1 public key: a sequence of two integers.
fn rsa_numbers(der: &[u8]) -> (Vec<u8>, Vec<u8>) {
    fn element(der: &[u8]) -> (&[u8], &[u8]) {
        let (length, start) = match usize::from(der[1]) {
            long @ 0x81.. => {
                let bytes = long - 0x80;
                let length = der[2..2 + bytes]
                    .iter()
                    .fold(0, |length, byte| length << 8 | usize::from(*byte));
                (length, 2 + bytes)
            }
            short => (short, 2),
        };
        der[start..].split_at(length)
    }
    let (sequence, _) = element(der);
    let (n, rest) = element(sequence);
    let (e, _) = element(rest);
    let start = usize::from(n[0] == 0);
    (n[start..].to_vec(), e.to_vec())
}

/// Modulus and exponent of an RSA key in a `PUBLIC KEY`: the PKCS#1 key is its bit string.
pub(crate) fn rsa_numbers_of_pem(pem: &str) -> (Vec<u8>, Vec<u8>) {
    let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(text).unwrap();
    // The last sequence that starts in the outer one, 1024 bits: 30 81 89.
    let start = der.windows(3).rposition(|head| head == [0x30, 0x81, 0x89]);
    rsa_numbers(&der[start.unwrap()..])
}

/// A clock that only tests move.
#[derive(Default)]
pub(crate) struct ManualClock {
    elapsed: Mutex<Duration>,
}

impl ManualClock {
    #[cfg_attr(not(feature = "http-client"), expect(dead_code))]
    pub(crate) fn advance(&self, by: Duration) {
        *self.elapsed.lock().unwrap() += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Duration {
        Duration::from_secs(NOW) + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        *self.elapsed.lock().unwrap()
    }
}

/// Claims that satisfy [`rules`].
pub(crate) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "alice", "jti": "t-1", "client_id": "app",
        "iat": NOW - 10, "exp": NOW + 60,
    })
}

/// The claims with one of them replaced or added.
pub(crate) fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

pub(crate) fn claims_without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

pub(crate) fn header() -> Value {
    json!({"alg": "RS256", "kid": "rsa", "typ": "JWT"})
}

pub(crate) fn header_with(name: &str, value: Value) -> Value {
    let mut header = header();
    header[name] = value;
    header
}

/// Signs any two texts with the RSA key.
pub(crate) fn sign_text(header: &str, payload: &str) -> String {
    sign_with(&RSA, Algorithm::RS256, header, payload)
}

pub(crate) fn sign_with(
    signer: &Signer,
    algorithm: Algorithm,
    header: &str,
    payload: &str,
) -> String {
    let message = format!("{}.{}", b64(header), b64(payload));
    let signature = b64(signer.sign(algorithm, message.as_bytes()));
    format!("{message}.{signature}")
}

pub(crate) fn sign(header: &Value, claims: &Value) -> String {
    sign_text(&header.to_string(), &claims.to_string())
}

pub(crate) fn rules() -> ValidationRules {
    let mut rules = ValidationRules::new(ISSUER, [AUDIENCE]);
    rules.algorithms = Algorithm::ALL.to_vec();
    rules
}

pub(crate) fn jwks(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

pub(crate) fn all_keys() -> StaticKeys {
    StaticKeys::from_jwks(jwks(&[
        RSA.jwk("rsa"),
        P256.jwk("p256"),
        P384.jwk("p384"),
        ED.jwk("ed"),
        ML_DSA_44.jwk("ml-dsa-44"),
        ML_DSA_65.jwk("ml-dsa-65"),
        ML_DSA_87.jwk("ml-dsa-87"),
    ]))
    .unwrap()
}

pub(crate) fn validator_of(rules: ValidationRules, keys: StaticKeys) -> TokenValidator {
    TokenValidator::new(rules, Arc::new(keys), Arc::new(ManualClock::default())).unwrap()
}

pub(crate) fn verify_by(
    validator: &TokenValidator,
    token: &str,
) -> Result<VerifiedToken, AuthClientError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(validator.verify(token, TokenKind::Bearer))
}

pub(crate) fn verify(token: &str) -> Result<VerifiedToken, AuthClientError> {
    verify_by(&validator_of(rules(), all_keys()), token)
}

/// The reason why a token is refused; panics if it is not, or is refused otherwise.
pub(crate) fn reason_by(validator: &TokenValidator, token: &str) -> TokenInvalidReason {
    reason_of(verify_by(validator, token))
}

pub(crate) fn reason(token: &str) -> TokenInvalidReason {
    reason_of(verify(token))
}

pub(crate) fn reason_of(outcome: Result<VerifiedToken, AuthClientError>) -> TokenInvalidReason {
    match outcome {
        Err(AuthClientError::TokenInvalid(error)) => error.reason().clone(),
        other => panic!("expected TokenInvalidError, got {other:?}"),
    }
}

pub(crate) fn missing(claim: &'static str) -> TokenInvalidReason {
    TokenInvalidReason::MissingClaim(claim.into())
}

pub(crate) fn invalid(claim: &'static str) -> TokenInvalidReason {
    TokenInvalidReason::InvalidClaim(claim.into())
}

/// A process of its own that runs one ignored test.
#[cfg(feature = "http-client")]
pub(crate) fn alone(test: &str) -> std::process::Command {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", test, "--ignored"]);
    child
}

#[cfg(feature = "http-client")]
#[track_caller]
pub(crate) fn passes(child: &mut std::process::Command) {
    let output = child.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("1 passed"), "{text}");
}
