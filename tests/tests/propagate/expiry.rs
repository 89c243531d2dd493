//! The end of a caller's tokens. Timers are tokio's, which are paused here, and the time of tokens is the
//! clock of the test.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use pico_auth::test_kit::{ManualClock, TestIssuer};
use pico_auth::{Authenticator, Claims, Clock, SecurityContext, system};
use tokio::time::{Instant, timeout};

use super::support::ISSUER;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);
/// How late an end may be noticed.
const LATE: Duration = Duration::from_secs(5);

/// Time that the test sets, also back.
#[derive(Clone, Default)]
struct SetClock(Arc<AtomicU64>);

impl SetClock {
    fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Duration {
        Duration::from_secs(self.0.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

/// Time that goes as tokio's does.
struct Flowing(Instant);

impl Clock for Flowing {
    fn now(&self) -> Duration {
        1_000_000 * SECOND + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

fn issuer(clock: impl Clock) -> (TestIssuer, Authenticator) {
    let issuer = ISSUER.clone().with_clock(clock);
    let authenticator = issuer.authenticator();
    (issuer, authenticator)
}

async fn caller(
    issuer: &TestIssuer,
    authenticator: &Authenticator,
    lifetime: Duration,
) -> SecurityContext {
    let token = issuer.token("ada").expires_in(lifetime).sign();
    authenticator.authenticate(&token, None).await.unwrap()
}

async fn goes_on(caller: &SecurityContext) {
    assert!(!caller.has_expired());
    timeout(HOUR, caller.until_expired()).await.unwrap_err();
}

async fn ends(caller: &SecurityContext) {
    assert!(caller.has_expired());
    let noticed = timeout(LATE, caller.until_expired());
    noticed.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_caller_expires_with_their_token_by_the_clock_of_the_authenticator() {
    let clock = ManualClock::new();
    let (issuer, authenticator) = issuer(clock.clone());
    let caller = caller(&issuer, &authenticator, 300 * SECOND).await;
    goes_on(&caller).await;
    clock.advance(299 * SECOND);
    goes_on(&caller).await;
    // "on or after which the JWT MUST NOT be accepted" (RFC 7519 §4.1.4).
    clock.advance(SECOND);
    ends(&caller).await;
    // A request would be refused at the same moment.
    let token = issuer.token("ada").expires_in(Duration::ZERO).sign();
    authenticator.authenticate(&token, None).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn the_leeway_of_requests_is_that_of_connections() {
    let clock = ManualClock::new();
    let issuer = ISSUER.clone().with_clock(clock.clone());
    let settings = issuer.settings().leeway_seconds(30);
    let authenticator = issuer.authenticator_with(settings, |builder| builder);
    let token = issuer.token("ada").expires_in(300 * SECOND).sign();
    let at = |seconds: u32| {
        clock.advance(seconds * SECOND);
        authenticator.authenticate(&token, None)
    };
    let caller = at(0).await.unwrap();
    at(329).await.unwrap();
    goes_on(&caller).await;
    at(1).await.unwrap_err();
    ends(&caller).await;
}

#[tokio::test(start_paused = true)]
async fn who_acts_by_an_agent_ends_with_the_token_that_ends_first() {
    let clock = ManualClock::new();
    let (issuer, authenticator) = issuer(clock.clone());
    let bearer = issuer.token("ada").expires_in(300 * SECOND).sign();
    let agent = issuer.token("robot").agent_scopes(["a"]);
    let agent = agent.expires_in(60 * SECOND).sign();
    let alone = authenticator.authenticate(&bearer, None).await.unwrap();
    let by_agent = authenticator.authenticate(&bearer, Some(&agent)).await;
    let by_agent = by_agent.unwrap();
    goes_on(&by_agent).await;
    clock.advance(60 * SECOND);
    ends(&by_agent).await;
    goes_on(&alone).await;
}

#[tokio::test(start_paused = true)]
async fn the_end_is_noticed_in_time_and_not_looked_for_all_the_time() {
    let (issuer, authenticator) = issuer(Flowing(Instant::now()));
    let caller = caller(&issuer, &authenticator, HOUR).await;
    let begun = Instant::now();
    let looks = AtomicUsize::new(0);
    let mut end = pin!(caller.until_expired());
    poll_fn(|context| {
        looks.fetch_add(1, Ordering::SeqCst);
        end.as_mut().poll(context)
    })
    .await;
    let late = begun.elapsed().saturating_sub(HOUR);
    assert!(
        begun.elapsed() >= HOUR && late <= Duration::from_millis(10),
        "{late:?}"
    );
    // Every five seconds.
    assert!(looks.load(Ordering::SeqCst) <= 725, "{looks:?}");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_forward_ends_it_within_five_seconds() {
    let clock = SetClock::default();
    clock.set(1_000_000);
    let (issuer, authenticator) = issuer(clock.clone());
    let caller = caller(&issuer, &authenticator, 24 * HOUR).await;
    let mut end = pin!(caller.until_expired());
    assert!(timeout(SECOND, end.as_mut()).await.is_err());
    // The machine was suspended for two days: timers stood still.
    clock.set(1_000_000 + 48 * 3600);
    timeout(LATE, end).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_lets_it_go_on() {
    let clock = SetClock::default();
    clock.set(1_000_000);
    let (issuer, authenticator) = issuer(clock.clone());
    let caller = caller(&issuer, &authenticator, 10 * SECOND).await;
    let mut end = pin!(caller.until_expired());
    assert!(poll_fn(|context| Poll::Ready(end.as_mut().poll(context).is_pending())).await);
    clock.set(999_000);
    timeout(HOUR, end.as_mut()).await.unwrap_err();
    clock.set(1_000_010);
    timeout(LATE, end).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_system_caller_never_expires() {
    goes_on(&system("nightly-report").build().unwrap()).await;
}

#[tokio::test(start_paused = true)]
async fn a_caller_of_a_test_expires_by_the_clock_of_the_operating_system() {
    goes_on(&super::caller("ada")).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_changed_of_a_caller_expires_as_before() {
    #[derive(Claims)]
    struct Tenant {
        tenant: String,
    }
    let clock = ManualClock::new();
    let (issuer, authenticator) = issuer(clock.clone());
    let caller = caller(&issuer, &authenticator, 300 * SECOND).await;
    let agent = SecurityContext::test("x").agent("robot", ["a"]).build();
    let tenant = Tenant {
        tenant: "acme".into(),
    };
    let with_claims = caller.with_claims(tenant);
    let tenant = with_claims.claims::<Tenant>().unwrap();
    assert_eq!(tenant.tenant, "acme");
    let changed = [
        caller.with_agent(agent.agent().unwrap().clone()),
        with_claims,
    ];
    clock.advance(300 * SECOND);
    for caller in changed {
        ends(&caller).await;
    }
}
