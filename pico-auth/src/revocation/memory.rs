//! A list in the memory of one process.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use super::digest::Digest;
use super::entries::Entries;
use super::{RevocationList, RevocationQuery};
use crate::clock::{Clock, SystemClock};
use crate::error::AuthUnavailableError;

/// Revoked tokens in the memory of this process: for a service of one instance, and for tests. It is
/// empty after a restart. Cheap to clone; clones are the same list.
///
/// ```
/// use pico_auth::{MemoryRevocationList, SecurityContext};
///
/// /// Signs the caller out: their token is refused from the next request on.
/// fn sign_out(revoked: &MemoryRevocationList, caller: &SecurityContext) {
///     if let Some(jti) = caller.token_claims().jti() {
///         revoked.revoke(caller.issuer(), jti, caller.expires_at());
///     }
/// }
/// ```
///
/// An entry takes some 50 bytes, however long the id is, and is dropped when its token has expired.
#[derive(Clone)]
pub struct MemoryRevocationList {
    inner: Arc<Inner>,
}

struct Inner {
    entries: RwLock<Entries>,
    clock: Box<dyn Clock>,
}

impl MemoryRevocationList {
    /// An empty list.
    pub fn new() -> Self {
        Self::with_clock(SystemClock::new())
    }

    /// An empty list that takes the time from `clock`: the same as the authenticator's.
    pub fn with_clock(clock: impl Clock) -> Self {
        Self {
            inner: Arc::new(Inner {
                entries: RwLock::new(Entries::new()),
                clock: Box::new(clock),
            }),
        }
    }

    /// Revokes the token `jti` of `issuer`, from the next request on.
    ///
    /// `until` is when the token expires by itself (its `exp`); ten minutes later the entry may be
    /// forgotten. An earlier time would bring the token back to life. To revoke again never shortens. A token
    /// without `exp` ([`allow_missing_expiry`](crate::danger::allow_missing_expiry)) never expires by itself,
    /// and the caller's `expires_at` is too early for it: name a time far off.
    pub fn revoke(&self, issuer: &str, jti: &str, until: SystemTime) {
        let until = until.duration_since(UNIX_EPOCH).unwrap_or_default();
        let token = Digest::of_pair(issuer, jti);
        let now = self.inner.clock.now();
        // Nothing panics while it holds the lock.
        let mut entries = self
            .inner
            .entries
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        entries.insert(token, until, now);
    }

    /// How many tokens are kept, expired ones that are not yet dropped included.
    pub fn len(&self) -> usize {
        let entries = self.inner.entries.read();
        entries.unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether nothing was ever revoked, or all of it is forgotten.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn contains(&self, token: RevocationQuery<'_>) -> bool {
        let digest = Digest::of_pair(token.issuer, token.jti);
        let now = self.inner.clock.now();
        let entries = self.inner.entries.read();
        entries
            .unwrap_or_else(PoisonError::into_inner)
            .contains(digest, now)
    }
}

impl Default for MemoryRevocationList {
    fn default() -> Self {
        Self::new()
    }
}

impl RevocationList for MemoryRevocationList {
    async fn is_revoked(&self, token: RevocationQuery<'_>) -> Result<bool, AuthUnavailableError> {
        Ok(self.contains(token))
    }

    fn at_hand(&self, token: RevocationQuery<'_>) -> Option<Result<bool, AuthUnavailableError>> {
        Some(Ok(self.contains(token)))
    }
}

/// Shows how many there are.
impl fmt::Debug for MemoryRevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryRevocationList")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}
