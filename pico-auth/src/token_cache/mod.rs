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
const UNIT: usize = 2048;

#[derive(Clone)]
struct Size;

impl<T> Weighter<Box<str>, Arc<Kept<T>>> for Size {
    fn weight(&self, token: &Box<str>, _: &Arc<Kept<T>>) -> u64 {
        token.len().div_ceil(UNIT).max(1) as u64
    }
}

impl<T> RememberingValidator<T> {
    pub(crate) fn new(jwt: TokenValidator, kind: TokenKind, limits: CacheLimits) -> Self {
        let expected = usize::try_from(limits.tokens).unwrap_or(usize::MAX);
        Self {
            jwt,
            kind,
            kept: (limits.tokens > 0).then(|| {
                Cache::with(
                    expected,
                    limits.tokens,
                    Size,
                    BuildSampleHasher::default(),
                    DefaultLifecycle::default(),
                )
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
            && self.key_is_current(&kept).await?
        {
            self.count_hit();
            return Ok(kept);
        }
        if self.kept.is_some() {
            meter::miss(self.kind);
        }
        let begun = Begun::now(self.jwt.clock());
        let verified = self.jwt.verify_and_read(token, self.kind, |verified| {
            let forget_at = self.jwt.clock().now().saturating_add(self.max_age);
            Ok(Kept::new(read(&verified)?, &verified, forget_at))
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
        if kept.must_be_verified_again(self.jwt.rules(), self.jwt.clock().now()) {
            cache.remove(token);
            return None;
        }
        Some(kept)
    }

    /// Counts a token that was [`at_hand`](Self::at_hand) and needed nothing else.
    pub(crate) fn count_hit(&self) {
        self.hits.hit(self.kind);
    }

    /// Whether the key that verified a token is the one that it asks for now. Its `kid` alone says nothing:
    /// another key may have it today.
    async fn key_is_current(&self, kept: &Kept<T>) -> Result<bool, AuthClientError> {
        // Before the key is looked for, as where a token is verified.
        let edition = self.jwt.keys().edition();
        if edition.is_some_and(|edition| kept.was_verified_among(edition)) {
            return Ok(true);
        }
        let found = self.jwt.find(kept.signed_by().query()).await?;
        let is_current =
            matches!(&found, KeyLookup::Found(key) if key.is_same(&kept.signed_by().key));
        if let (true, Some(edition)) = (is_current, edition) {
            kept.found_again_among(edition);
        }
        Ok(is_current)
    }
}
