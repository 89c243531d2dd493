//! One verification key, parsed once, and the algorithms it permits.

use std::fmt;

use super::Algorithm;
use crate::crypto::{Hash, Material, PublicKey, Scheme, rsa_numbers};
use crate::error::TokenInvalidReason;

/// A public key of the issuer. The key decides the algorithm (RFC 8725 §3.1): a signature is only
/// ever tried with an algorithm that the key's type, curve and declared `alg` permit.
pub struct VerificationKey {
    kid: Option<Box<str>>,
    /// One parsed key per permitted algorithm, because the back-end ties a parsed key to one.
    parsed: Box<[(Algorithm, PublicKey)]>,
}

impl VerificationKey {
    /// The key id (`kid`).
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The algorithms the key may be used with.
    pub fn algorithms(&self) -> impl ExactSizeIterator<Item = Algorithm> {
        self.parsed.iter().map(|(algorithm, _)| *algorithm)
    }

    /// Whether the key may be used with `algorithm`.
    pub fn permits(&self, algorithm: Algorithm) -> bool {
        self.algorithms().any(|permitted| permitted == algorithm)
    }

    /// Verifies the signature of `message`.
    ///
    /// # Errors
    ///
    /// [`TokenInvalidReason::Algorithm`] where the key does not permit `algorithm`,
    /// [`TokenInvalidReason::Signature`] where the signature is not of this key and message.
    pub fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), TokenInvalidReason> {
        let (_, key) = self
            .parsed
            .iter()
            .find(|(permitted, _)| *permitted == algorithm)
            .ok_or(TokenInvalidReason::Algorithm)?;
        if key.verifies(message, signature) {
            Ok(())
        } else {
            Err(TokenInvalidReason::Signature)
        }
    }

    /// Whether both are the same key for the same use. Key sets that were fetched twice hold equal,
    /// not identical keys.
    pub fn is_same(&self, other: &Self) -> bool {
        self.kid == other.kid
            && self.algorithms().eq(other.algorithms())
            && self.material() == other.material()
    }

    fn material(&self) -> Option<&[u8]> {
        self.parsed.first().map(|(_, key)| key.material())
    }

    /// An RSA key out of its big-endian modulus and exponent.
    pub(super) fn rsa(
        kid: Option<&str>,
        only: Option<Algorithm>,
        n: &[u8],
        e: &[u8],
    ) -> Result<Self, &'static str> {
        let (n, e) = (without_leading_zeros(n), without_leading_zeros(e));
        check_rsa_size(bits(n))?;
        check_rsa_exponent(n, e)?;
        Self::new(kid, rsa_algorithms(only), Material::Rsa { n, e })
    }

    /// An RSA key out of the DER of a PKCS#1 `RSAPublicKey`.
    pub(super) fn rsa_der(
        kid: Option<&str>,
        only: Option<Algorithm>,
        der: &[u8],
    ) -> Result<Self, &'static str> {
        let (n, e) = rsa_numbers(der).ok_or(NOT_A_KEY)?;
        Self::rsa(kid, only, n, e)
    }

    /// An elliptic-curve key for exactly one algorithm: an uncompressed point, or 32 bytes of Ed25519.
    pub(super) fn curve(
        kid: Option<&str>,
        algorithm: Algorithm,
        point: &[u8],
    ) -> Result<Self, &'static str> {
        let length = match algorithm {
            Algorithm::ES256 => 65,
            Algorithm::ES384 => 97,
            Algorithm::EdDSA => 32,
            _ => return Err(NOT_PERMITTED),
        };
        if point.len() != length {
            return Err("its point has not the length of its curve");
        }
        Self::new(kid, [algorithm], Material::Bytes(point))
    }

    /// A key parsed once for each of `algorithms`.
    pub(super) fn new(
        kid: Option<&str>,
        algorithms: impl IntoIterator<Item = Algorithm>,
        material: Material<'_>,
    ) -> Result<Self, &'static str> {
        let parsed: Box<[_]> = algorithms
            .into_iter()
            .map(|algorithm| Some((algorithm, PublicKey::new(scheme(algorithm), material)?)))
            .collect::<Option<_>>()
            .ok_or(NOT_A_KEY)?;
        if parsed.is_empty() {
            return Err(NOT_PERMITTED);
        }
        let kid = kid.map(Into::into);
        Ok(Self { kid, parsed })
    }
}

pub(super) const NOT_A_KEY: &str = "its numbers are not a public key";
pub(super) const NOT_PERMITTED: &str = "its type does not permit its `alg`";

/// What the names mean: RFC 7518 §3.1, RFC 8037 §3.1, RFC 9964 §5.
const fn scheme(algorithm: Algorithm) -> Scheme {
    match algorithm {
        Algorithm::RS256 => Scheme::Pkcs1(Hash::Sha256),
        Algorithm::RS384 => Scheme::Pkcs1(Hash::Sha384),
        Algorithm::RS512 => Scheme::Pkcs1(Hash::Sha512),
        Algorithm::PS256 => Scheme::Pss(Hash::Sha256),
        Algorithm::PS384 => Scheme::Pss(Hash::Sha384),
        Algorithm::PS512 => Scheme::Pss(Hash::Sha512),
        Algorithm::ES256 => Scheme::P256,
        Algorithm::ES384 => Scheme::P384,
        Algorithm::EdDSA => Scheme::Ed25519,
        Algorithm::MlDsa44 => Scheme::MlDsa44,
        Algorithm::MlDsa65 => Scheme::MlDsa65,
        Algorithm::MlDsa87 => Scheme::MlDsa87,
    }
}

fn rsa_algorithms(only: Option<Algorithm>) -> impl Iterator<Item = Algorithm> {
    Algorithm::ALL.iter().copied().filter(move |algorithm| {
        matches!(scheme(*algorithm), Scheme::Pkcs1(_) | Scheme::Pss(_))
            && only.is_none_or(|only| only == *algorithm)
    })
}

/// RFC 7518 §3.3 and §3.5 demand 2048 bits; above 8192, verification costs the service too much.
fn check_rsa_size(bits: usize) -> Result<(), &'static str> {
    match bits {
        ..2048 => Err("it is an RSA key of less than 2048 bits"),
        2048..=8192 => Ok(()),
        _ => Err("it is an RSA key of more than 8192 bits"),
    }
}

/// Refuses what is no RSA key at all: an even modulus or exponent, an exponent of 1 (every message
/// is its own signature), one so long that it only slows verification down.
fn check_rsa_exponent(n: &[u8], e: &[u8]) -> Result<(), &'static str> {
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte & 1 == 1);
    if odd(n) && odd(e) && e != [1] && bits(e) <= 33 {
        Ok(())
    } else {
        Err("its RSA modulus or exponent is not sane")
    }
}

fn bits(number: &[u8]) -> usize {
    let Some((first, rest)) = number.split_first() else {
        return 0;
    };
    rest.len() * 8 + first.checked_ilog2().map_or(0, |log| log as usize + 1)
}

/// RFC 7518 §6.3.1.1 forbids leading zeros and says that some issuers send them all the same. The
/// number is the same number.
fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let start = number.iter().position(|byte| *byte != 0);
    start
        .and_then(|start| number.get(start..))
        .unwrap_or_default()
}

/// Names the key id and the algorithms; public key material is no secret, but noise.
impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerificationKey")
            .field("kid", &self.kid)
            .field("algorithms", &self.algorithms().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
