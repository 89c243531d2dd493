use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use pico_auth::test_kit::{ManualClock, TestIssuer};
use pico_auth::{
    AuthClientError, Authenticator, Clock, KeyFuture, KeyQuery, KeySource, StaticKeys,
    TokenInvalidReason,
};

use super::support::{
    AdjustableClock, admitted, counting, counting_with, keys_of, refusal, remembered, times_read,
};

#[tokio::test]
async fn expired_token_in_cache_is_refused() {
    let clock = ManualClock::new();
    let issuer = TestIssuer::in_memory().with_clock(clock.clone());
    let authenticator = counting(&issuer, |builder| builder);
    let token = issuer
        .token("ada")
        .expires_in(Duration::from_secs(60))
        .sign();
    remembered(&authenticator, &token).await;
    clock.advance(Duration::from_millis(59_999));
    admitted(&authenticator, &token).await;
    assert_eq!(times_read(&token), 1);
    clock.advance(Duration::from_millis(1));
    for _ in 0..2 {
        let refused = authenticator.authenticate(&token, None).await;
        assert!(matches!(refused, Err(AuthClientError::TokenExpired(_))));
    }
}

#[tokio::test]
async fn the_leeway_ends_for_a_remembered_token_too() {
    let clock = ManualClock::new();
    let issuer = TestIssuer::in_memory().with_clock(clock.clone());
    let settings = issuer.settings().leeway_seconds(30);
    let authenticator = counting_with(&issuer, settings);
    let token = issuer
        .token("ada")
        .expires_in(Duration::from_secs(60))
        .sign();
    remembered(&authenticator, &token).await;
    clock.advance(Duration::from_secs(89));
    admitted(&authenticator, &token).await;
    clock.advance(Duration::from_secs(1));
    let refused = authenticator.authenticate(&token, None).await;
    assert!(matches!(refused, Err(AuthClientError::TokenExpired(_))));
}

#[tokio::test]
async fn a_remembered_token_is_not_yet_valid_once_the_clock_was_set_back() {
    let clock = AdjustableClock::new();
    let issuer = TestIssuer::in_memory().with_clock(clock.clone());
    let authenticator = counting(&issuer, |builder| builder);
    let token = issuer.token("ada").claim("nbf", 1_800_000_000_u64).sign();
    remembered(&authenticator, &token).await;
    clock.set_back(1);
    let reason = refusal(&authenticator, &token).await;
    assert_eq!(reason, TokenInvalidReason::NotYetValid);
}

/// Keys that are fetched, which takes a minute.
struct Slow {
    keys: StaticKeys,
    clock: ManualClock,
    are_there: Arc<AtomicBool>,
}

impl KeySource for Slow {
    fn find<'a>(&'a self, query: KeyQuery<'a>) -> KeyFuture<'a> {
        if !self.are_there.load(Ordering::SeqCst) {
            self.clock.advance(Duration::from_secs(60));
        }
        self.keys.find(query)
    }
}

#[tokio::test]
async fn a_token_that_expires_while_its_key_is_fetched_is_refused() {
    let clock = ManualClock::new();
    let issuer = TestIssuer::in_memory().with_clock(clock.clone());
    let are_there = Arc::new(AtomicBool::new(true));
    let keys = Slow {
        keys: keys_of(&issuer),
        clock,
        are_there: Arc::clone(&are_there),
    };
    let authenticator = counting(&issuer, |builder| builder.key_source(keys));
    let token = issuer.token("ada");
    let token = token.expires_in(Duration::from_secs(60)).sign();
    remembered(&authenticator, &token).await;
    are_there.store(false, Ordering::SeqCst);
    let refused = authenticator.authenticate(&token, None).await;
    assert!(matches!(refused, Err(AuthClientError::TokenExpired(_))));
}

/// A clock at which one request looks while another one with the same token goes by.
#[derive(Clone)]
struct Overtaken {
    time: ManualClock,
    other: Arc<Mutex<Option<(Authenticator, String)>>>,
}

impl Clock for Overtaken {
    fn now(&self) -> Duration {
        let other = self.other.lock().unwrap().take();
        if let Some((authenticator, token)) = other {
            let answer = authenticator.authenticate(&token, None).now_or_never();
            assert!(answer.unwrap().is_ok());
        }
        self.time.now()
    }

    fn elapsed(&self) -> Duration {
        self.time.elapsed()
    }
}

#[tokio::test]
async fn what_another_request_has_remembered_anew_is_not_forgotten_for_the_old() {
    let clock = Overtaken {
        time: ManualClock::new(),
        other: Arc::default(),
    };
    let issuer = TestIssuer::in_memory().with_clock(clock.clone());
    let settings = issuer.settings().token_cache_max_age_seconds(10);
    let authenticator = counting_with(&issuer, settings);
    let token = issuer.token("ada").sign();
    remembered(&authenticator, &token).await;
    clock.time.advance(Duration::from_secs(10));
    let other = (authenticator.clone(), token.clone());
    *clock.other.lock().unwrap() = Some(other);
    admitted(&authenticator, &token).await;
    assert_eq!(times_read(&token), 2, "by the other one alone");
}
