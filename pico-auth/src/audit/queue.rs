//! The queue between requests and the sink, and the thread at its end.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, thread};

use super::{AuditSink, Decision, SinkError};
use crate::events;
use crate::meter;

/// The end of the queue that requests have.
pub(super) struct Queue {
    sender: SyncSender<Box<Decision>>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// How many decisions the queue took.
    taken: AtomicU64,
    progress: Mutex<Progress>,
    changed: Condvar,
    lost: AtomicU64,
}

#[derive(Default)]
struct Progress {
    /// How many decisions the sink was given, or failed on.
    handled: u64,
    /// How many of them were flushed.
    flushed: u64,
    /// Whether somebody waits for a flush.
    is_wanted: bool,
}

impl Queue {
    /// A queue for this many decisions. Its thread ends with the last decision, once this is dropped.
    pub(super) fn new(capacity: usize, sink: impl AuditSink) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(capacity);
        let shared = Arc::new(Shared::default());
        let worker = Worker {
            sink,
            told: 0,
            shared: Arc::clone(&shared),
        };
        thread::Builder::new()
            .name("pico-auth-audit".to_owned())
            .spawn(move || worker.run(&receiver))?;
        Ok(Self { sender, shared })
    }

    /// Takes a decision, or loses it where there is no room. Never waits for the sink.
    pub(super) fn push(&self, decision: Box<Decision>) {
        if self.sender.try_send(decision).is_ok() {
            self.shared.taken.fetch_add(1, Ordering::Relaxed);
        } else {
            let total = self.shared.lose();
            meter::audit_records("dropped", 1);
            events::audit_lost("audit_queue_full", None, total);
        }
    }

    /// Waits until what was pushed before is flushed. Whether it was in time.
    pub(super) fn flush(&self, timeout: Duration) -> bool {
        let target = self.shared.taken.load(Ordering::Relaxed);
        let mut progress = self.shared.progress();
        progress.is_wanted = true;
        let behind = |progress: &mut Progress| progress.flushed < target;
        let waited = self
            .shared
            .changed
            .wait_timeout_while(progress, timeout, behind);
        let (progress, _) = waited.unwrap_or_else(PoisonError::into_inner);
        progress.flushed >= target
    }

    pub(super) fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }
}

impl Shared {
    /// Nothing panics while it holds the lock. Requests never take it.
    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lose(&self) -> u64 {
        self.lost.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }
}

struct Worker<S> {
    sink: S,
    /// Of how many losses the sink was told.
    told: u64,
    shared: Arc<Shared>,
}

impl<S: AuditSink> Worker<S> {
    fn run(mut self, receiver: &Receiver<Box<Decision>>) {
        loop {
            let next = match receiver.try_recv() {
                Err(TryRecvError::Empty) => {
                    self.flush();
                    receiver.recv().ok()
                }
                Err(TryRecvError::Disconnected) => None,
                Ok(decision) => Some(decision),
            };
            let Some(decision) = next else { break };
            self.record(&decision);
        }
        self.flush();
    }

    fn record(&mut self, decision: &Decision) {
        self.tell_of_losses();
        match guarded(|| self.sink.record(decision)) {
            Ok(()) => meter::audit_records("written", 1),
            Err(cause) => {
                let total = self.shared.lose();
                meter::audit_records("failed", 1);
                events::audit_lost("audit_sink_failed", Some(&cause), total);
            }
        }
        let mut progress = self.shared.progress();
        progress.handled += 1;
        let is_wanted = progress.is_wanted;
        drop(progress);
        if is_wanted {
            self.flush();
        }
    }

    /// Where decisions are missing, the sink can say so in their place.
    fn tell_of_losses(&mut self) {
        let lost = self.shared.lost.load(Ordering::Relaxed);
        let number = lost.saturating_sub(self.told);
        if number > 0 && guarded(|| self.sink.lost(number)).is_ok() {
            self.told = lost;
        }
    }

    fn flush(&mut self) {
        self.tell_of_losses();
        let flushed = guarded(|| self.sink.flush());
        let mut progress = self.shared.progress();
        progress.is_wanted = false;
        match flushed {
            Ok(()) => progress.flushed = progress.handled,
            Err(cause) => {
                drop(progress);
                let lost = self.shared.lost.load(Ordering::Relaxed);
                events::audit_lost("audit_flush_failed", Some(&cause), lost);
            }
        }
        self.shared.changed.notify_all();
    }
}

/// A panic of the sink is an error of the sink.
fn guarded(call: impl FnOnce() -> Result<(), SinkError>) -> Result<(), SinkError> {
    // Whatever it leaves behind is the sink's own.
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| Err("the sink panicked".into()))
}
