//! What the benches share: tokens, and a way to await without a runtime.
#![allow(dead_code)] // each bench uses its part

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use criterion::Criterion;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use pico_auth::Authenticator;
use pico_auth::test_kit::TestIssuer;

/// The length of an RS256 token from [`tokens`], in bytes: what issuers send who put names, groups and
/// scopes into it.
pub(crate) const LENGTH: usize = 850;

/// The output of a future that has nothing to wait for. A runtime would cost as much as what is measured.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits for something"),
    }
}

/// Short runs: `.ci/benchmarks.py` repeats the whole, which says more than one long run on a busy machine.
pub(crate) fn short() -> Criterion<ProcessorTime> {
    Criterion::default()
        .with_measurement(ProcessorTime)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1500))
        .sample_size(30)
        .configure_from_args()
}

/// The processor time of the thread: what else runs on the machine is not in it.
pub(crate) struct ProcessorTime;

impl Measurement for ProcessorTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        processor_time()
    }

    fn end(&self, begun: Duration) -> Duration {
        processor_time().saturating_sub(begun)
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, time: &Duration) -> f64 {
        WallTime.to_f64(time)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

/// What the calling thread has used so far.
#[cfg(unix)]
pub(crate) fn processor_time() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap()
}

/// Elsewhere, the clock on the wall.
#[cfg(not(unix))]
pub(crate) fn processor_time() -> Duration {
    static BEGUN: std::sync::LazyLock<std::time::Instant> =
        std::sync::LazyLock::new(std::time::Instant::now);
    BEGUN.elapsed()
}

/// So many different tokens, signed on all cores.
pub(crate) fn tokens(issuer: &TestIssuer, number: usize) -> Vec<String> {
    let numbers: Vec<usize> = (0..number).collect();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let shares = numbers.chunks(number.div_ceil(cores));
        let threads: Vec<_> = shares
            .map(|share| {
                let sign = move || share.iter().map(|number| token(issuer, *number)).collect();
                scope.spawn(sign)
            })
            .collect();
        let shares = threads
            .into_iter()
            .map(|thread| -> Vec<String> { thread.join().unwrap() });
        shares.flatten().collect()
    })
}

fn token(issuer: &TestIssuer, number: usize) -> String {
    let subject = format!("{number:08x}-7d2c-4b0e-9a51-3f6c8e21d704");
    let token = issuer
        .token(&subject)
        .claim("jti", format!("{number:08x}-41f3-4c6a-8b1d-90e7a2c5f638"))
        .role("admin")
        .groups(["staff", "finance"])
        .scope("openid profile orders:read orders:write reports:read notes:read")
        .claim("name", "Ada Example")
        .expires_in(Duration::from_secs(24 * 3600));
    token.sign()
}

/// One authentication that must succeed.
pub(crate) fn authenticate(authenticator: &Authenticator, token: &str) {
    let context = now(authenticator.authenticate(token, None)).unwrap();
    std::hint::black_box(context);
}
