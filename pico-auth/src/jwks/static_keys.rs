//! Keys that are there from the start.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::DecodingKey;
use serde_json::Value;

use super::jwk::{self, Skip};
use super::key_set::KeySet;
use super::{Algorithm, KeyEdition, KeyFuture, KeyLookup, KeyQuery, KeySource, VerificationKey};
use crate::error::AuthConfigurationError;
use crate::strict::json_object;

/// Keys given at start-up, never fetched and never changed.
#[derive(Debug, Clone)]
pub struct StaticKeys {
    keys: KeySet,
    edition: KeyEdition,
}

/// The setting that errors name.
const KEY: &str = "keys";

impl StaticKeys {
    /// The keys of a JWKS document, `{"keys": […]}` (RFC 7517 §5). Keys that cannot be used are
    /// skipped and logged.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `keys` where it is not a JWKS or no key of it can be used.
    pub fn from_jwks(document: impl AsRef<[u8]>) -> Result<Self, AuthConfigurationError> {
        let keys = KeySet::parse(document.as_ref())
            .map_err(|why| AuthConfigurationError::new(KEY, format!("not a JWKS: {why}")))?;
        keys.report(None);
        if keys.is_empty() {
            let problem = "the JWKS has no key that can be used; the log says why for each";
            return Err(AuthConfigurationError::new(KEY, problem));
        }
        Ok(Self::of(keys))
    }

    /// One key as a JWK (RFC 7517 §4).
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `keys` where it is not a public key for signatures, or weak.
    pub fn from_jwk(jwk: impl AsRef<[u8]>) -> Result<Self, AuthConfigurationError> {
        let wrong =
            |why: &str| AuthConfigurationError::new(KEY, format!("the JWK cannot be used: {why}"));
        let jwk = json_object(jwk.as_ref())
            .ok_or_else(|| wrong("it is not a JSON object, or one with duplicate members"))?;
        let key = jwk::parse(&Value::Object(jwk))
            .map_err(|(Skip::NotForUs(why) | Skip::Bad(why))| wrong(why))?;
        Ok(Self::of(key.into()))
    }

    /// One public key in PEM form, `PUBLIC KEY` (RFC 7468 §13) or `RSA PUBLIC KEY` (PKCS#1), for
    /// one algorithm. A token whose header names another `kid` (or any, where none is given here)
    /// does not find it.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `keys` where the text is something else, as a private key or
    /// a certificate, or the key is weak or does not fit the algorithm.
    pub fn from_pem(
        kid: Option<&str>,
        algorithm: Algorithm,
        pem: impl AsRef<[u8]>,
    ) -> Result<Self, AuthConfigurationError> {
        let key = parse_pem(kid, algorithm, pem.as_ref()).map_err(|why| {
            AuthConfigurationError::new(KEY, format!("the PEM cannot be used: {why}"))
        })?;
        Ok(Self::of(key.into()))
    }

    /// Adds the keys of `other`. A key that is in both is one key. Two different ones of the same id are
    /// used for no algorithm that both permit, and logged.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut keys = self.keys.clone();
        keys.append(other.keys);
        keys.report(Some(&self.keys));
        Self::of(keys)
    }

    /// Looks for the one key that `query` asks for, without waiting.
    pub fn lookup(&self, query: KeyQuery<'_>) -> KeyLookup {
        self.keys.find(query)
    }

    fn of(keys: KeySet) -> Self {
        Self {
            keys,
            edition: KeyEdition::unique(),
        }
    }
}

impl KeySource for StaticKeys {
    fn find<'a>(&'a self, query: KeyQuery<'a>) -> KeyFuture<'a> {
        Box::pin(std::future::ready(Ok(self.lookup(query))))
    }

    fn edition(&self) -> Option<KeyEdition> {
        Some(self.edition)
    }
}

const OTHER_TYPE: &str = "it is no key of the algorithm's type";

/// `DecodingKey` only unwraps PEM and ASN.1 here; it never verifies. It does not know ML-DSA.
fn parse_pem(
    kid: Option<&str>,
    algorithm: Algorithm,
    pem: &[u8],
) -> Result<VerificationKey, &'static str> {
    const BEGIN: [&[u8]; 2] = [
        b"-----BEGIN PUBLIC KEY-----",
        b"-----BEGIN RSA PUBLIC KEY-----",
    ];
    let pem = pem.trim_ascii();
    // The parser would also take private keys and certificates: the first must not lie on a
    // resource server, the second would be trusted without its dates and its issuer.
    if !BEGIN.iter().any(|begin| pem.starts_with(begin)) {
        return Err("it is not a `PUBLIC KEY` or `RSA PUBLIC KEY`");
    }
    if matches!(
        algorithm,
        Algorithm::MlDsa44 | Algorithm::MlDsa65 | Algorithm::MlDsa87
    ) {
        let der = unwrap_pem(pem).ok_or(OTHER_TYPE)?;
        return VerificationKey::ml_dsa_der(kid, algorithm, &der);
    }
    let unwrapped = match algorithm {
        Algorithm::ES256 | Algorithm::ES384 => DecodingKey::from_ec_pem(pem),
        Algorithm::EdDSA => DecodingKey::from_ed_pem(pem),
        _ => DecodingKey::from_rsa_pem(pem),
    };
    let key = unwrapped.map_err(|_| OTHER_TYPE)?;
    let bytes = key.try_get_as_bytes().map_err(|_| OTHER_TYPE)?;
    match algorithm {
        Algorithm::ES256 | Algorithm::ES384 | Algorithm::EdDSA => {
            VerificationKey::curve(kid, algorithm, bytes)
        }
        _ => VerificationKey::rsa_der(kid, Some(algorithm), bytes),
    }
}

/// The DER in a `PUBLIC KEY`.
fn unwrap_pem(pem: &[u8]) -> Option<Vec<u8>> {
    let mut body = pem
        .strip_prefix(b"-----BEGIN PUBLIC KEY-----")?
        .strip_suffix(b"-----END PUBLIC KEY-----")?
        .to_vec();
    body.retain(|byte| !byte.is_ascii_whitespace());
    STANDARD.decode(body).ok()
}
