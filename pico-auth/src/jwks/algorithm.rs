//! The signature algorithms that can be accepted. Symmetric ones and `none` have no name here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

use crate::error::AuthConfigurationError;

macro_rules! algorithms {
    ($($(#[$doc:meta])* $variant:ident = $name:literal)+) => {
        /// A signature algorithm of RFC 7518 §3.1, RFC 8037 §3.1 or RFC 9964 §5, with a public and a
        /// private key.
        ///
        /// There is no variant for `none` and none for `HS256` and its like: where keys are public,
        /// a symmetric algorithm makes the public key a signing secret (RFC 8725 §2.1).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Algorithm {
            $($(#[$doc])* $variant,)+
        }

        impl Algorithm {
            /// Every algorithm.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name, as in the `alg` header.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

algorithms! {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256 = "RS256"
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384 = "RS384"
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512 = "RS512"
    /// RSASSA-PSS with SHA-256.
    PS256 = "PS256"
    /// RSASSA-PSS with SHA-384.
    PS384 = "PS384"
    /// RSASSA-PSS with SHA-512.
    PS512 = "PS512"
    /// ECDSA with P-256 and SHA-256.
    ES256 = "ES256"
    /// ECDSA with P-384 and SHA-384.
    ES384 = "ES384"
    /// `EdDSA` with Ed25519.
    EdDSA = "EdDSA"
    /// ML-DSA-44 of FIPS 204, which quantum computers are not expected to break. Its signatures have
    /// 2420 bytes.
    MlDsa44 = "ML-DSA-44"
    /// ML-DSA-65 of FIPS 204; signatures of 3309 bytes.
    MlDsa65 = "ML-DSA-65"
    /// ML-DSA-87 of FIPS 204; signatures of 4627 bytes.
    MlDsa87 = "ML-DSA-87"
}

impl Algorithm {
    /// The algorithm of this exact name, as in an `alg` header: names are case-sensitive (RFC 7515
    /// §4.1.1).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|algorithm| algorithm.name() == name)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// # Errors
///
/// [`AuthConfigurationError`] for the setting `accepted_algorithms`, which says why `none` and
/// symmetric algorithms cannot be enabled.
impl FromStr for Algorithm {
    type Err = AuthConfigurationError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        if let Some(algorithm) = Self::from_name(name) {
            return Ok(algorithm);
        }
        let problem = if name.eq_ignore_ascii_case("none") {
            "`none` means unsigned tokens, which anyone can write; it cannot be enabled".to_owned()
        } else if name
            .get(..2)
            .is_some_and(|start| start.eq_ignore_ascii_case("HS"))
        {
            format!(
                "`{name}` is symmetric: whoever can verify could also issue; it cannot be enabled"
            )
        } else {
            let known: Vec<_> = Self::ALL.iter().map(|algorithm| algorithm.name()).collect();
            format!("`{name}` is not one of {}", known.join(", "))
        };
        Err(AuthConfigurationError::new("accepted_algorithms", problem))
    }
}

impl<'de> Deserialize<'de> for Algorithm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse()
            .map_err(|error: AuthConfigurationError| de::Error::custom(error.problem()))
    }
}
