//! A key set that is fetched: does what `schedule` says, at most one fetch at a time.
//!
//! Requests look at the state and go on, or wait until the fetch that runs has ended and look again.
//! What runs beside them is in `tasks`.

mod tasks;

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use self::tasks::{Running, refresh};
use super::absent::Absent;
use super::believed::Believed;
use super::fetch::{Fetched, Fetcher};
use super::key_set::KeySet;
use super::schedule::{Asked, Rules, Schedule, Step};
use super::{KeyEdition, KeyLookup, KeyQuery};
use crate::clock::Clock;
use crate::error::{AuthUnavailableError, Dependency};
use crate::fetch::FetchError;

/// What is fetched; a trait so that the cache can be tested without a network.
pub(super) trait Fetch: Send + Sync + 'static {
    fn fetch(&self) -> impl Future<Output = Result<Fetched, FetchError>> + Send;

    /// Where from, for logs and metrics.
    fn source(&self) -> String {
        String::new()
    }
}

impl Fetch for Fetcher {
    fn fetch(&self) -> impl Future<Output = Result<Fetched, FetchError>> + Send {
        self.key_set()
    }

    fn source(&self) -> String {
        self.location().without_query().to_string()
    }
}

/// What does not depend on what is fetched.
pub(super) struct Surroundings {
    pub(super) clock: Arc<dyn Clock>,
    /// A number in 0..1, another each time.
    pub(super) random: fn() -> f64,
    /// How long a request may wait in all.
    pub(super) patience: Duration,
}

pub(super) struct KeyCache<F: Fetch> {
    inner: Arc<Inner<F>>,
}

struct Inner<F> {
    fetch: F,
    surroundings: Surroundings,
    state: Mutex<State>,
    believed: Believed,
    /// Tells that a fetch has ended.
    ended: watch::Sender<()>,
}

struct State {
    schedule: Schedule,
    keys: Option<Arc<KeySet>>,
    /// Of these keys.
    edition: KeyEdition,
    absent: Absent,
    /// Why the last fetch failed, for logs.
    failure: Option<AuthUnavailableError>,
    refresher: Option<JoinHandle<()>>,
}

type Answer = Result<KeyLookup, AuthUnavailableError>;

/// What one look at the state has shown.
enum Look<T> {
    Done(T),
    /// Look again when a fetch has ended.
    Wait(watch::Receiver<()>),
}

impl<F: Fetch> KeyCache<F> {
    pub(super) fn new(fetch: F, rules: Rules, surroundings: Surroundings) -> Self {
        let state = State {
            schedule: Schedule::new(rules, surroundings.clock.elapsed()),
            keys: None,
            edition: KeyEdition::unique(),
            absent: Absent::new(rules.unknown.interval),
            failure: None,
            refresher: None,
        };
        Self {
            inner: Arc::new(Inner {
                fetch,
                surroundings,
                state: Mutex::new(state),
                believed: Believed::nothing(),
                ended: watch::Sender::new(()),
            }),
        }
    }

    pub(super) async fn find(&self, query: KeyQuery<'_>) -> Answer {
        let inner = &self.inner;
        let mut since = None;
        let mut ended = match inner.find(query, &mut since) {
            Look::Done(answer) => return answer,
            Look::Wait(ended) => ended,
        };
        let wait = async {
            loop {
                // An error would mean that `inner` is gone.
                let _ = ended.changed().await;
                match inner.find(query, &mut since) {
                    Look::Done(answer) => return answer,
                    Look::Wait(again) => ended = again,
                }
            }
        };
        match timeout(inner.surroundings.patience, wait).await {
            Ok(answer) => answer,
            Err(_) => inner.give_up(query),
        }
    }

    /// As [`KeySource::edition`](super::KeySource::edition).
    pub(super) fn edition(&self) -> Option<KeyEdition> {
        let number = self.inner.believed.at(nanoseconds(self.inner.now()))?;
        Some(KeyEdition::numbered(number))
    }

    /// Waits until there are keys.
    pub(super) async fn ready(&self, patience: Duration) -> Result<(), AuthUnavailableError> {
        let wait = async {
            loop {
                match self.inner.ready() {
                    Look::Done(outcome) => return outcome,
                    Look::Wait(mut ended) => _ = ended.changed().await,
                }
            }
        };
        timeout(patience, wait)
            .await
            .unwrap_or_else(|_| Err(self.inner.state().unavailable()))
    }
}

impl<F: Fetch> Drop for KeyCache<F> {
    fn drop(&mut self) {
        let refresher = self.inner.state().refresher.take();
        if let Some(refresher) = refresher {
            refresher.abort();
        }
    }
}

impl<F: Fetch> Inner<F> {
    /// Nothing panics while it holds the lock; if it ever does, each field is still whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Duration {
        self.surroundings.clock.elapsed()
    }

    /// `since` is kept from look to look of one request.
    fn find(self: &Arc<Self>, query: KeyQuery<'_>, since: &mut Option<u64>) -> Look<Answer> {
        let now = self.now();
        let mut state = self.state();
        let since = *since.get_or_insert(state.schedule.begun());
        let lookup = state.usable(now).map(|keys| keys.find(query));
        let asked = match lookup {
            None => Asked::NoKeys,
            Some(KeyLookup::Unknown) => Asked::Unknown {
                looked_for: state.absent.contains(query, now),
            },
            Some(_) => Asked::Known,
        };
        let (step, begins) = state.schedule.ask(asked, since, now);
        let look = match (step, lookup) {
            (Step::Answer, Some(lookup)) => Look::Done(Ok(lookup)),
            (Step::Settled, _) => {
                state.absent.insert(query, now);
                Look::Done(Ok(KeyLookup::Unknown))
            }
            (Step::Wait, _) => Look::Wait(self.ended.subscribe()),
            (Step::Unavailable(wait), _) => {
                Look::Done(Err(state.unavailable().with_retry_after(wait)))
            }
            (Step::Answer, None) => Look::Done(Err(state.unavailable())),
        };
        match self.attend(state, begins) {
            Ok(()) => look,
            Err(_) => Look::Done(self.give_up(query)),
        }
    }

    fn ready(self: &Arc<Self>) -> Look<Result<(), AuthUnavailableError>> {
        let now = self.now();
        let mut state = self.state();
        let begins = state.schedule.refresh(now);
        let look = match state.usable(now) {
            Some(keys) if keys.is_empty() => {
                let why = "the key set has no key that can be used; the log says why for each";
                Look::Done(Err(unavailable().with_cause(why)))
            }
            Some(_) => Look::Done(Ok(())),
            None => Look::Wait(self.ended.subscribe()),
        };
        match self.attend(state, begins) {
            Ok(()) => look,
            Err(error) => Look::Done(Err(error)),
        }
    }

    /// The answer to a request that has waited too long: the issuer is down.
    fn give_up(&self, query: KeyQuery<'_>) -> Answer {
        let state = self.state();
        match state.usable(self.now()).map(|keys| keys.find(query)) {
            None | Some(KeyLookup::Unknown) => Err(state.unavailable()),
            Some(known) => Ok(known),
        }
    }

    /// Begins a fetch if one is due. Answers when to look again, if no fetch ends before.
    fn refresh(self: &Arc<Self>) -> Duration {
        let now = self.now();
        let mut state = self.state();
        let begins = state.schedule.refresh(now);
        let pause = state.schedule.pause(now);
        // An error is noted as that of the fetch.
        let _ = self.attend(state, begins);
        pause.unwrap_or(Duration::MAX)
    }

    /// Makes the fetch that begins, if any, and sees to it that the refresher runs. Takes the lock
    /// to give it back: a runtime that shuts down drops the fetch, which then says so, at once.
    fn attend(
        self: &Arc<Self>,
        state: MutexGuard<'_, State>,
        begins: bool,
    ) -> Result<(), AuthUnavailableError> {
        let refreshes = state.refreshes();
        let number = state.schedule.begun();
        self.publish(&state);
        drop(state);
        if refreshes && !begins {
            return Ok(());
        }
        let running = begins.then(|| Running::new(Arc::clone(self), number));
        let runtime = Handle::try_current().map_err(|error| unavailable().with_cause(error))?;
        if let Some(running) = running {
            runtime.spawn(running.fetch());
        }
        let mut state = self.state();
        if !state.refreshes() {
            let ended = self.ended.subscribe();
            state.refresher = Some(runtime.spawn(refresh(Arc::downgrade(self), ended)));
        }
        Ok(())
    }

    /// Learns how the fetch of this number has ended.
    fn end(&self, number: u64, outcome: Result<Fetched, AuthUnavailableError>) {
        let random = (self.surroundings.random)();
        match outcome {
            Ok(fetched) => self.record(number, fetched, random),
            Err(error) => {
                let mut state = self.state();
                if state.schedule.runs(number) {
                    state.schedule.failed(random, self.now());
                    state.failure = Some(error);
                    self.publish(&state);
                }
            }
        }
        self.ended.send_replace(());
    }

    fn record(&self, number: u64, Fetched { keys, max_age }: Fetched, random: f64) {
        // Compared without the lock: requests go on. Only the fetch that runs writes.
        let known = self.state().keys.clone();
        keys.report(known.as_deref());
        let (keys, changed) = match known {
            Some(known) => keys.reusing(&known),
            None => (keys, true),
        };
        let keys = Arc::new(keys);
        let mut state = self.state();
        if !state.schedule.runs(number) {
            // It was given up: its set may be older than what another fetch has brought since.
            return;
        }
        state.schedule.succeeded(max_age, random, self.now());
        state.keys = Some(keys);
        state.failure = None;
        if changed {
            state.edition = KeyEdition::unique();
            state.absent.clear();
        }
        self.publish(&state);
    }

    /// Tells those who do not take the lock. Called before the lock is given back.
    fn publish(&self, state: &State) {
        let until = state.schedule.believed_until();
        self.believed
            .publish(state.edition.number(), nanoseconds(until));
    }
}

impl State {
    fn usable(&self, now: Duration) -> Option<&KeySet> {
        let keys = self.keys.as_deref()?;
        self.schedule.is_usable(now).then_some(keys)
    }

    fn refreshes(&self) -> bool {
        self.refresher.as_ref().is_some_and(|it| !it.is_finished())
    }

    /// With the reason why the last fetch failed, if it did.
    fn unavailable(&self) -> AuthUnavailableError {
        let slow = || unavailable().with_cause("timed out: the issuer has not answered yet");
        self.failure.clone().unwrap_or_else(slow)
    }
}

/// Until the year 2554, if the clock began in 1970; then later.
fn nanoseconds(time: Duration) -> u64 {
    time.as_nanos().try_into().unwrap_or(u64::MAX)
}

fn unavailable() -> AuthUnavailableError {
    AuthUnavailableError::new(Dependency::SigningKeys)
}

#[cfg(test)]
mod tests;
