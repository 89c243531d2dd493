//! When to fetch: a cached key set, at most one fetch at a time, and an answer in every weather.
//!
//! - A set is *fresh* for the TTL. A known key of a fresh set is the answer, without waiting.
//! - A set past its TTL is fetched anew and the request waits for it. If that fails, known keys keep
//!   working for `max_stale` longer; from then on requests for known keys do not wait for the next
//!   attempts.
//! - An unknown key id fetches once, as often as the bucket allows: a key rotated in is accepted by
//!   the very request that first shows it.
//! - After a failure there is no attempt for [`BACKOFF`].
//!
//! A fetch runs in a task of its own: a request that is dropped takes nothing with it.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use super::bucket::{Bucket, REFILL_INTERVAL};
use super::fetch::Fetcher;
use super::key_set::KeySet;
use super::{KeyLookup, KeyQuery};
use crate::clock::Clock;
use crate::error::{AuthUnavailableError, Dependency};
use crate::fetch::FetchError;

/// How long a failed fetch is not repeated.
const BACKOFF: Duration = Duration::from_secs(1);

/// What is fetched; a trait so that the rules above can be tested without a network.
pub(super) trait Fetch: Send + Sync + 'static {
    fn fetch(&self) -> impl Future<Output = Result<KeySet, FetchError>> + Send;
}

impl Fetch for Fetcher {
    fn fetch(&self) -> impl Future<Output = Result<KeySet, FetchError>> + Send {
        self.key_set()
    }
}

/// How long a set may be used, counted from the moment its fetch began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lifetime {
    /// As long as it is fresh.
    pub(super) ttl: Duration,
    /// How much longer while it cannot be fetched anew.
    pub(super) max_stale: Duration,
}

pub(super) struct KeyCache<F> {
    inner: Arc<Inner<F>>,
}

struct Inner<F> {
    fetch: F,
    clock: Arc<dyn Clock>,
    lifetime: Lifetime,
    state: Mutex<State>,
    /// Held by the task that fetches.
    in_flight: Arc<AsyncMutex<()>>,
}

struct State {
    current: Option<Current>,
    /// How many fetches have begun.
    begun: u64,
    /// Set while the last attempt is a failure.
    failure: Option<Failure>,
    bucket: Bucket,
}

struct Current {
    keys: Arc<KeySet>,
    begun_at: Duration,
}

struct Failure {
    at: Duration,
    error: AuthUnavailableError,
}

type Answer = Result<KeyLookup, AuthUnavailableError>;

/// What is to be done for a request.
enum Step {
    Answer(Answer),
    /// Answer now, and fetch behind the request's back.
    AnswerAndFetch(KeyLookup),
    Fetch,
}

impl<F: Fetch> KeyCache<F> {
    pub(super) fn new(fetch: F, clock: Arc<dyn Clock>, lifetime: Lifetime) -> Self {
        let bucket = Bucket::full(clock.elapsed());
        let state = State {
            current: None,
            begun: 0,
            failure: None,
            bucket,
        };
        Self {
            inner: Arc::new(Inner {
                fetch,
                clock,
                lifetime,
                state: Mutex::new(state),
                in_flight: Arc::default(),
            }),
        }
    }

    pub(super) async fn find(&self, query: KeyQuery<'_>) -> Answer {
        let inner = &self.inner;
        let (step, begun) = {
            let mut state = inner.state();
            (inner.step(&mut state, query, None), state.begun)
        };
        match step {
            Step::Answer(answer) => return answer,
            Step::AnswerAndFetch(answer) => {
                if let Ok(turn) = Arc::clone(&inner.in_flight).try_lock_owned() {
                    inner.begin(turn)?;
                }
                return Ok(answer);
            }
            Step::Fetch => {}
        }
        // Whoever had the turn before may have fetched what we need.
        let turn = Arc::clone(&inner.in_flight).lock_owned().await;
        let step = inner.step(&mut inner.state(), query, Some(begun));
        match step {
            Step::Answer(answer) => answer,
            Step::AnswerAndFetch(answer) => inner.begin(turn).map(|_| answer),
            Step::Fetch => {
                let fetch = inner.begin(turn)?;
                fetch
                    .await
                    .map_err(|error| unavailable().with_cause(error))?;
                inner.after_fetch(query)
            }
        }
    }
}

impl<F: Fetch> Inner<F> {
    /// Nothing panics while it holds the lock; if it ever does, each field is still whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decides for one request. `my_turn` is `None` at its first look; once it has the turn to
    /// fetch, it is the number of fetches that had begun at its first look.
    fn step(&self, state: &mut State, query: KeyQuery<'_>, my_turn: Option<u64>) -> Step {
        let now = self.clock.elapsed();
        let fresh = state.age(now).is_some_and(|age| age < self.lifetime.ttl);
        let lookup = self.usable(state, now).map(|keys| keys.find(query));
        let known = match lookup {
            None | Some(KeyLookup::Unknown) => None,
            Some(known) if fresh => return Step::Answer(Ok(known)),
            known => known,
        };
        match (&state.failure, known) {
            (Some(failure), known) if now.saturating_sub(failure.at) < BACKOFF => {
                return Step::Answer(known.ok_or_else(|| failure.error.clone()));
            }
            (Some(_), Some(known)) => return Step::AnswerAndFetch(known),
            _ if !fresh => return Step::Fetch,
            _ => {}
        }
        // A fresh set without this key id. A fetch that began after the request came has settled it.
        if my_turn.is_some_and(|begun| state.begun > begun) {
            return Step::Answer(Ok(KeyLookup::Unknown));
        }
        let wait = state.bucket.wait(now);
        if wait.is_zero() {
            if my_turn.is_some() {
                state.bucket.take(now);
            }
            return Step::Fetch;
        }
        // No fetch now. A set this young is as good as one fetched for the request.
        Step::Answer(match state.age(now) {
            Some(age) if age < REFILL_INTERVAL => Ok(KeyLookup::Unknown),
            _ => Err(unavailable().with_retry_after(wait)),
        })
    }

    /// The answer after a fetch for this very request.
    fn after_fetch(&self, query: KeyQuery<'_>) -> Answer {
        let state = self.state();
        let keys = self.usable(&state, self.clock.elapsed());
        match (keys.map(|keys| keys.find(query)), &state.failure) {
            (None | Some(KeyLookup::Unknown), Some(failure)) => Err(failure.error.clone()),
            (Some(lookup), _) => Ok(lookup),
            (None, None) => Err(unavailable()),
        }
    }

    fn usable<'s>(&self, state: &'s State, now: Duration) -> Option<&'s KeySet> {
        let bound = self.lifetime.ttl.saturating_add(self.lifetime.max_stale);
        let current = state.current.as_ref()?;
        (state.age(now)? < bound).then_some(&*current.keys)
    }

    /// Starts a fetch in a task of its own, which keeps the turn until it is done.
    fn begin(
        self: &Arc<Self>,
        turn: OwnedMutexGuard<()>,
    ) -> Result<tokio::task::JoinHandle<()>, AuthUnavailableError> {
        let runtime = Handle::try_current().map_err(|error| unavailable().with_cause(error))?;
        let inner = Arc::clone(self);
        let begun_at = self.clock.elapsed();
        self.state().begun += 1;
        Ok(runtime.spawn(async move {
            let outcome = inner.fetch.fetch().await;
            inner.record(begun_at, outcome);
            drop(turn);
        }))
    }

    fn record(&self, begun_at: Duration, outcome: Result<KeySet, FetchError>) {
        match outcome {
            Ok(keys) => {
                // Compared without the lock: requests go on. Only the task that holds the turn writes.
                let known = self
                    .state()
                    .current
                    .as_ref()
                    .map(|known| Arc::clone(&known.keys));
                let keys = Arc::new(match known {
                    Some(known) => keys.reusing(&known),
                    None => keys,
                });
                let mut state = self.state();
                state.current = Some(Current { keys, begun_at });
                state.failure = None;
            }
            Err(error) => {
                tracing::warn!(%error, "the signing keys could not be fetched");
                let at = self.clock.elapsed();
                let error = unavailable().with_cause(error);
                self.state().failure = Some(Failure { at, error });
            }
        }
    }
}

impl State {
    /// How old the current set is.
    fn age(&self, now: Duration) -> Option<Duration> {
        let current = self.current.as_ref()?;
        Some(now.saturating_sub(current.begun_at))
    }
}

fn unavailable() -> AuthUnavailableError {
    AuthUnavailableError::new(Dependency::SigningKeys)
}
