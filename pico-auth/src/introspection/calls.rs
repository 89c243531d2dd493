//! When to call: a remembered verdict, a call that is under way, a new call, or none at all.
//!
//! - A call runs in a task of its own: a request that is dropped takes nothing with it.
//! - Requests with a token about which a call is under way wait for that one.
//! - At most `max_calls` are under way; a request that would need one more is told to come back.
//! - An outage is told to those who wait for it, and remembered by nobody.
//! - Accepted and refused tokens are remembered apart: no number of bad ones makes a good one forgotten.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;

use super::endpoint::{Answer, Endpoint};
use super::memory::{Fingerprint, Forgotten, Memory, Room};
use super::verdict::{Judge, Verdict};
use crate::clock::Clock;
use crate::error::{AuthUnavailableError, Dependency};
use crate::jwt::ValidationRules;
use crate::token::RawToken;

/// How long and how much is remembered, and how many calls run at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) max_age: Duration,
    pub(super) refused_max_age: Duration,
    pub(super) room: Room,
    pub(super) max_calls: usize,
}

pub(super) struct Calls {
    endpoint: Endpoint,
    judge: Judge,
    clock: Arc<dyn Clock>,
    bounds: Bounds,
    state: Mutex<State>,
}

struct State {
    accepted: Memory,
    refused: Memory,
    under_way: HashMap<Fingerprint, watch::Receiver<Option<Outcome>>>,
}

type Outcome = Result<Verdict, AuthUnavailableError>;

/// What is to be done for a request.
enum Step {
    Known(Verdict),
    Wait(watch::Receiver<Option<Outcome>>),
}

impl Calls {
    pub(super) fn new(
        endpoint: Endpoint,
        judge: Judge,
        clock: Arc<dyn Clock>,
        bounds: Bounds,
    ) -> Self {
        let state = State {
            accepted: Memory::new(bounds.room),
            refused: Memory::new(bounds.room),
            under_way: HashMap::new(),
        };
        Self {
            endpoint,
            judge,
            clock,
            bounds,
            state: Mutex::new(state),
        }
    }

    pub(super) const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(super) const fn rules(&self) -> &ValidationRules {
        &self.judge.rules
    }

    /// The verdict on a token, as it is now.
    pub(super) async fn verdict(self: &Arc<Self>, token: RawToken<'_>) -> Outcome {
        let verdict = match self.step(token)? {
            Step::Known(verdict) => verdict,
            Step::Wait(mut call) => {
                let outcome = match call.wait_for(Option::is_some).await {
                    Ok(outcome) => outcome.clone(),
                    Err(_) => None,
                };
                // There is none where the task of the call was stopped, as when a runtime shuts down.
                outcome.ok_or_else(|| unavailable().with_cause("the call was given up"))??
            }
        };
        Ok(self.judge.still(verdict, self.clock.now()))
    }

    /// One look at what is known, and a new call where that is needed and allowed.
    fn step(self: &Arc<Self>, token: RawToken<'_>) -> Result<Step, AuthUnavailableError> {
        let fingerprint = Fingerprint::of(token);
        let now = self.clock.elapsed();
        let mut state = self.state();
        let (known, _accepted) = state.accepted.get(&fingerprint, now);
        let (known, _refused) = match known {
            Some(known) => (Some(known), Forgotten::default()),
            None => state.refused.get(&fingerprint, now),
        };
        if let Some(verdict) = known {
            // Before what was forgotten is dropped: others wait for the lock.
            drop(state);
            return Ok(Step::Known(verdict));
        }
        if let Some(call) = state.under_way.get(&fingerprint) {
            return Ok(Step::Wait(call.clone()));
        }
        if state.under_way.len() >= self.bounds.max_calls {
            return Err(unavailable()
                .with_retry_after(Duration::from_secs(1))
                .with_cause("as many introspection calls are under way as `max_calls` allows"));
        }
        let runtime = Handle::try_current().map_err(|error| unavailable().with_cause(error))?;
        let (sender, call) = watch::channel(None);
        state.under_way.insert(fingerprint, call.clone());
        drop(state);
        let under_way = UnderWay {
            calls: Arc::clone(self),
            fingerprint,
            sender,
            landed: None,
        };
        runtime.spawn(under_way.run(token.as_str().to_owned()));
        Ok(Step::Wait(call))
    }

    /// Nothing panics while it holds the lock; if it ever does, each field is still whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that is under way, until it is dropped: with an outcome, or without one where its task is
/// stopped.
struct UnderWay {
    calls: Arc<Calls>,
    fingerprint: Fingerprint,
    sender: watch::Sender<Option<Outcome>>,
    landed: Option<Landed>,
}

struct Landed {
    outcome: Outcome,
    begun_at: Duration,
    bytes: usize,
}

impl UnderWay {
    async fn run(mut self, token: String) {
        let Some(token) = RawToken::from_bytes(token.as_bytes()) else {
            return;
        };
        let calls = &self.calls;
        // The answer may be as old as the question.
        let begun_at = calls.clock.elapsed();
        let answer = calls.endpoint.ask(token).await;
        let bytes = match &answer {
            Ok(Answer::Active { bytes, .. }) => *bytes,
            _ => 0,
        };
        let outcome = match answer {
            Ok(answer) => Ok(calls.judge.judge(token.as_str(), answer, calls.clock.now())),
            Err(error) => Err(unavailable().with_cause(error)),
        };
        self.landed = Some(Landed {
            outcome,
            begun_at,
            bytes,
        });
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let bounds = &self.calls.bounds;
        let mut state = self.calls.state();
        // At once with what is remembered, so that no request sees neither.
        state.under_way.remove(&self.fingerprint);
        let Some(landed) = self.landed.take() else {
            return;
        };
        let (age, memory, bytes) = match &landed.outcome {
            Ok(Verdict::Active { .. }) => (bounds.max_age, &mut state.accepted, landed.bytes),
            _ => (bounds.refused_max_age, &mut state.refused, 0),
        };
        let forgotten = landed.outcome.as_ref().ok().map(|verdict| {
            let until = landed.begun_at.saturating_add(age);
            memory.put(self.fingerprint, verdict.clone(), until, bytes)
        });
        drop(state);
        drop(forgotten);
        self.sender.send_replace(Some(landed.outcome));
    }
}

fn unavailable() -> AuthUnavailableError {
    AuthUnavailableError::new(Dependency::Introspection)
}
