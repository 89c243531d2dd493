use std::time::Duration;

use pico_auth::TokenInvalidReason;
use pico_auth::test_kit::{ManualClock, TestIssuer, TestKey};

use super::support::{admitted, counting, counting_with, refusal, remembered, times_read};

#[tokio::test]
async fn a_token_that_comes_again_is_not_verified_again() {
    let issuer = TestIssuer::in_memory();
    let authenticator = counting(&issuer, |builder| builder);
    let token = issuer.token("ada").sign();
    for _ in 0..5 {
        admitted(&authenticator, &token).await;
    }
    assert_eq!(times_read(&token), 1);
    let context = authenticator.authenticate(&token, None).await.unwrap();
    assert_eq!(context.subject(), "ada");
    assert_eq!(context.token_claims().kid(), Some(issuer.key().kid()));
    assert_eq!(context.issuer(), issuer.url());
}

#[tokio::test]
async fn switched_off_it_remembers_nothing() {
    let issuer = TestIssuer::in_memory();
    let settings = issuer.settings().token_cache_capacity(0);
    let authenticator = counting_with(&issuer, settings);
    let token = issuer.token("ada").sign();
    for _ in 0..3 {
        admitted(&authenticator, &token).await;
    }
    assert_eq!(times_read(&token), 3);
}

#[tokio::test]
async fn a_token_is_remembered_no_longer_than_the_settings_say() {
    let clock = ManualClock::new();
    let issuer = TestIssuer::in_memory().with_clock(clock.clone());
    let settings = issuer.settings().token_cache_max_age_seconds(10);
    let authenticator = counting_with(&issuer, settings);
    let token = issuer.token("ada").sign();
    remembered(&authenticator, &token).await;
    clock.advance(Duration::from_millis(9_999));
    admitted(&authenticator, &token).await;
    assert_eq!(times_read(&token), 1);
    clock.advance(Duration::from_millis(1));
    admitted(&authenticator, &token).await;
    admitted(&authenticator, &token).await;
    assert_eq!(times_read(&token), 2);
}

/// As many forged tokens as the cache holds, and more: none of them takes the place of a good one.
#[tokio::test]
async fn a_flood_of_forged_tokens_drives_nothing_out() {
    let issuer = TestIssuer::in_memory();
    let authenticator = counting_with(&issuer, issuer.settings().token_cache_capacity(8));
    let tokens: Vec<_> = (0..4).map(|_| issuer.token("ada").sign()).collect();
    for token in &tokens {
        admitted(&authenticator, token).await;
    }
    let stranger = TestKey::generate(issuer.key().kid(), issuer.key().algorithm());
    let forged = TestIssuer::in_memory().with_key(stranger);
    for _ in 0..50 {
        let attempt = forged.token("ada").claim("iss", issuer.url()).sign();
        let reason = refusal(&authenticator, &attempt).await;
        assert_eq!(reason, TokenInvalidReason::Signature);
    }
    for token in &tokens {
        admitted(&authenticator, token).await;
        assert_eq!(times_read(token), 1);
    }
}

/// Parsed, small values take far more room than their text: whoever may write such a claim must not fill the
/// memory. With room for 8, one token of as many bytes has its place, and one of 1000 values has none.
#[tokio::test]
async fn a_token_of_many_values_weighs_more_than_its_text() {
    let issuer = TestIssuer::in_memory();
    let settings = issuer.settings().token_cache_capacity(8);
    let authenticator = counting_with(&issuer, settings);
    let values = vec![0; 1000];
    let text = "0".repeat(2000);
    let text = issuer.token("ada").claim("note", text).sign();
    let values = issuer.token("ada").claim("note", values).sign();
    remembered(&authenticator, &text).await;
    for _ in 0..2 {
        admitted(&authenticator, &values).await;
    }
    assert_eq!(times_read(&values), 2);
}

/// The number of remembered tokens is bounded: with room for few, of many some are verified again.
#[tokio::test]
async fn many_good_tokens_take_no_more_room_than_allowed() {
    let issuer = TestIssuer::in_memory();
    let settings = issuer.settings().token_cache_capacity(8);
    let authenticator = counting_with(&issuer, settings);
    let tokens: Vec<_> = (0..40).map(|_| issuer.token("ada").sign()).collect();
    for _ in 0..2 {
        for token in &tokens {
            admitted(&authenticator, token).await;
        }
    }
    let again = tokens.iter().filter(|token| times_read(token) == 2);
    assert!(again.count() >= tokens.len() - 8);
}
