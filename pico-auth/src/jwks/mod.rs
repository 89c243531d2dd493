//! Where keys come from.
//!
//! 1. [`source`](KeySource) asks the question: which key has this `kid` and permits this algorithm?
//! 2. `key_set` answers it out of one parsed document; `jwk`, `key` and `ml_dsa` parse one key each
//!    and decide what it may be used for.
//! 3. [`StaticKeys`] holds one set for ever. [`JwksClient`] fetches sets: `fetch` knows URLs and
//!    HTTP, `schedule` decides when to fetch, `cache` does it, and `believed` tells requests, without a
//!    lock, that nothing has changed.

#[cfg(feature = "http-client")]
mod absent;
mod algorithm;
#[cfg(feature = "http-client")]
mod believed;
#[cfg(feature = "http-client")]
mod bucket;
#[cfg(feature = "http-client")]
mod cache;
#[cfg(feature = "http-client")]
mod client;
#[cfg(feature = "http-client")]
mod fetch;
mod jwk;
mod key;
mod key_set;
mod ml_dsa;
#[cfg(feature = "http-client")]
mod schedule;
#[cfg(feature = "http-client")]
#[cfg(test)]
mod simulation;
mod source;
mod static_keys;

// `believed` names it by `super::`, so that `tests/tests/loom.rs` can put loom's in its place.
#[cfg(feature = "http-client")]
use std::sync::atomic;

pub use algorithm::Algorithm;
#[cfg(feature = "http-client")]
pub use client::{JwksClient, JwksClientBuilder};
pub use key::VerificationKey;
pub use source::{KeyEdition, KeyFuture, KeyLookup, KeyQuery, KeySource, ReadyFuture};
pub use static_keys::StaticKeys;

/// The key of a JWK that is not the issuer's, by the same rules: public, for signatures, not weak.
///
/// # Errors
///
/// Why it cannot be used.
pub(crate) fn public_key(jwk: &serde_json::Value) -> Result<VerificationKey, &'static str> {
    jwk::parse(jwk).map_err(|(jwk::Skip::NotForUs(why) | jwk::Skip::Bad(why))| why)
}
