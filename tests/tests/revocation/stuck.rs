//! The polled list where an attempt to have it never ends: its runtime is driven no more.

use std::pin::pin;
use std::task::{Context, Waker};

use pico_auth::{AuthClientError, PolledRevocationList};
use tokio::runtime::{Builder, Runtime};

use crate::support::{ISSUER, ask, is_unavailable};

/// Nobody is ever asked there.
const URL: &str = "https://id.example/revoked";

/// Where waiting takes no time.
fn runtime() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_all().start_paused(true).build().unwrap()
}

/// A runtime on which somebody asked, so that the list's task is there, and which then stands still.
fn with_task_of(asking: impl Future) -> Runtime {
    let runtime = runtime();
    let guard = runtime.enter();
    let mut context = Context::from_waker(Waker::noop());
    assert!(pin!(asking).poll(&mut context).is_pending());
    drop(guard);
    runtime
}

#[test]
fn a_request_waits_no_longer_than_its_patience() {
    let list = PolledRevocationList::builder(URL).build().unwrap();
    let _still = with_task_of(ask(&list, "good"));
    runtime().block_on(async {
        let before = tokio::time::Instant::now();
        let error = is_unavailable(ask(&list, "good").await);
        // Twice the time-out of a fetch.
        assert_eq!(before.elapsed().as_secs(), 20);
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains(URL), "{cause}");
    });
}

#[test]
fn only_the_setting_fails_open_then_too() {
    for fail_open in [false, true] {
        let settings = ISSUER.settings().revocation_endpoint(URL);
        let settings = settings.revocation_fail_open(fail_open);
        let authenticator = ISSUER.authenticator_with(settings, |parts| parts);
        let token = ISSUER.token("u1").sign();
        let _still = with_task_of(authenticator.authenticate(&token, None));
        match runtime().block_on(authenticator.authenticate(&token, None)) {
            Ok(_) => assert!(fail_open),
            Err(AuthClientError::AuthUnavailable(_)) => assert!(!fail_open),
            Err(error) => panic!("{error}"),
        }
    }
}
