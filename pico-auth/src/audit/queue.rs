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

/// What goes through the queue: a decision, or nothing, to wake who sleeps at its end.
type Item = Option<Box<Decision>>;

/// The end of the queue that requests have.
pub(super) struct Queue {
    sender: SyncSender<Item>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    flushes: Mutex<Flushes>,
    answered: Condvar,
    lost: AtomicU64,
}

/// Who waits for a flush, by number.
#[derive(Default)]
struct Flushes {
    /// The last that was asked for.
    asked: u64,
    /// The last that is answered, and with it those before.
    answered: u64,
    /// The answer: whether the sink has all that was pushed before that one was asked for.
    is_complete: bool,
    /// Whether the worker waits for the next item, and nobody has woken it.
    worker_sleeps: bool,
}

impl Queue {
    /// A queue for this many decisions. Its thread ends with the last decision, once this is dropped.
    pub(super) fn new(capacity: usize, sink: impl AuditSink) -> io::Result<Self> {
        let (queue, worker, receiver) = Self::with_worker(capacity, sink);
        thread::Builder::new()
            .name("pico-auth-audit".to_owned())
            .spawn(move || worker.run(&receiver))?;
        Ok(queue)
    }

    fn with_worker<S: AuditSink>(capacity: usize, sink: S) -> (Self, Worker<S>, Receiver<Item>) {
        let (sender, receiver) = sync_channel(capacity);
        let shared = Arc::new(Shared::default());
        let worker = Worker {
            sink,
            told: 0,
            capacity,
            due: None,
            shared: Arc::clone(&shared),
        };
        (Self { sender, shared }, worker, receiver)
    }

    /// Takes a decision, or loses it where there is no room. Never waits for the sink.
    pub(super) fn push(&self, decision: Box<Decision>) {
        if self.sender.try_send(Some(decision)).is_err() {
            let total = self.shared.lose();
            meter::audit_records("dropped", 1);
            events::audit_lost("audit_queue_full", None, total);
        }
    }

    /// Waits until what was pushed before is flushed. Whether it was, and in time.
    pub(super) fn flush(&self, timeout: Duration) -> bool {
        let mut flushes = self.shared.flushes();
        flushes.asked += 1;
        let number = flushes.asked;
        if std::mem::take(&mut flushes.worker_sleeps) {
            // Its queue was empty. Where there is no room by now, it has been woken.
            let _ = self.sender.try_send(None);
        }
        let is_pending = |flushes: &mut Flushes| flushes.answered < number;
        let waited = self
            .shared
            .answered
            .wait_timeout_while(flushes, timeout, is_pending);
        let (flushes, _) = waited.unwrap_or_else(PoisonError::into_inner);
        flushes.answered >= number && flushes.is_complete
    }

    pub(super) fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }
}

impl Shared {
    /// Nothing panics while it holds the lock. Requests never take it.
    fn flushes(&self) -> MutexGuard<'_, Flushes> {
        self.flushes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lose(&self) -> u64 {
        self.lost.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }
}

struct Worker<S> {
    sink: S,
    /// Of how many losses the sink was told.
    told: u64,
    /// How long the queue is.
    capacity: usize,
    /// The flush that is waited for, and how many items can still be in the queue that came before it.
    due: Option<(u64, usize)>,
    shared: Arc<Shared>,
}

impl<S: AuditSink> Worker<S> {
    fn run(mut self, receiver: &Receiver<Item>) {
        while let Some(item) = self.next(receiver) {
            self.handle(item);
        }
        let last = self.shared.flushes().asked;
        self.flush(last);
    }

    /// The next item; waits for it. `None` at the end.
    fn next(&mut self, receiver: &Receiver<Item>) -> Option<Item> {
        loop {
            let asked = self.asked();
            match receiver.try_recv() {
                Ok(item) => return Some(item),
                Err(TryRecvError::Disconnected) => return None,
                // Whatever was pushed before somebody asked has been handled.
                Err(TryRecvError::Empty) => self.flush(asked),
            }
            if self.may_sleep() {
                let item = receiver.recv().ok();
                self.shared.flushes().worker_sleeps = false;
                return item;
            }
        }
    }

    /// The last flush that was asked for. If none was due, it is now: of a queue of this length, what was
    /// pushed before it is among the next items.
    fn asked(&mut self) -> u64 {
        let flushes = self.shared.flushes();
        if self.due.is_none() && flushes.answered < flushes.asked {
            self.due = Some((flushes.asked, self.capacity));
        }
        flushes.asked
    }

    /// Whether nobody has asked for a flush meanwhile. Whoever does so from now on wakes the worker.
    fn may_sleep(&self) -> bool {
        let mut flushes = self.shared.flushes();
        flushes.worker_sleeps = flushes.answered == flushes.asked;
        flushes.worker_sleeps
    }

    fn handle(&mut self, item: Item) {
        if let Some(decision) = item {
            self.record(&decision);
        }
        match self.due {
            Some((number, 0 | 1)) => self.flush(number),
            Some((number, items)) => self.due = Some((number, items - 1)),
            None => {}
        }
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
    }

    /// Where decisions are missing, the sink can say so in their place.
    fn tell_of_losses(&mut self) {
        let lost = self.shared.lost.load(Ordering::Relaxed);
        let number = lost.saturating_sub(self.told);
        if number > 0 && guarded(|| self.sink.lost(number)).is_ok() {
            self.told = lost;
        }
    }

    /// Flushes the sink, which answers the flush of this number: also where the sink fails, for nobody
    /// knows when it would not.
    fn flush(&mut self, number: u64) {
        self.tell_of_losses();
        let flushed = guarded(|| self.sink.flush());
        if let Err(cause) = &flushed {
            let lost = self.shared.lost.load(Ordering::Relaxed);
            events::audit_lost("audit_flush_failed", Some(cause), lost);
        }
        self.due = None;
        let mut flushes = self.shared.flushes();
        flushes.answered = number;
        flushes.is_complete = flushed.is_ok();
        drop(flushes);
        self.shared.answered.notify_all();
    }
}

/// A panic of the sink is an error of the sink.
fn guarded(call: impl FnOnce() -> Result<(), SinkError>) -> Result<(), SinkError> {
    // Whatever it leaves behind is the sink's own.
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| Err("the sink panicked".into()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::mpsc::{Sender, channel};
    use std::time::Instant;

    use super::super::DecisionStage;
    use super::super::decision::Verdict;
    use super::*;
    use crate::outcome::{DecisionOutcome, NO_REASON};

    const PATIENCE: Duration = Duration::from_secs(30);

    /// A decision whose time is this number.
    fn decision(number: u64) -> Box<Decision> {
        Box::new(Decision {
            at: Duration::from_secs(number),
            request: None,
            function: None,
            rule: None,
            stage: DecisionStage::Function,
            caller: None,
            verdict: Verdict {
                outcome: DecisionOutcome::Admitted,
                reason: NO_REASON,
                status: None,
                key_id: None,
                token_id: None,
            },
        })
    }

    type Numbers = Arc<Mutex<BTreeSet<u64>>>;

    /// Shows what was flushed.
    #[derive(Default)]
    struct Kept {
        given: Vec<u64>,
        flushed: Numbers,
    }

    impl AuditSink for Kept {
        fn record(&mut self, decision: &Decision) -> Result<(), SinkError> {
            self.given.push(decision.at.as_secs());
            Ok(())
        }

        fn flush(&mut self) -> Result<(), SinkError> {
            self.flushed.lock().unwrap().extend(self.given.drain(..));
            Ok(())
        }
    }

    #[test]
    fn a_flush_waits_for_all_that_was_pushed_before() {
        let flushed = Numbers::default();
        let sink = Kept {
            flushed: Arc::clone(&flushed),
            ..Kept::default()
        };
        let queue = Queue::new(4096, sink).unwrap();
        thread::scope(|scope| {
            for pusher in 0..4 {
                let (queue, flushed) = (&queue, &flushed);
                scope.spawn(move || {
                    for step in 0..500 {
                        let number = pusher * 1000 + step;
                        queue.push(decision(number));
                        assert!(queue.flush(PATIENCE), "{number}");
                        assert!(flushed.lock().unwrap().contains(&number), "{number}");
                    }
                });
            }
        });
        assert_eq!(queue.lost(), 0);
    }

    #[test]
    fn a_flush_ends_where_decisions_do_not() {
        let flushed = Numbers::default();
        let sink = Kept {
            flushed: Arc::clone(&flushed),
            ..Kept::default()
        };
        let (queue, mut worker, receiver) = Queue::with_worker(3, sink);
        queue.push(decision(1));
        queue.push(decision(2));
        assert!(!queue.flush(Duration::ZERO), "nobody works yet");
        for number in 3..6 {
            assert_eq!(queue.shared.flushes().answered, 0, "{number}");
            queue.push(decision(number));
            let item = worker.next(&receiver).unwrap();
            worker.handle(item);
        }
        assert_eq!(queue.shared.flushes().answered, 1);
        assert!(flushed.lock().unwrap().is_superset(&[1, 2].into()));
    }

    /// Fails on the first flushes, and says so.
    struct Failing {
        times: u32,
        failed: Sender<()>,
    }

    impl AuditSink for Failing {
        fn record(&mut self, _: &Decision) -> Result<(), SinkError> {
            Ok(())
        }

        fn flush(&mut self) -> Result<(), SinkError> {
            let Some(times) = self.times.checked_sub(1) else {
                return Ok(());
            };
            self.times = times;
            self.failed.send(())?;
            Err("the disk is full".into())
        }
    }

    #[test]
    fn a_flush_that_failed_while_nobody_waited_is_tried_again() {
        let (failed, has_failed) = channel();
        let queue = Queue::new(2, Failing { times: 2, failed }).unwrap();
        has_failed.recv_timeout(PATIENCE).unwrap();
        queue.push(decision(1));
        has_failed.recv_timeout(PATIENCE).unwrap();
        assert!(queue.flush(PATIENCE));
    }

    #[test]
    fn a_flush_that_fails_is_answered_at_once() {
        let (failed, has_failed) = channel();
        let times = u32::MAX;
        let queue = Queue::new(2, Failing { times, failed }).unwrap();
        let begun = Instant::now();
        for number in 1..4 {
            queue.push(decision(number));
            assert!(!queue.flush(PATIENCE));
        }
        assert!(begun.elapsed() < PATIENCE);
        assert!(has_failed.try_recv().is_ok());
    }
}
