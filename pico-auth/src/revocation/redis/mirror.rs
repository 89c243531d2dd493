//! What this instance knows of the set in Redis, and until when it may be believed.

use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use super::layout;
use crate::clock::Clock;
use crate::error::AuthUnavailableError;
use crate::events;
use crate::revocation::digest::Digest;
use crate::revocation::entries::Entries;
use crate::revocation::{RevocationQuery, unavailable};

pub(super) struct Mirror {
    clock: Arc<dyn Clock>,
    /// How long the mirror answers after the last proof that it is current.
    max_age: Duration,
    state: RwLock<State>,
}

struct State {
    entries: Entries,
    /// Everything that was revoked before this moment is in `entries`.
    current_at: Option<Duration>,
    /// Set while the last attempt is a failure.
    failure: Option<AuthUnavailableError>,
}

impl Mirror {
    pub(super) fn new(clock: Arc<dyn Clock>, max_age: Duration) -> Self {
        Self {
            clock,
            max_age,
            state: RwLock::new(State {
                entries: Entries::new(),
                current_at: None,
                failure: None,
            }),
        }
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Whether the token was revoked; `None` where the mirror may be too old to say no.
    pub(super) fn answer(&self, token: RevocationQuery<'_>) -> Option<bool> {
        let digest = Digest::of_pair(token.issuer, token.jti);
        let now = self.clock.now();
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        if state.entries.contains(digest, now) {
            return Some(true);
        }
        self.is_believed(&state).then_some(false)
    }

    /// Whether the mirror may say no.
    pub(super) fn is_ready(&self) -> bool {
        self.is_believed(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_believed(&self, state: &State) -> bool {
        let now = self.clock.elapsed();
        let current_at = state.current_at;
        current_at.is_some_and(|proven| now.saturating_sub(proven) < self.max_age)
    }

    /// The failure of the last attempt.
    pub(super) fn outage(&self) -> Option<AuthUnavailableError> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.failure.clone()
    }

    /// How many tokens are kept.
    pub(super) fn len(&self) -> usize {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.entries.len()
    }

    /// Adds one page of the set.
    pub(super) fn add_page(&self, page: &[(Vec<u8>, f64)]) {
        let now = self.clock.now();
        let read = |(member, score): &(Vec<u8>, f64)| {
            let (issuer, jti) = layout::parse_member(member)?;
            Some((Digest::of_pair(issuer, jti), layout::parse_score(*score)?))
        };
        // Hashed before the lock is taken: requests go on.
        let entries: Vec<_> = page.iter().map(read).collect();
        let mut state = self.write();
        for entry in entries {
            match entry {
                Some((token, until)) => state.entries.insert(token, until, now),
                None => events::not_a_revocation("member of the set"),
            }
        }
    }

    /// Adds what a message says.
    pub(super) fn add_message(&self, message: &[u8]) {
        match layout::parse_message(message) {
            Some((until, issuer, jti)) => self.add(issuer, jti, until),
            None => events::not_a_revocation("message"),
        }
    }

    pub(super) fn add(&self, issuer: &str, jti: &str, until: Duration) {
        let token = Digest::of_pair(issuer, jti);
        let now = self.clock.now();
        self.write().entries.insert(token, until, now);
    }

    pub(super) fn is_current(&self, since: Duration) {
        let mut state = self.write();
        state.current_at = Some(since);
        state.failure = None;
    }

    pub(super) fn failed(&self, cause: String, retry_after: Duration) {
        let error = unavailable()
            .with_retry_after(retry_after)
            .with_cause(cause);
        self.write().failure = Some(error);
    }

    /// Nothing panics while it holds the lock.
    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}
