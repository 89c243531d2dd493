//! Tokens that are worth nothing without something else that only their owner has.
//!
//! 1. [`confirmation`](Confirmation) reads the claim `cnf` (RFC 7800 §3.1): to what a token is bound.
//! 2. [`Credentials`] are what a request shows: the token, and the proof or the certificate beside it.
//! 3. [`SenderRules`] decide whether the two fit. A token that is bound and comes alone is refused, and
//!    so is one that is bound in a way that is not known here: who stole it must not be able to use it.
//!
//! `dpop` checks proofs (RFC 9449), `certificate` compares certificates (RFC 8705 §3).

mod certificate;
mod confirmation;
mod credentials;
mod dpop;
mod rules;

pub use self::certificate::ClientCertificate;
pub(crate) use self::confirmation::Confirmation;
pub use self::credentials::Credentials;
#[cfg(feature = "axum")]
pub(crate) use self::credentials::OwnedCredentials;
pub use self::dpop::Dpop;
#[cfg(feature = "test-kit")]
pub(crate) use self::dpop::thumbprint;
#[cfg(feature = "test-kit")]
pub(crate) use self::dpop::{PROOF_TYPE, token_hash};
pub(crate) use self::rules::{Refusal, SenderRules};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
