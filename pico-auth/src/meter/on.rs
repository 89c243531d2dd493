//! Measures.
//!
//! What every request counts has its handle kept from the first request on: by then the application has
//! installed its recorder. All else is looked up each time.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{Counter, Unit, counter, histogram};

use crate::clock::Clock;
use crate::error::{AuthClientError, TokenKind};
use crate::outcome::DecisionOutcome;
#[cfg(feature = "axum")]
use crate::outcome::NO_REASON;

const DECISIONS: &str = "pico_auth_decisions_total";
const VERIFICATION: &str = "pico_auth_token_verification_seconds";
const CACHE: &str = "pico_auth_token_cache_total";
const KEY_FETCH: &str = "pico_auth_key_fetch_seconds";
const KEYS_FETCHED: &str = "pico_auth_keys_timestamp_seconds";
const LIST_CURRENT: &str = "pico_auth_revocation_list_timestamp_seconds";
const AUDIT: &str = "pico_auth_audit_records_total";

/// Tells the installed recorder of the facade `metrics` what the metrics of this crate mean, and their
/// units. Call it once, after the recorder was installed.
///
/// The metrics are there without it. They are listed in `docs/observability.md`.
pub fn describe_metrics() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};

    let count = Unit::Count;
    describe_counter!(DECISIONS, count, "Access decisions, by outcome and reason");
    describe_counter!(CACHE, count, "Tokens looked for among the verified ones");
    describe_counter!(AUDIT, count, "Audit records, written and lost");
    let seconds = Unit::Seconds;
    describe_histogram!(
        VERIFICATION,
        seconds,
        "Time to verify a token that is not in the cache"
    );
    describe_histogram!(
        KEY_FETCH,
        seconds,
        "Time to fetch a key set, discovery included"
    );
    describe_gauge!(
        KEYS_FETCHED,
        seconds,
        "When the key set was fetched, since the epoch"
    );
    describe_gauge!(
        LIST_CURRENT,
        seconds,
        "When the revocation list was current, since the epoch"
    );
}

pub(crate) fn decided(outcome: &'static str, reason: &'static str) {
    counter!(DECISIONS, "outcome" => outcome, "reason" => reason).increment(1);
}

/// A counter that every request counts on.
#[derive(Default)]
struct Kept(OnceLock<Counter>);

impl Kept {
    fn increment(&self, find: impl FnOnce() -> Counter) {
        self.0.get_or_init(find).increment(1);
    }
}

/// Counts the admissions of one endpoint.
#[cfg(feature = "axum")]
#[derive(Default)]
pub(crate) struct Admissions(Kept);

#[cfg(feature = "axum")]
impl Admissions {
    /// The outcome is the same for all admissions of an endpoint.
    pub(crate) fn count(&self, outcome: DecisionOutcome) {
        self.0
            .increment(|| counter!(DECISIONS, "outcome" => outcome.code(), "reason" => NO_REASON));
    }
}

/// Counts how often a token was known.
#[derive(Default)]
pub(crate) struct Hits(Kept);

impl Hits {
    pub(crate) fn hit(&self, token: TokenKind) {
        self.0.increment(|| cache("hit", token));
    }
}

/// Counts a token that was not known.
pub(crate) fn miss(token: TokenKind) {
    cache("miss", token).increment(1);
}

fn cache(result: &'static str, token: TokenKind) -> Counter {
    counter!(CACHE, "result" => result, "token" => token.code())
}

/// Something that takes time has begun.
pub(crate) struct Begun(Duration);

impl Begun {
    pub(crate) fn now(clock: &dyn Clock) -> Self {
        Self(clock.elapsed())
    }

    fn seconds(&self, clock: &dyn Clock) -> f64 {
        clock.elapsed().saturating_sub(self.0).as_secs_f64()
    }

    /// A token was verified, or refused.
    pub(crate) fn verification<T>(
        &self,
        clock: &dyn Clock,
        how: &'static str,
        token: TokenKind,
        verified: &Result<T, AuthClientError>,
    ) {
        let result = match verified {
            Ok(_) => "verified",
            Err(error) => DecisionOutcome::of(error).code(),
        };
        let seconds = self.seconds(clock);
        histogram!(VERIFICATION, "by" => how, "result" => result, "token" => token.code())
            .record(seconds);
    }

    /// Keys were fetched, or not.
    #[cfg(feature = "http-client")]
    pub(crate) fn key_fetch(
        &self,
        clock: &dyn Clock,
        source: impl FnOnce() -> String,
        is_success: bool,
    ) {
        let source = source();
        if is_success {
            metrics::gauge!(KEYS_FETCHED, "source" => source.clone())
                .set(clock.now().as_secs_f64());
        }
        let result = if is_success { "fetched" } else { "failed" };
        histogram!(KEY_FETCH, "result" => result, "source" => source).record(self.seconds(clock));
    }
}

/// A list of revoked tokens held everything that was revoked at `moment`, by the clock that ages it.
#[cfg(any(feature = "http-client", feature = "redis"))]
pub(crate) fn revocation_list_current(
    clock: &dyn Clock,
    source: impl FnOnce() -> String,
    moment: Duration,
) {
    let age = clock.elapsed().saturating_sub(moment);
    let since_epoch = clock.now().saturating_sub(age);
    metrics::gauge!(LIST_CURRENT, "source" => source()).set(since_epoch.as_secs_f64());
}

pub(crate) fn audit_records(result: &'static str, number: u64) {
    counter!(AUDIT, "result" => result).increment(number);
}
