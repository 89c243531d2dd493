//! Callers of the tests, and the judge: what must hold for every protected function.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pico_auth::claims::{AgentClaims, TokenClaims};
use pico_auth::{AgentContext, AuthClientError, SecurityContext};
use serde_json::{Value, json};

/// A caller with one role, the group `staff` and the scopes of `scope`.
pub(crate) fn caller(role: &str, scope: &str) -> SecurityContext {
    let claims = json!({ "sub": "alice", "groups": ["staff"], "scope": scope });
    SecurityContext::new(claims_of(claims), [role])
}

pub(crate) fn admin() -> SecurityContext {
    caller("admin", "orders:read orders:write")
}

/// A caller whom no rule of these tests admits, `#[authenticated]` apart.
pub(crate) fn stranger() -> SecurityContext {
    let claims = json!({ "sub": "mallory", "groups": ["Staff", "staff "], "scope": "order" });
    SecurityContext::new(claims_of(claims), ["Admin", "admin "])
}

/// The caller with an agent that acts for them.
pub(crate) fn with_agent(caller: &SecurityContext, scopes: &[&str]) -> SecurityContext {
    let Value::Object(raw) = json!({ "sub": "agent-7", "scopes": scopes }) else {
        unreachable!()
    };
    let claims = AgentClaims::from_raw(raw, Duration::MAX / 2).unwrap();
    caller.with_agent(AgentContext::new(claims))
}

fn claims_of(claims: Value) -> TokenClaims {
    let Value::Object(raw) = claims else {
        unreachable!()
    };
    TokenClaims::from_raw(raw, Duration::from_secs(4_000_000_000)).unwrap()
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
