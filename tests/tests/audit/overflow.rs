//! A sink that is slow, fails or panics: requests do not notice, and what is lost is counted.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use pico_auth::audit::{AuditSink, Auditor, Decision, SinkError};
use pico_auth::routing::get as on_get;
use pico_auth::{Authentication, Policy, SecureRouter, SecuredService};
use tracing::subscriber::set_default;

use super::capture::Capture;
use super::support::{ISSUER, PATIENCE, get};

async fn hello() -> &'static str {
    "hello"
}

fn service(auditor: &Auditor) -> SecuredService {
    let authentication = Authentication::from(ISSUER.authenticator());
    SecureRouter::new()
        .route("/", on_get(Policy::AllowAnonymous.guard(hello)))
        .secured_by(authentication.audited_by(auditor.clone()))
}

/// Says when it has begun with a decision, and waits until it may go on.
struct Slow {
    begun: Sender<()>,
    goes_on: Receiver<()>,
    told: Sender<u64>,
}

impl AuditSink for Slow {
    fn record(&mut self, _: &Decision) -> Result<(), SinkError> {
        self.begun.send(())?;
        self.goes_on.recv()?;
        Ok(())
    }

    fn lost(&mut self, number: u64) -> Result<(), SinkError> {
        Ok(self.told.send(number)?)
    }
}

#[tokio::test]
async fn a_full_queue_drops_and_counts_and_no_request_waits() {
    let (begun, has_begun) = channel();
    let (go_on, goes_on) = channel();
    let (told, losses) = channel();
    let sink = Slow {
        begun,
        goes_on,
        told,
    };
    let auditor = Auditor::builder(sink).capacity(2).build().unwrap();
    let service = service(&auditor);
    let capture = Capture::default();
    let _guard = set_default(capture.clone());

    assert_eq!(get(&service, "/", None).await, 200);
    has_begun.recv_timeout(PATIENCE).unwrap();
    // The sink has one, the queue holds two, and seven find no room.
    for _ in 0..9 {
        assert_eq!(get(&service, "/", None).await, 200);
    }
    assert_eq!(auditor.lost(), 7);
    let errors = capture.errors();
    assert_eq!(errors.len(), 7, "{errors:?}");
    assert!(errors[6].contains("auth.lost=7"), "{errors:?}");
    assert!(!auditor.flush(Duration::ZERO), "the sink still waits");

    for _ in 0..3 {
        go_on.send(()).unwrap();
    }
    assert!(auditor.flush(PATIENCE));
    assert_eq!(
        losses.try_iter().collect::<Vec<_>>(),
        [7],
        "the gap is told once"
    );
    assert_eq!(auditor.lost(), 7);
}

/// Fails on every other decision, each time in another way.
struct Broken {
    seen: u32,
    taken: Sender<u32>,
}

impl AuditSink for Broken {
    fn record(&mut self, _: &Decision) -> Result<(), SinkError> {
        self.seen += 1;
        match self.seen {
            1 => Err("the disk is full".into()),
            3 => panic!("a bug of the sink"),
            number => Ok(self.taken.send(number)?),
        }
    }
}

#[tokio::test]
async fn a_sink_that_fails_or_panics_loses_one_decision_and_gets_the_next() {
    let (taken, received) = channel();
    let auditor = Auditor::new(Broken { seen: 0, taken }).unwrap();
    let service = service(&auditor);
    for _ in 0..5 {
        assert_eq!(get(&service, "/", None).await, 200);
    }
    assert!(auditor.flush(PATIENCE));
    assert_eq!(received.try_iter().collect::<Vec<_>>(), [2, 4, 5]);
    assert_eq!(auditor.lost(), 2);
}

/// Cannot even say that something was lost.
struct Useless;

impl AuditSink for Useless {
    fn record(&mut self, _: &Decision) -> Result<(), SinkError> {
        panic!("record")
    }
    fn lost(&mut self, _: u64) -> Result<(), SinkError> {
        panic!("lost")
    }
    fn flush(&mut self) -> Result<(), SinkError> {
        panic!("flush")
    }
}

#[tokio::test]
async fn a_sink_that_always_panics_harms_no_request() {
    let auditor = Auditor::new(Useless).unwrap();
    let service = service(&auditor);
    for _ in 0..3 {
        assert_eq!(get(&service, "/", None).await, 200);
    }
    assert!(
        !auditor.flush(Duration::from_millis(10)),
        "nothing was flushed"
    );
}

#[test]
fn the_thread_of_the_sink_ends_with_the_last_auditor() {
    let (taken, received) = channel();
    let auditor = Auditor::new(Broken { seen: 0, taken }).unwrap();
    drop(auditor.clone());
    assert!(
        received
            .try_recv()
            .is_err_and(|error| error == std::sync::mpsc::TryRecvError::Empty)
    );
    drop(auditor);
    // The sink is dropped, and with it the sender.
    let ended = received.recv_timeout(PATIENCE);
    assert_eq!(ended, Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
}

#[test]
fn a_queue_without_room_or_without_end_is_a_mistake() {
    for capacity in [0, (1 << 24) + 1, usize::MAX] {
        let error = Auditor::builder(Useless)
            .capacity(capacity)
            .build()
            .unwrap_err();
        assert_eq!(error.key(), "audit_capacity", "{capacity}");
    }
}
