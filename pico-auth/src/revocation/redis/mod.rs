//! One list for many instances, in Redis.

mod builder;
mod connect;
mod layout;
mod mirror;
mod session;
mod upkeep;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub use self::builder::RedisRevocationListBuilder;
use self::upkeep::Shared;
use super::background::Background;
use super::{RevocationList, RevocationQuery, unavailable};
use crate::error::AuthUnavailableError;

/// Revoked tokens in Redis: what one instance revokes, every instance refuses, as soon as a message
/// takes to reach it. Cheap to clone; clones are the same list.
///
/// ```no_run
/// use pico_auth::{RedisRevocationList, SecurityContext};
///
/// # fn list() -> Result<(), pico_auth::AuthConfigurationError> {
/// let revoked = RedisRevocationList::builder("rediss://:password@redis.example:6379").build()?;
/// # Ok(()) }
/// async fn sign_out(
///     revoked: &RedisRevocationList,
///     caller: &SecurityContext,
/// ) -> Result<(), pico_auth::AuthUnavailableError> {
///     match caller.token_claims().jti() {
///         Some(jti) => revoked.revoke(caller.issuer(), jti, caller.expires_at()).await,
///         None => Ok(()),
///     }
/// }
/// ```
///
/// Each instance keeps a mirror in its memory (some 50 bytes a token), fed by a subscription; requests
/// never wait for Redis but before the set was read for the first time, and then no longer than twice
/// the [`timeout`](RedisRevocationListBuilder::timeout);
/// [`Authenticator::wait_until_ready`](crate::Authenticator::wait_until_ready) spares them that. Each second it sends a message to itself to prove that it
/// still hears. Without a proof for [`max_age`](RedisRevocationListBuilder::max_age), tokens that are
/// not known to be revoked are answered 503 until it has subscribed again and read the whole set anew.
///
/// # What stands in Redis
///
/// With the name `pico-auth:revoked`, so that others can write it, too, in one transaction
/// (`MULTI`, `ZADD`, `PUBLISH`, `EXEC`):
///
/// - the sorted set `pico-auth:revoked`: a member is the issuer, a line feed, and the token id; its
///   score is when the token expires, in seconds since the epoch;
/// - the channel `pico-auth:revoked:added`: a message is the score, a line feed, and the member.
///
/// A member or message of another form names no token: it is passed over, with an error in the log. The
/// user needs `EVAL`, `TIME`, `ZADD`, `ZREMRANGEBYSCORE`, `ZSCAN`, `PUBLISH`, `SUBSCRIBE` and `ROLE`.
/// Redis 6.2 or later, one primary; no cluster, no sentinel. Give it `appendonly yes`, and a memory
/// policy that evicts nothing: what Redis forgets, an instance that starts later never knew.
#[derive(Clone)]
pub struct RedisRevocationList {
    shared: Arc<Shared>,
    task: Arc<Background>,
}

impl RedisRevocationList {
    /// Starts to configure a list at `rediss://user:password@host:port/database`.
    pub fn builder(url: impl Into<String>) -> RedisRevocationListBuilder {
        RedisRevocationListBuilder::new(url.into())
    }

    /// Revokes the token `jti` of `issuer`: in this instance when this returns, in all others as soon as
    /// they get the message.
    ///
    /// `until` is when the token expires by itself (its `exp`); ten minutes later the entry may be
    /// forgotten. An earlier time would bring the token back to life. To revoke again never shortens. A token
    /// without `exp` ([`allow_missing_expiry`](crate::danger::allow_missing_expiry)) never expires by itself,
    /// and the caller's `expires_at` is too early for it: name a time far off.
    ///
    /// # Errors
    ///
    /// [`AuthUnavailableError`] where Redis did not confirm it: then it may or may not be revoked. Try
    /// again. Also for an issuer that is empty or has a line feed, which no token can name.
    pub async fn revoke(
        &self,
        issuer: &str,
        jti: &str,
        until: SystemTime,
    ) -> Result<(), AuthUnavailableError> {
        let Some(member) = layout::member(issuer, jti) else {
            let cause = "the issuer is empty or has a line feed";
            return Err(unavailable().with_cause(cause));
        };
        let until = until.duration_since(UNIX_EPOCH).unwrap_or_default();
        let shared = &self.shared;
        // A connection that was lost shows itself only when it is used.
        let written = match shared.write(&member, until).await {
            Ok(()) => Ok(()),
            Err(_) => shared.write(&member, until).await,
        };
        written.map_err(|fault| unavailable().with_cause(fault.to_string()))?;
        shared.mirror.add(issuer, jti, until);
        Ok(())
    }

    /// Proves now that the list is current, and waits for it: a token that was revoked before this call,
    /// anywhere, is refused after it.
    ///
    /// # Errors
    ///
    /// [`AuthUnavailableError`] where Redis cannot be reached.
    pub async fn refresh(&self) -> Result<(), AuthUnavailableError> {
        self.start()?;
        self.shared.attempts.new_one().await;
        self.shared.mirror.outage().map_or(Ok(()), Err)
    }

    /// How many tokens this instance knows to be revoked, expired ones that are not yet dropped included.
    pub fn len(&self) -> usize {
        self.shared.mirror.len()
    }

    /// Whether this instance knows of no revoked token.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn start(&self) -> Result<(), AuthUnavailableError> {
        self.task.start(|| Arc::clone(&self.shared).run())
    }
}

impl RevocationList for RedisRevocationList {
    async fn is_revoked(&self, token: RevocationQuery<'_>) -> Result<bool, AuthUnavailableError> {
        self.start()?;
        let Shared {
            attempts, mirror, ..
        } = &*self.shared;
        // A large set takes longer to read than a request should wait.
        let _ = tokio::time::timeout(self.shared.patience(), attempts.any()).await;
        match mirror.answer(token) {
            Some(revoked) => Ok(revoked),
            None => Err(mirror.outage().unwrap_or_else(not_yet)),
        }
    }

    fn at_hand(&self, token: RevocationQuery<'_>) -> Option<Result<bool, AuthUnavailableError>> {
        let mirror = &self.shared.mirror;
        match mirror.answer(token) {
            Some(revoked) => Some(Ok(revoked)),
            None if self.task.is_alive() => mirror.outage().map(Err),
            None => None,
        }
    }

    /// Subscribes and reads the whole set, again after failures.
    async fn wait_until_ready(&self, timeout: Duration) -> Result<(), AuthUnavailableError> {
        self.start()?;
        let Shared {
            attempts, mirror, ..
        } = &*self.shared;
        let ready = attempts.until(|| mirror.is_ready());
        let outcome = tokio::time::timeout(timeout, ready).await;
        outcome.map_err(|_| mirror.outage().unwrap_or_else(not_yet))
    }
}

fn not_yet() -> AuthUnavailableError {
    unavailable().with_cause("the set in Redis was not read to its end yet")
}

/// Shows where the list is.
impl fmt::Debug for RedisRevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisRevocationList")
            .field("server", &self.shared.server.address())
            .field("name", &self.shared.layout.set)
            .finish_non_exhaustive()
    }
}
