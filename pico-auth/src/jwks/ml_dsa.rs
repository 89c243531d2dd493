//! ML-DSA keys (RFC 9964): one encoding and one length for each algorithm.

use aws_lc_rs::signature::{
    ML_DSA_44, ML_DSA_65, ML_DSA_87, ParsedPublicKey, PqdsaVerificationAlgorithm,
};

use super::key::NOT_PERMITTED;
use super::{Algorithm, VerificationKey};

/// The bytes before the key in a `SubjectPublicKeyInfo`: its OID and three lengths (RFC 9881 §4).
const DER_HEADER: usize = 22;

impl VerificationKey {
    /// An ML-DSA key out of its bytes, as in `pub` (RFC 9964 §5).
    pub(super) fn ml_dsa(
        kid: Option<&str>,
        algorithm: Algorithm,
        public: &[u8],
    ) -> Result<Self, &'static str> {
        parse(kid, algorithm, public, 0)
    }

    /// An ML-DSA key out of the DER of a `SubjectPublicKeyInfo`, whose OID the back-end checks.
    pub(super) fn ml_dsa_der(
        kid: Option<&str>,
        algorithm: Algorithm,
        der: &[u8],
    ) -> Result<Self, &'static str> {
        parse(kid, algorithm, der, DER_HEADER)
    }
}

/// The back-end takes a key with a header or without one: only the length tells which it was.
fn parse(
    kid: Option<&str>,
    algorithm: Algorithm,
    bytes: &[u8],
    header: usize,
) -> Result<VerificationKey, &'static str> {
    let (parameters, length) = parameters(algorithm).ok_or(NOT_PERMITTED)?;
    if bytes.len() != header + length {
        return Err("its public key has not the length of its `alg`");
    }
    VerificationKey::new(kid, [algorithm], |_| {
        ParsedPublicKey::new(parameters, bytes).ok()
    })
}

/// The back-end verifies pure ML-DSA with an empty context, as RFC 9964 §5 demands. The lengths of
/// public keys are those of FIPS 204, table 2.
fn parameters(algorithm: Algorithm) -> Option<(&'static PqdsaVerificationAlgorithm, usize)> {
    Some(match algorithm {
        Algorithm::MlDsa44 => (&ML_DSA_44, 1312),
        Algorithm::MlDsa65 => (&ML_DSA_65, 1952),
        Algorithm::MlDsa87 => (&ML_DSA_87, 2592),
        _ => return None,
    })
}
