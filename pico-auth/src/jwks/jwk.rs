//! One JWK (RFC 7517 §4) becomes one key, or the reason why not.

use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::key::NOT_PERMITTED;
use super::{Algorithm, VerificationKey};
use crate::strict::base64url;

/// Why a JWK is not used.
pub(super) enum Skip {
    /// It is not meant for verifying signatures. Issuers publish such keys rightly.
    NotForUs(&'static str),
    /// Something is wrong with it.
    Bad(&'static str),
}

/// The types of RFC 7518 §6.1, RFC 8037 §2 and RFC 9964 §3, and the curves that may come with them.
/// `Jwk` cannot be made of others; they are not for us, but nothing is wrong with them.
const TYPES: [&str; 4] = ["RSA", "EC", "OKP", "AKP"];
const CURVES: [&str; 4] = ["P-256", "P-384", "P-521", "Ed25519"];

/// The members of a private or symmetric key (RFC 7518 §6.2.2, §6.3.2, §6.4.1; RFC 9964 §3).
const SECRETS: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

pub(super) fn parse(jwk: &Value) -> Result<VerificationKey, Skip> {
    let members = jwk
        .as_object()
        .ok_or(Skip::Bad("it is not a JSON object"))?;
    let kty = members.get("kty").and_then(Value::as_str);
    // An `oct` key in a public document is public; a private key there is compromised.
    if kty == Some("oct") {
        return Err(Skip::Bad("it is a symmetric key (`oct`) in a public place"));
    }
    if SECRETS.iter().any(|secret| members.contains_key(*secret)) {
        return Err(Skip::Bad(
            "it has private members: the private key is compromised",
        ));
    }
    if kty.is_some_and(|kty| !TYPES.contains(&kty)) {
        return Err(Skip::NotForUs("its type (`kty`) is not supported"));
    }
    let crv = members.get("crv").and_then(Value::as_str);
    if crv.is_some_and(|crv| !CURVES.contains(&crv)) {
        return Err(Skip::NotForUs(OTHER_CURVE));
    }
    if kty == Some("AKP") {
        return akp(jwk, members);
    }
    let jwk: Jwk = read(jwk)?;
    check_use(&jwk.common)?;
    let only = declared_algorithm(members)?;
    let kid = jwk.common.key_id.as_deref();
    match &jwk.algorithm {
        AlgorithmParameters::RSA(key) => {
            VerificationKey::rsa(kid, only, &decode(&key.n)?, &decode(&key.e)?)
        }
        AlgorithmParameters::EllipticCurve(key) => {
            let (algorithm, length) = match key.curve {
                EllipticCurve::P256 => (Algorithm::ES256, 32),
                EllipticCurve::P384 => (Algorithm::ES384, 48),
                _ => return Err(Skip::NotForUs(OTHER_CURVE)),
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

/// An Algorithm Key Pair (RFC 9964 §3), a type that [`Jwk`] does not know: its `alg` is required and
/// says what the bytes of `pub` are.
fn akp(jwk: &Value, members: &Map<String, Value>) -> Result<VerificationKey, Skip> {
    let common: CommonParameters = read(jwk)?;
    check_use(&common)?;
    let algorithm = declared_algorithm(members)?
        .ok_or(Skip::Bad("it is an `AKP` key, which needs an `alg`"))?;
    let public = members
        .get("pub")
        .and_then(Value::as_str)
        .ok_or(Skip::Bad("it is an `AKP` key without a string `pub`"))?;
    VerificationKey::ml_dsa(common.key_id.as_deref(), algorithm, &decode(public)?)
        .map_err(Skip::Bad)
}

fn read<T: DeserializeOwned>(jwk: &Value) -> Result<T, Skip> {
    T::deserialize(jwk).map_err(|_| Skip::Bad(WRONG_TYPE))
}

const OTHER_CURVE: &str = "its curve is not supported";

const WRONG_TYPE: &str = "a member has the wrong JSON type";

/// `use` and `key_ops` (RFC 7517 §4.2, §4.3) must allow to verify signatures where they are there.
fn check_use(key: &CommonParameters) -> Result<(), Skip> {
    match &key.public_key_use {
        None | Some(PublicKeyUse::Signature) => {}
        Some(_) => return Err(Skip::NotForUs("its `use` is not `sig`")),
    }
    match &key.key_operations {
        Some(operations) if !operations.contains(&KeyOperations::Verify) => {
            Err(Skip::NotForUs("its `key_ops` do not contain `verify`"))
        }
        _ => Ok(()),
    }
}

/// The algorithm the key is restricted to, if it declares one.
fn declared_algorithm(members: &Map<String, Value>) -> Result<Option<Algorithm>, Skip> {
    match members.get("alg") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => Algorithm::from_name(name)
            .map(Some)
            .ok_or(Skip::NotForUs("its `alg` is not supported")),
        Some(_) => Err(Skip::Bad(WRONG_TYPE)),
    }
}

fn matching(only: Option<Algorithm>, algorithm: Algorithm) -> Result<Algorithm, Skip> {
    match only {
        Some(only) if only != algorithm => Err(Skip::Bad(NOT_PERMITTED)),
        _ => Ok(algorithm),
    }
}

fn decode(text: &str) -> Result<Vec<u8>, Skip> {
    base64url(text).ok_or(Skip::Bad("a number is not unpadded base64url"))
}
