//! The question after a key, and who answers it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
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

/// Stands for all that a [`KeySource`] says of its keys, until any of it changes. Two are equal only
/// where one is a copy of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyEdition(u64);

impl KeyEdition {
    /// One that no other source has, nor had this one before.
    #[must_use]
    pub fn unique() -> Self {
        // 0 is for "none" where an edition is kept in an atomic.
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed) + 1)
    }

    pub(crate) const fn number(self) -> u64 {
        self.0
    }

    /// The edition with this number.
    #[cfg(feature = "http-client")]
    pub(super) const fn numbered(number: u64) -> Self {
        Self(number)
    }
}

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

    /// Stands for what [`find`](Self::find) would say now: while it is the same, a question that a key
    /// was found for has the same answer. Whoever keeps what a key has verified looks here on every request,
    /// first at the edition and then for the key. So it must not wait, and it must change **together with** the
    /// answers, by one lock or one snapshot as below. Changed later, a withdrawn key is believed meanwhile;
    /// changed earlier, an old key that is found in between is taken for one of the new edition, and stays
    /// believed. And it must **never come back**: once there was another, keys that are put back in its place
    /// have a new edition, or what the others have verified meanwhile may be taken for theirs. `None`, the
    /// default, where that cannot be promised: then `find` is asked each time.
    ///
    /// A source made of several has an edition of its own, a new one whenever any of them changes. A clone of
    /// [`StaticKeys`](crate::StaticKeys) has the same edition as the original, so where keys are exchanged,
    /// each exchange makes a new one:
    ///
    /// ```
    /// use std::sync::{Arc, RwLock};
    /// use pico_auth::{KeyEdition, KeyFuture, KeyQuery, KeySource, StaticKeys};
    ///
    /// /// Keys that an operator can exchange, also for those of before.
    /// struct Exchangeable(RwLock<(StaticKeys, KeyEdition)>);
    ///
    /// impl Exchangeable {
    ///     fn exchange(&self, keys: StaticKeys) {
    ///         *self.0.write().unwrap() = (keys, KeyEdition::unique());
    ///     }
    /// }
    ///
    /// impl KeySource for Exchangeable {
    ///     fn find<'a>(&'a self, query: KeyQuery<'a>) -> KeyFuture<'a> {
    ///         let (keys, _) = &*self.0.read().unwrap();
    ///         Box::pin(std::future::ready(Ok(keys.lookup(query))))
    ///     }
    ///
    ///     fn edition(&self) -> Option<KeyEdition> {
    ///         let (_, edition) = *self.0.read().unwrap();
    ///         Some(edition)
    ///     }
    /// }
    /// ```
    fn edition(&self) -> Option<KeyEdition> {
        None
    }

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
