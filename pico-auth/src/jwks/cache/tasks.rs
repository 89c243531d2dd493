//! What runs beside the requests. A fetch has a task of its own: a request that is dropped takes
//! nothing with it. The refresher begins the fetches that are due while no request comes. It ends
//! with the cache, or with the runtime it was started on; then the next request starts another.

use std::sync::{Arc, Weak};

use tokio::sync::watch;
use tokio::time::timeout;
use tracing::Instrument;

use super::{Fetch, Fetched, Inner, unavailable};
use crate::error::AuthUnavailableError;
use crate::meter::Begun;

/// The fetch that runs. However it ends, also by a panic or with its runtime, the cache learns of it.
pub(super) struct Running<F: Fetch> {
    inner: Arc<Inner<F>>,
    number: u64,
    outcome: Option<Result<Fetched, AuthUnavailableError>>,
}

impl<F: Fetch> Running<F> {
    pub(super) const fn new(inner: Arc<Inner<F>>, number: u64) -> Self {
        Self {
            inner,
            number,
            outcome: None,
        }
    }

    pub(super) async fn fetch(mut self) {
        let (fetch, clock) = (&self.inner.fetch, &*self.inner.surroundings.clock);
        let begun = Begun::now(clock);
        let span = tracing::debug_span!("auth.fetch_keys");
        let outcome = fetch.fetch().instrument(span).await;
        begun.key_fetch(clock, || fetch.source(), outcome.is_ok());
        self.outcome = Some(outcome.map_err(|error| {
            let cause = error.to_string();
            tracing::warn!(auth.cause = ?cause, "the signing keys could not be fetched");
            unavailable().with_cause(error)
        }));
    }
}

impl<F: Fetch> Drop for Running<F> {
    fn drop(&mut self) {
        let cut_off = || Err(unavailable().with_cause("the fetch was cut off"));
        let outcome = self.outcome.take().unwrap_or_else(cut_off);
        self.inner.end(self.number, outcome);
    }
}

/// Begins the fetches that are due, until the cache is dropped.
pub(super) async fn refresh<F: Fetch>(cache: Weak<Inner<F>>, mut ended: watch::Receiver<()>) {
    while let Some(inner) = cache.upgrade() {
        let pause = inner.refresh();
        drop(inner);
        // The cache's clock need not be the runtime's: look again after each pause.
        let _ = timeout(pause, ended.changed()).await;
    }
}
