//! The question after a key, and who answers it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::{Algorithm, VerificationKey};
use crate::error::AuthUnavailableError;

/// Which key a token needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyQuery<'a> {
    /// The `kid` of the token's header. Without one, the key must be the only one that permits the
    /// algorithm.
    pub kid: Option<&'a str>,
    /// The `alg` of the token's header; it is on the allow-list.
    pub algorithm: Algorithm,
}

/// What a [`KeySource`] knows of a key. "Cannot know now" is not among the answers: it is an error.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum KeyLookup {
    /// The key.
    Found(Arc<VerificationKey>),
    /// The issuer has no such key.
    Unknown,
    /// The issuer has keys of this `kid`, and none of them permits the algorithm.
    AlgorithmMismatch,
    /// More than one key would do.
    Ambiguous,
}

/// The answer of a [`KeySource`], some time later.
pub type KeyFuture<'a> =
    Pin<Box<dyn Future<Output = Result<KeyLookup, AuthUnavailableError>> + Send + 'a>>;

/// That a [`KeySource`] has keys, some time later.
pub type ReadyFuture<'a> =
    Pin<Box<dyn Future<Output = Result<(), AuthUnavailableError>> + Send + 'a>>;

/// Where verification keys come from.
///
/// Implement it to take keys from somewhere else, usually by delegating to [`StaticKeys`] built out
/// of what was read there.
///
/// [`StaticKeys`]: crate::StaticKeys
pub trait KeySource: Send + Sync + 'static {
    /// Looks for the one key that `query` asks for.
    ///
    /// # Errors
    ///
    /// [`AuthUnavailableError`] where it cannot be known now whether the issuer has such a key.
    fn find<'a>(&'a self, query: KeyQuery<'a>) -> KeyFuture<'a>;

    /// Waits until there are keys, no longer than `timeout`. The default is for sources that always have
    /// some: it does not wait.
    ///
    /// # Errors
    ///
    /// [`AuthUnavailableError`] where there are none in time.
    fn wait_until_ready(&self, timeout: Duration) -> ReadyFuture<'_> {
        let _ = timeout;
        Box::pin(std::future::ready(Ok(())))
    }
}
