//! DPoP (RFC 9449): each request carries a proof, signed by the key to which the token is bound.
//!
//! The order of refusals, each before any work of the next: form and size (`proof`), the key, which must
//! be the token's (`thumbprint`), what the proof is for (`target`), its age, the `nonce`, the signature,
//! and whether it was seen before (`replay`). A signature is only ever tried with a key that the issuer
//! bound to a token, so that strangers cannot make the service work.

mod check;
mod nonce;
mod proof;
mod replay;
mod settings;
mod target;
mod thumbprint;

pub(super) use self::check::DpopCheck;
#[cfg(feature = "test-kit")]
pub(crate) use self::proof::{TYPE as PROOF_TYPE, token_hash};
pub use self::settings::Dpop;
#[cfg(feature = "test-kit")]
pub(crate) use self::thumbprint::thumbprint;
