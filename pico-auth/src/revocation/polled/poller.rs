//! When the list is fetched, and how long it answers.
//!
//! - One task fetches, at once and then every TTL less up to a fifth, so that many instances do not ask
//!   together. After a failure it tries again in a second, then two, four and so on up to the TTL.
//! - A list answers until it is [`max_age`](Rules::max_age) old, counted from the moment its fetch began.
//!   What it names is refused after that, too: revoked stays revoked.
//! - Requests wait only where there is nothing to answer from and no failure either: for the first fetch,
//!   and after the process stood still.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::header::HeaderValue;
use url::Url;

use super::document::DeniedIds;
use crate::clock::Clock;
use crate::error::AuthUnavailableError;
use crate::events;
use crate::fetch::{FetchError, HttpClient, Reply, without_query};
use crate::meter;
use crate::revocation::attempts::{Attempts, backoff, jittered};
use crate::revocation::digest::Digest;
use crate::revocation::unavailable;

pub(super) struct Source {
    pub(super) client: HttpClient,
    pub(super) url: Url,
    pub(super) authorization: Option<HeaderValue>,
}

#[derive(Clone, Copy)]
pub(super) struct Rules {
    pub(super) ttl: Duration,
    /// From this age on a list does not answer.
    pub(super) max_age: Duration,
    pub(super) fail_open: bool,
}

pub(super) struct Poller {
    source: Source,
    rules: Rules,
    clock: Arc<dyn Clock>,
    state: RwLock<State>,
    attempts: Attempts,
}

#[derive(Default)]
struct State {
    current: Option<Current>,
    /// Set while the last attempt is a failure.
    failure: Option<AuthUnavailableError>,
}

struct Current {
    ids: DeniedIds,
    begun_at: Duration,
}

impl Poller {
    pub(super) fn new(source: Source, rules: Rules, clock: Arc<dyn Clock>) -> Self {
        Self {
            source,
            rules,
            clock,
            state: RwLock::default(),
            attempts: Attempts::default(),
        }
    }

    pub(super) const fn url(&self) -> &Url {
        &self.source.url
    }

    /// Whether the token is listed; `None` where there is no list that may say so.
    pub(super) fn answer(&self, id: Digest) -> Option<bool> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let current = state.current.as_ref()?;
        let listed = current.ids.contains(id);
        (listed || self.is_current(current)).then_some(listed)
    }

    /// Whether the last attempt is a failure, and what that means for a token that cannot be looked up.
    pub(super) fn outage(&self) -> Option<Result<bool, AuthUnavailableError>> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let failure = state.failure.clone()?;
        drop(state);
        Some(self.without_list(failure))
    }

    /// The same where no attempt has ended in time.
    pub(super) fn not_yet(&self) -> Result<bool, AuthUnavailableError> {
        let cause = FetchError::of_document(&self.source.url, "it was not read yet");
        let outage = unavailable().with_retry_after(Duration::from_secs(1));
        self.without_list(outage.with_cause(cause))
    }

    /// What an outage means for a token that cannot be looked up.
    fn without_list(&self, outage: AuthUnavailableError) -> Result<bool, AuthUnavailableError> {
        if self.rules.fail_open {
            events::without_revocation_list();
            return Ok(false);
        }
        Err(outage)
    }

    /// How long a request waits. A fetch has a time-out of its own; to read what it brought may take as long,
    /// and the runtime of the task may be driven no more.
    pub(super) const fn patience(&self) -> Duration {
        self.source.client.limits().total.saturating_mul(2)
    }

    pub(super) const fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// Whether requests are answered without waiting, and not with a failure.
    pub(super) fn is_ready(&self) -> bool {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let current = state.current.as_ref();
        current.is_some_and(|current| self.is_current(current))
            || self.rules.fail_open && state.failure.is_some()
    }

    fn is_current(&self, list: &Current) -> bool {
        self.clock.elapsed().saturating_sub(list.begun_at) < self.rules.max_age
    }

    /// Whether the last attempt succeeded.
    pub(super) fn last_attempt(&self) -> Result<(), AuthUnavailableError> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        match &state.failure {
            Some(failure) => Err(failure.clone()),
            None => Ok(()),
        }
    }

    /// Fetches for as long as it is polled.
    pub(super) async fn run(self: Arc<Self>) {
        let _end = self.attempts.end_of_all();
        let mut failures = 0;
        loop {
            let begun_at = self.clock.elapsed();
            self.attempts.begin();
            let outcome = self.fetch().await;
            failures = match outcome {
                Ok(_) => 0,
                Err(_) => failures + 1,
            };
            let pause = jittered(backoff(failures, self.rules.ttl));
            self.record(outcome, begun_at, pause);
            self.attempts.end();
            // Whether it ends by time or by demand: the next attempt is due.
            let _ = tokio::time::timeout(pause, self.attempts.demand()).await;
        }
    }

    async fn fetch(&self) -> Result<DeniedIds, FetchError> {
        let Source {
            client,
            url,
            authorization,
        } = &self.source;
        let failed = |why| FetchError::of_document(url, why);
        let body = match client.get_as(url, authorization.as_ref()).await? {
            Reply::Document(body) => body,
            Reply::Absent => {
                events::revocation_list_refused(without_query(url).as_str());
                return Err(failed("there is no list (401, 403, 404 or 405)"));
            }
        };
        // A large list takes long to read: not on a thread that serves requests.
        tokio::task::spawn_blocking(move || DeniedIds::parse(&body))
            .await
            .map_err(|_| failed("it could not be read"))?
            .map_err(failed)
    }

    fn record(
        &self,
        outcome: Result<DeniedIds, FetchError>,
        begun_at: Duration,
        retry_after: Duration,
    ) {
        let failure = match &outcome {
            Ok(ids) => {
                let source = || without_query(&self.source.url).to_string();
                meter::revocation_list_current(&*self.clock, source, begun_at);
                tracing::debug!(
                    auth.revoked = ids.len(),
                    "the list of revoked tokens was fetched"
                );
                None
            }
            Err(error) => {
                tracing::warn!(auth.cause = ?error.to_string(), "the list of revoked tokens could not be fetched");
                let error = unavailable()
                    .with_retry_after(retry_after)
                    .with_cause(error.to_string());
                Some(error)
            }
        };
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.failure = failure;
        let old = match outcome {
            Ok(ids) => state.current.replace(Current { ids, begun_at }),
            Err(_) => None,
        };
        drop(state);
        // Freed without the lock.
        drop(old);
    }
}
