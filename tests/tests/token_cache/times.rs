use std::time::Duration;

use pico_auth::test_kit::{ManualClock, TestIssuer};
use pico_auth::{AuthClientError, TokenInvalidReason};

use super::support::{
    AdjustableClock, admitted, counting, counting_with, refusal, remembered, times_read,
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
