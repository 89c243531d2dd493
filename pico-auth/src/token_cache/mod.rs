//! Tokens that were verified, kept, so that the next request with the same token need not verify it
//! again.
//!
//! - Only verified tokens enter: nobody fills it with what does not verify. Failures are not kept.
//! - A token is found by all of its bytes: each entry holds the token and is compared with it. (A
//!   cryptographic digest in its place would cost more than all the rest of a hit.) So the memory of the
//!   process holds tokens that may still be valid, as it does while a request runs.
//! - Each cache belongs to one issuer with its settings, and to one purpose: what is kept for a
//!   bearer token is of another type than what is kept for an agent's.
//! - Of a token that is found, everything is checked that can have changed: its times, here, and that the
//!   key which verified it is still the one that it asks for. Whether it was revoked, and who has sent it,
//!   is asked by whoever asked here.

mod kept;
mod sample;

use std::sync::Arc;
use std::time::Duration;

use quick_cache::Weighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

pub(crate) use self::kept::Kept;
use self::sample::BuildSampleHasher;
use crate::error::{AuthClientError, TokenInvalidReason, TokenKind};
use crate::jwks::KeyLookup;
use crate::jwt::{TokenValidator, Verified};
use crate::meter::{self, Begun, Hits};

/// How much is kept, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CacheLimits {
    /// 0 keeps nothing.
    pub(crate) tokens: u64,
    pub(crate) max_age: Duration,
}

/// What is kept of each token.
type Tokens<T> = Cache<Box<str>, Arc<Kept<T>>, Size, BuildSampleHasher>;

/// Verifies tokens of one purpose, reads each as a `T`, and remembers what it has read.
pub(crate) struct RememberingValidator<T> {
    jwt: TokenValidator,
    kind: TokenKind,
    kept: Option<Tokens<T>>,
    max_age: Duration,
    hits: Hits,
}

/// A token of up to this many bytes counts once, a longer one several times: so the memory follows what the
/// issuer signs, and not the number of tokens alone.
const BYTES: usize = 2048;

/// The same of the values in its claims, for small ones take far more memory than text once they are a map:
/// up to 360 bytes each, an object with one member the most. Ordinary tokens have fewer in so many bytes.
const VALUES: usize = 64;

/// For how many tokens there is room from the start. Else a cache begins with none, and whenever it is full
/// all of it is hashed anew behind its lock.
const AT_FIRST: usize = 1024;

#[derive(Clone)]
struct Size;

impl<T> Weighter<Box<str>, Arc<Kept<T>>> for Size {
    fn weight(&self, token: &Box<str>, kept: &Arc<Kept<T>>) -> u64 {
        let units = token.len().div_ceil(BYTES);
        units.max(kept.values.div_ceil(VALUES)).max(1) as u64
    }
}

impl<T> RememberingValidator<T> {
    pub(crate) fn new(jwt: TokenValidator, kind: TokenKind, limits: CacheLimits) -> Self {
        let expected = usize::try_from(limits.tokens).unwrap_or(usize::MAX);
        Self {
            jwt,
            kind,
            kept: (limits.tokens > 0).then(|| {
                let cache = Cache::with(
                    expected,
                    limits.tokens,
                    Size,
                    BuildSampleHasher::default(),
                    DefaultLifecycle::default(),
                );
                cache.reserve(expected.min(AT_FIRST));
                cache
            }),
            max_age: limits.max_age,
            hits: Hits::default(),
        }
    }

    /// What was read of this token before, where nothing has to be waited for to know that it is still
    /// good.
    pub(crate) fn at_hand(&self, token: &str) -> Option<Arc<Kept<T>>> {
        let kept = self.recall(token)?;
        let edition = self.jwt.keys().edition()?;
        kept.was_verified_among(edition).then_some(kept)
    }

    /// Verifies and reads a token, or remembers it.
    pub(crate) async fn verify(
        &self,
        token: &str,
        read: impl FnOnce(&Verified<'_>) -> Result<T, TokenInvalidReason>,
    ) -> Result<Arc<Kept<T>>, AuthClientError> {
        if let Some(kept) = self.recall(token)
            && self.is_still_good(&kept).await?
        {
            self.count_hit();
            return Ok(kept);
        }
        if self.kept.is_some() {
            meter::miss(self.kind);
        }
        let begun = Begun::now(self.jwt.clock());
        let verified = self.jwt.verify_and_read(token, self.kind, |verified| {
            Ok(Kept::new(read(&verified)?, &verified, self.max_age))
        });
        let verified = verified.await;
        begun.verification(self.jwt.clock(), "key", self.kind, &verified);
        let kept = Arc::new(verified?);
        if let Some(cache) = &self.kept {
            cache.insert(token.into(), Arc::clone(&kept));
        }
        Ok(kept)
    }

    /// A token that is kept, and valid by its times.
    fn recall(&self, token: &str) -> Option<Arc<Kept<T>>> {
        let cache = self.kept.as_ref()?;
        let kept = cache.get(token)?;
        if self.is_over(&kept) {
            // But not what another request has put in its place meanwhile.
            cache.remove_if(token, |known| Arc::ptr_eq(known, &kept));
            return None;
        }
        Some(kept)
    }

    /// Whether its time is over, now.
    fn is_over(&self, kept: &Kept<T>) -> bool {
        kept.must_be_verified_again(self.jwt.rules(), self.jwt.clock().now())
    }

    /// Counts a token that was [`at_hand`](Self::at_hand) and needed nothing else.
    pub(crate) fn count_hit(&self) {
        self.hits.hit(self.kind);
    }

    /// Whether the key that verified a token is the one that it asks for now. Its `kid` alone says nothing:
    /// another key may have it today.
    async fn is_still_good(&self, kept: &Kept<T>) -> Result<bool, AuthClientError> {
        let edition = self.jwt.keys().edition();
        if edition.is_some_and(|edition| kept.was_verified_among(edition)) {
            return Ok(true);
        }
        let (found, edition) = self.jwt.find(kept.signed_by().query()).await?;
        let is_current =
            matches!(&found, KeyLookup::Found(key) if key.is_same(&kept.signed_by().key));
        if let (true, Some(edition)) = (is_current, edition) {
            kept.found_again_among(edition);
        }
        // A key that had to be fetched has taken its time.
        Ok(is_current && !self.is_over(kept))
    }
}
