//! Callers of the tests, and the judge: what must hold for every protected function.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pico_auth::test_kit::{ManualClock, TestContext};
use pico_auth::{AuthClientError, SecurityContext};

/// A caller with one role, the group `staff` and the scopes of `scope`.
pub(crate) fn caller(role: &str, scope: &str) -> SecurityContext {
    staff(role, scope).build()
}

pub(crate) fn admin() -> SecurityContext {
    admin_of_staff().build()
}

/// A caller whom no rule of these tests admits, `#[authenticated]` apart.
pub(crate) fn stranger() -> SecurityContext {
    mallory().build()
}

/// The admin, who has authenticated in this class, so many seconds ago.
pub(crate) fn admin_by(acr: &str, seconds_ago: u64) -> SecurityContext {
    by(admin_of_staff(), acr, seconds_ago)
}

/// The stranger, who has authenticated in this class, so many seconds ago.
pub(crate) fn stranger_by(acr: &str, seconds_ago: u64) -> SecurityContext {
    by(mallory(), acr, seconds_ago)
}

fn by(caller: TestContext, acr: &str, seconds_ago: u64) -> SecurityContext {
    const NOW: u64 = 1_800_000_000;
    caller
        .clock(ManualClock::starting_at(Duration::from_secs(NOW)))
        .claim("acr", acr)
        .claim("auth_time", NOW - seconds_ago)
        .build()
}

/// The admin with an agent that acts for them.
pub(crate) fn admin_with_agent(scopes: &[&str]) -> SecurityContext {
    admin_of_staff()
        .agent("agent-7", scopes.iter().copied())
        .build()
}

/// The stranger with an agent that acts for them.
pub(crate) fn stranger_with_agent(scopes: &[&str]) -> SecurityContext {
    mallory().agent("agent-7", scopes.iter().copied()).build()
}

fn staff(role: &str, scope: &str) -> TestContext {
    SecurityContext::test("alice")
        .group("staff")
        .scopes(scope.split(' '))
        .role(role)
}

fn admin_of_staff() -> TestContext {
    staff("admin", "orders:read orders:write")
}

fn mallory() -> TestContext {
    let near_misses = SecurityContext::test("mallory")
        .role("Admin")
        .role("admin ");
    near_misses.group("Staff").group("staff ").scopes(["order"])
}

/// Counts how often a body has run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ran(Arc<AtomicUsize>);

impl Ran {
    pub(crate) fn now(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn times(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// Refuses without a caller and for each of `refused`, admits `admitted`; refused bodies never run.
pub(crate) async fn judge(
    call: impl AsyncFn(&Ran) -> Result<u8, AuthClientError>,
    admitted: SecurityContext,
    refused: &[SecurityContext],
) {
    let ran = Ran::default();

    let nobody = call(&ran).await;
    assert!(
        matches!(nobody, Err(AuthClientError::MissingToken(_))),
        "{nobody:?}"
    );
    for caller in refused {
        let refusal = caller.clone().scope(call(&ran)).await;
        assert!(refusal.is_err(), "{caller:?} was admitted");
    }
    assert_eq!(ran.times(), 0, "the body ran for a refused caller");

    assert_eq!(admitted.scope(call(&ran)).await.unwrap(), 7);
    assert_eq!(ran.times(), 1);
}
