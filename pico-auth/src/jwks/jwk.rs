//! One JWK (RFC 7517 §4) becomes one key, or the reason why not.

use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse,
};
use serde_json::Value;

use super::{Algorithm, VerificationKey};
use crate::strict::base64url;

/// Why a JWK is not used.
pub(super) enum Skip {
    /// It is not meant for verifying signatures. Issuers publish such keys rightly.
    NotForUs(&'static str),
    /// Something is wrong with it.
    Bad(&'static str),
}

/// The members of a private or symmetric key (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
const SECRETS: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

pub(super) fn parse(jwk: &Value) -> Result<VerificationKey, Skip> {
    let members = jwk
        .as_object()
        .ok_or(Skip::Bad("it is not a JSON object"))?;
    // An `oct` key in a public document is public; a private key there is compromised.
    if members.get("kty").and_then(Value::as_str) == Some("oct") {
        return Err(Skip::Bad("it is a symmetric key (`oct`) in a public place"));
    }
    if SECRETS.iter().any(|secret| members.contains_key(*secret)) {
        return Err(Skip::Bad(
            "it has private members: the private key is compromised",
        ));
    }
    let jwk: Jwk = serde::Deserialize::deserialize(jwk)
        .map_err(|_| Skip::Bad("a member has the wrong JSON type"))?;
    check_use(&jwk)?;
    let only = declared_algorithm(&jwk)?;
    let kid = jwk.common.key_id.as_deref();
    match &jwk.algorithm {
        AlgorithmParameters::RSA(key) => {
            VerificationKey::rsa(kid, only, &decode(&key.n)?, &decode(&key.e)?)
        }
        AlgorithmParameters::EllipticCurve(key) => {
            let (algorithm, length) = match key.curve {
                EllipticCurve::P256 => (Algorithm::ES256, 32),
                EllipticCurve::P384 => (Algorithm::ES384, 48),
                _ => return Err(Skip::NotForUs("its curve is not supported")),
            };
            let (x, y) = (decode(&key.x)?, decode(&key.y)?);
            // RFC 7518 §6.2.1.2: the full size of the field, or the two could be cut elsewhere.
            if x.len() != length || y.len() != length {
                return Err(Skip::Bad("its point has not the length of its curve"));
            }
            let point = [&[4], x.as_slice(), y.as_slice()].concat();
            VerificationKey::curve(kid, matching(only, algorithm)?, &point)
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            let algorithm = matching(only, Algorithm::EdDSA)?;
            VerificationKey::curve(kid, algorithm, &decode(&key.x)?)
        }
        _ => return Err(Skip::NotForUs("its type is not supported or incomplete")),
    }
    .map_err(Skip::Bad)
}

/// `use` and `key_ops` (RFC 7517 §4.2, §4.3) must allow to verify signatures where they are there.
fn check_use(jwk: &Jwk) -> Result<(), Skip> {
    match &jwk.common.public_key_use {
        None | Some(PublicKeyUse::Signature) => {}
        Some(_) => return Err(Skip::NotForUs("its `use` is not `sig`")),
    }
    match &jwk.common.key_operations {
        Some(operations) if !operations.contains(&KeyOperations::Verify) => {
            Err(Skip::NotForUs("its `key_ops` do not contain `verify`"))
        }
        _ => Ok(()),
    }
}

/// The algorithm the key is restricted to, if it declares one.
fn declared_algorithm(jwk: &Jwk) -> Result<Option<Algorithm>, Skip> {
    let Some(declared) = jwk.common.key_algorithm else {
        return Ok(None);
    };
    let algorithm = match declared {
        KeyAlgorithm::RS256 => Algorithm::RS256,
        KeyAlgorithm::RS384 => Algorithm::RS384,
        KeyAlgorithm::RS512 => Algorithm::RS512,
        KeyAlgorithm::PS256 => Algorithm::PS256,
        KeyAlgorithm::PS384 => Algorithm::PS384,
        KeyAlgorithm::PS512 => Algorithm::PS512,
        KeyAlgorithm::ES256 => Algorithm::ES256,
        KeyAlgorithm::ES384 => Algorithm::ES384,
        KeyAlgorithm::EdDSA => Algorithm::EdDSA,
        _ => return Err(Skip::NotForUs("its `alg` is not supported")),
    };
    Ok(Some(algorithm))
}

fn matching(only: Option<Algorithm>, algorithm: Algorithm) -> Result<Algorithm, Skip> {
    match only {
        Some(only) if only != algorithm => Err(Skip::Bad("its type does not permit its `alg`")),
        _ => Ok(algorithm),
    }
}

fn decode(text: &str) -> Result<Vec<u8>, Skip> {
    base64url(text).ok_or(Skip::Bad("a number is not unpadded base64url"))
}
