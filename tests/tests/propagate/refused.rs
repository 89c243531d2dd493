//! Callers who are still there when they would not be let in any more.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use pico_auth::test_kit::{ManualClock, TestIssuer};
use pico_auth::{
    AuthClientError, AuthUnavailableError, Authenticator, Dependency, MemoryRevocationList,
    RevocationList, RevocationQuery, SecurityContext, TokenInvalidReason, TokenKind, system,
};
use tokio::time::timeout;

use super::caller;
use super::support::ISSUER;

const HOUR: Duration = Duration::from_secs(3600);
/// How late a refusal may be noticed.
const LATE: Duration = Duration::from_secs(5);

/// An issuer with a list of revoked tokens and an agent, and a caller by both.
struct Setup {
    clock: ManualClock,
    issuer: TestIssuer,
    revoked: MemoryRevocationList,
    authenticator: Authenticator,
}

impl Setup {
    fn new() -> Self {
        let clock = ManualClock::new();
        let issuer = ISSUER.clone().with_clock(clock.clone());
        let revoked = MemoryRevocationList::with_clock(clock.clone());
        let list = revoked.clone();
        let authenticator =
            issuer.authenticator_with(issuer.settings(), |builder| builder.revocation_list(list));
        Self {
            clock,
            issuer,
            revoked,
            authenticator,
        }
    }

    async fn caller(&self) -> SecurityContext {
        let bearer = self.issuer.token("ada").sign();
        let agent = self.issuer.token("robot").agent_scopes(["a"]).sign();
        let caller = self.authenticator.authenticate(&bearer, Some(&agent)).await;
        caller.unwrap()
    }

    async fn goes_on(&self, caller: &SecurityContext) {
        self.authenticator.recheck(caller).await.unwrap();
        let refused = timeout(HOUR, self.authenticator.until_refused(caller));
        refused.await.unwrap_err();
    }

    async fn refusal(&self, caller: &SecurityContext) -> AuthClientError {
        let at_once = self.authenticator.recheck(caller).await.unwrap_err();
        let later = timeout(LATE, self.authenticator.until_refused(caller));
        assert_eq!(later.await.unwrap().to_string(), at_once.to_string());
        at_once
    }
}

fn invalid(error: &AuthClientError) -> (TokenKind, &TokenInvalidReason) {
    match error {
        AuthClientError::TokenInvalid(error) => (error.token(), error.reason()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_revoked_is_refused_within_five_seconds() {
    let setup = Setup::new();
    let caller = setup.caller().await;
    let other = setup.caller().await;
    let mut refused = pin!(setup.authenticator.until_refused(&caller));
    timeout(HOUR, refused.as_mut()).await.unwrap_err();
    let jti = caller.token_claims().jti().unwrap();
    setup
        .revoked
        .revoke(caller.issuer(), jti, caller.expires_at());
    let refusal = timeout(LATE, refused).await.unwrap();
    assert_eq!(
        invalid(&refusal),
        (TokenKind::Bearer, &TokenInvalidReason::Revoked)
    );
    setup.refusal(&caller).await;
    setup.goes_on(&other).await;
}

#[tokio::test(start_paused = true)]
async fn who_acts_by_an_agent_that_is_revoked_is_refused() {
    let setup = Setup::new();
    let caller = setup.caller().await;
    let agent = caller.agent().unwrap();
    let jti = agent.claims().jti().unwrap();
    setup
        .revoked
        .revoke(caller.issuer(), jti, agent.expires_at());
    let refusal = setup.refusal(&caller).await;
    assert_eq!(
        invalid(&refusal),
        (TokenKind::Agent, &TokenInvalidReason::Revoked)
    );
}

#[tokio::test(start_paused = true)]
async fn whose_token_expires_is_refused_and_told_which() {
    let setup = Setup::new();
    let caller = setup.caller().await;
    let long = setup.issuer.token("ada").expires_in(2 * HOUR).sign();
    let agent = setup.issuer.token("robot").agent_scopes(["a"]).sign();
    let by_agent = setup.authenticator.authenticate(&long, Some(&agent)).await;
    let by_agent = by_agent.unwrap();
    setup.goes_on(&caller).await;
    setup.clock.advance(Duration::from_secs(300));
    for (caller, token) in [(caller, TokenKind::Bearer), (by_agent, TokenKind::Agent)] {
        match setup.refusal(&caller).await {
            AuthClientError::TokenExpired(error) => {
                assert_eq!(error.token(), token);
                assert!(error.jti().is_some());
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_has_an_issuer_that_is_trusted_no_more_is_refused() {
    let setup = Setup::new();
    let caller = setup.caller().await;
    setup.goes_on(&caller).await;
    setup.authenticator.distrust(setup.issuer.url());
    let refusal = setup.refusal(&caller).await;
    assert_eq!(invalid(&refusal).1, &TokenInvalidReason::Issuer);
}

/// The attack: a context that another authenticator made, or nobody.
#[tokio::test(start_paused = true)]
async fn who_was_let_in_by_somebody_else_is_refused() {
    let setup = Setup::new();
    let foreign = TestIssuer::in_memory_at("https://other.test");
    let token = foreign.token("ada").sign();
    let foreign = foreign
        .authenticator()
        .authenticate(&token, None)
        .await
        .unwrap();
    for caller in [foreign, caller("ada")] {
        let refusal = setup.refusal(&caller).await;
        assert_eq!(invalid(&refusal).1, &TokenInvalidReason::Issuer);
    }
}

#[tokio::test(start_paused = true)]
async fn a_system_caller_is_not_refused_and_has_nothing_to_be_revoked() {
    let setup = Setup::new();
    setup
        .goes_on(&system("nightly-report").build().unwrap())
        .await;
}

#[tokio::test(start_paused = true)]
async fn without_authentication_nobody_stays() {
    let setup = Setup::new();
    let caller = setup.caller().await;
    let disabled = setup.issuer.settings().enabled(false);
    let disabled = setup.issuer.authenticator_with(disabled, |builder| builder);
    let refusal = disabled.until_refused(&caller).await;
    assert!(
        matches!(refusal, AuthClientError::MissingToken(_)),
        "{refusal:?}"
    );
}

/// A list that answers as the test says, and counts how often it is asked.
#[derive(Clone, Default)]
struct Flaky {
    is_down: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

impl RevocationList for Flaky {
    async fn is_revoked(&self, _: RevocationQuery<'_>) -> Result<bool, AuthUnavailableError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        if self.is_down.load(Ordering::SeqCst) {
            return Err(AuthUnavailableError::new(Dependency::RevocationList));
        }
        Ok(false)
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_cannot_answer_is_a_refusal_that_says_so() {
    let list = Flaky::default();
    let issuer = ISSUER.clone().with_clock(ManualClock::new());
    let authenticator = issuer.authenticator_with(issuer.settings(), |builder| {
        builder.revocation_list(list.clone())
    });
    let token = issuer.token("ada").sign();
    let caller = authenticator.authenticate(&token, None).await.unwrap();
    let asked = list.asked.load(Ordering::SeqCst);
    timeout(HOUR, authenticator.until_refused(&caller))
        .await
        .unwrap_err();
    let asked = list.asked.load(Ordering::SeqCst) - asked;
    assert!((700..=725).contains(&asked), "every five seconds: {asked}");
    list.is_down.store(true, Ordering::SeqCst);
    let refusal = timeout(LATE, authenticator.until_refused(&caller))
        .await
        .unwrap();
    assert!(
        matches!(refusal, AuthClientError::AuthUnavailable(_)),
        "{refusal:?}"
    );
    // Who would rather keep the connection calls again.
    list.is_down.store(false, Ordering::SeqCst);
    timeout(HOUR, authenticator.until_refused(&caller))
        .await
        .unwrap_err();
}
