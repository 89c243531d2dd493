//! Callers of the tests, and the judge: what must hold for every protected function.

use std::sync::atomic::{AtomicUsize, Ordering};

use pico_auth::{AuthClientError, SecurityContext};

/// A caller with one role, the group `staff` and the scopes of `scope`.
pub(crate) fn caller(role: &str, scope: &str) -> SecurityContext {
    let caller = SecurityContext::test("alice").role(role).group("staff");
    caller.scopes(scope.split_whitespace()).build()
}

pub(crate) fn admin() -> SecurityContext {
    caller("admin", "orders:read orders:write")
}

/// A caller whom no rule of these tests admits, `#[authenticated]` apart.
pub(crate) fn stranger() -> SecurityContext {
    let stranger = SecurityContext::test("mallory")
        .role("Admin")
        .role("admin ");
    let stranger = stranger.group("Staff").group("staff ");
    stranger.scopes(["order"]).build()
}

/// The caller with an agent that acts for them.
pub(crate) fn with_agent(caller: &SecurityContext, scopes: &[&str]) -> SecurityContext {
    let other = SecurityContext::test("anybody")
        .agent("agent-7", scopes.iter().copied())
        .build();
    caller.with_agent(other.agent().cloned().unwrap())
}

/// Counts how often a body has run.
#[derive(Debug, Default)]
pub(crate) struct Ran(AtomicUsize);

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
