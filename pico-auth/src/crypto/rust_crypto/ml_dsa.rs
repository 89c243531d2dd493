//! ML-DSA, pure and with an empty context (RFC 9964 §5).

use ml_dsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Signature, VerifyingKey};

use crate::crypto::Scheme;

pub(super) enum MlDsaKey {
    MlDsa44(VerifyingKey<MlDsa44>),
    MlDsa65(VerifyingKey<MlDsa65>),
    MlDsa87(VerifyingKey<MlDsa87>),
}

impl MlDsaKey {
    pub(super) fn new(scheme: Scheme, bytes: &[u8]) -> Option<Self> {
        Some(match scheme {
            Scheme::MlDsa44 => Self::MlDsa44(decode(bytes)?),
            Scheme::MlDsa65 => Self::MlDsa65(decode(bytes)?),
            Scheme::MlDsa87 => Self::MlDsa87(decode(bytes)?),
            _ => return None,
        })
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> Option<()> {
        match self {
            Self::MlDsa44(key) => verify(key, message, signature),
            Self::MlDsa65(key) => verify(key, message, signature),
            Self::MlDsa87(key) => verify(key, message, signature),
        }
    }
}

/// Any bytes of the right length are a key (FIPS 204, algorithm 23).
fn decode<P: MlDsaParams>(bytes: &[u8]) -> Option<VerifyingKey<P>> {
    Some(VerifyingKey::decode(bytes.try_into().ok()?))
}

fn verify<P: MlDsaParams>(key: &VerifyingKey<P>, message: &[u8], signature: &[u8]) -> Option<()> {
    let signature = Signature::try_from(signature).ok()?;
    key.verify_with_context(message, &[], &signature)
        .then_some(())
}
