//! One verification key, parsed once, and the algorithms it permits.

use std::fmt;

use aws_lc_rs::signature::{
    self as crypto, ParsedPublicKey, RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm,
};

use super::Algorithm;
use crate::error::TokenInvalidReason;

/// A public key of the issuer. The key decides the algorithm (RFC 8725 §3.1): a signature is only
/// ever tried with an algorithm that the key's type, curve and declared `alg` permit.
pub struct VerificationKey {
    kid: Option<Box<str>>,
    /// One parsed key per permitted algorithm, because the back-end ties a parsed key to one.
    parsed: Box<[(Algorithm, ParsedPublicKey)]>,
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
        self.parsed
            .iter()
            .find(|(permitted, _)| *permitted == algorithm)
            .ok_or(TokenInvalidReason::Algorithm)?
            .1
            .verify_sig(message, signature)
            .map_err(|_| TokenInvalidReason::Signature)
    }

    /// Whether both are the same key for the same use. Key sets that were fetched twice hold equal,
    /// not identical keys.
    pub fn is_same(&self, other: &Self) -> bool {
        self.kid == other.kid
            && self.algorithms().eq(other.algorithms())
            && self.material() == other.material()
    }

    fn material(&self) -> Option<&[u8]> {
        self.parsed.first().map(|(_, key)| key.as_ref())
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
        let components = RsaPublicKeyComponents { n, e };
        Self::new(kid, rsa_algorithms(only), |algorithm| {
            components
                .to_parsed_public_key(rsa_parameters(algorithm)?)
                .ok()
        })
    }

    /// An RSA key out of the DER of a PKCS#1 `RSAPublicKey`.
    pub(super) fn rsa_der(
        kid: Option<&str>,
        only: Option<Algorithm>,
        der: &[u8],
    ) -> Result<Self, &'static str> {
        // The back-end checks the size at each signature; a key that can never verify is a mistake
        // to be told at start-up.
        let bits = RsaParameters::public_modulus_len(der).map_err(|_| NOT_A_KEY)?;
        check_rsa_size(bits as usize)?;
        Self::new(kid, rsa_algorithms(only), |algorithm| {
            ParsedPublicKey::new(rsa_parameters(algorithm)?, der).ok()
        })
    }

    /// An elliptic-curve key for exactly one algorithm: an uncompressed point, or 32 bytes of Ed25519.
    pub(super) fn curve(
        kid: Option<&str>,
        algorithm: Algorithm,
        point: &[u8],
    ) -> Result<Self, &'static str> {
        let (parameters, length): (&'static dyn VerificationAlgorithm, _) = match algorithm {
            Algorithm::ES256 => (&crypto::ECDSA_P256_SHA256_FIXED, 65),
            Algorithm::ES384 => (&crypto::ECDSA_P384_SHA384_FIXED, 97),
            Algorithm::EdDSA => (&crypto::ED25519, 32),
            _ => return Err(NOT_PERMITTED),
        };
        // The back-end would also take other encodings of other lengths.
        if point.len() != length {
            return Err("its point has not the length of its curve");
        }
        Self::new(kid, [algorithm], |_| {
            ParsedPublicKey::new(parameters, point).ok()
        })
    }

    /// A key parsed once for each of `algorithms`.
    pub(super) fn new(
        kid: Option<&str>,
        algorithms: impl IntoIterator<Item = Algorithm>,
        parse: impl Fn(Algorithm) -> Option<ParsedPublicKey>,
    ) -> Result<Self, &'static str> {
        let parsed: Box<[_]> = algorithms
            .into_iter()
            .map(|algorithm| Some((algorithm, parse(algorithm)?)))
            .collect::<Option<_>>()
            .ok_or(NOT_A_KEY)?;
        if parsed.is_empty() {
            return Err(NOT_PERMITTED);
        }
        let kid = kid.map(Into::into);
        Ok(Self { kid, parsed })
    }
}

const NOT_A_KEY: &str = "its numbers are not a public key";
pub(super) const NOT_PERMITTED: &str = "its type does not permit its `alg`";

fn rsa_parameters(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        Algorithm::RS256 => &crypto::RSA_PKCS1_2048_8192_SHA256,
        Algorithm::RS384 => &crypto::RSA_PKCS1_2048_8192_SHA384,
        Algorithm::RS512 => &crypto::RSA_PKCS1_2048_8192_SHA512,
        Algorithm::PS256 => &crypto::RSA_PSS_2048_8192_SHA256,
        Algorithm::PS384 => &crypto::RSA_PSS_2048_8192_SHA384,
        Algorithm::PS512 => &crypto::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

fn rsa_algorithms(only: Option<Algorithm>) -> impl Iterator<Item = Algorithm> {
    Algorithm::ALL.iter().copied().filter(move |algorithm| {
        rsa_parameters(*algorithm).is_some() && only.is_none_or(|only| only == *algorithm)
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
