use pico_auth::test_kit::TestIssuer;
use pico_auth::{Authenticator, TokenInvalidReason};

use super::support::{Counted, admitted, refusal, remembered};

fn trusting(issuers: [&TestIssuer; 2]) -> Authenticator {
    let issuers = issuers.map(|issuer| issuer.trusted(issuer.settings()).claims::<Counted>());
    Authenticator::trusting(issuers).unwrap()
}

#[tokio::test]
async fn distrusted_issuer_in_cache_is_refused() {
    let one = TestIssuer::in_memory_at("https://one.test");
    let two = TestIssuer::in_memory_at("https://two.test");
    let authenticator = trusting([&one, &two]);
    let tokens = [one.token("ada").sign(), two.token("ada").sign()];
    for token in &tokens {
        remembered(&authenticator, token).await;
    }
    assert!(authenticator.distrust(one.url()));
    let reason = refusal(&authenticator, &tokens[0]).await;
    // One issuer is left, which tries the token with its own keys.
    assert_eq!(reason, TokenInvalidReason::Signature);
    admitted(&authenticator, &tokens[1]).await;
}

/// Nobody is left who would say that it is too large.
#[tokio::test]
async fn without_any_issuer_a_token_is_of_none_that_is_trusted() {
    let issuer = TestIssuer::in_memory();
    let authenticator = issuer.authenticator();
    assert!(authenticator.distrust(issuer.url()));
    for token in [issuer.token("ada").sign(), String::new()] {
        let reason = refusal(&authenticator, &token).await;
        assert_eq!(reason, TokenInvalidReason::Issuer);
    }
}

/// What was verified by other settings is verified again.
#[tokio::test]
async fn an_issuer_trusted_again_with_other_settings_remembers_nothing() {
    let one = TestIssuer::in_memory_at("https://one.test");
    let two = TestIssuer::in_memory_at("https://two.test");
    let authenticator = trusting([&one, &two]);
    let token = one.token("ada").sign();
    remembered(&authenticator, &token).await;
    authenticator.distrust(one.url());
    let elsewhere = one.settings().audience("another-service");
    authenticator.trust(one.trusted(elsewhere)).unwrap();
    let reason = refusal(&authenticator, &token).await;
    assert_eq!(reason, TokenInvalidReason::Audience);
}

/// With more issuers than are worth looking through, the token is looked for with the one it names.
#[tokio::test]
async fn a_token_is_remembered_also_among_many_issuers() {
    let issuers: Vec<_> = (0..12)
        .map(|number| TestIssuer::in_memory_at(format!("https://{number}.test")))
        .collect();
    let trusted = issuers
        .iter()
        .map(|issuer| issuer.trusted(issuer.settings()).claims::<Counted>());
    let authenticator = Authenticator::trusting(trusted).unwrap();
    let last = issuers.last().unwrap();
    let token = last.token("ada").sign();
    remembered(&authenticator, &token).await;
    authenticator.distrust(last.url());
    let reason = refusal(&authenticator, &token).await;
    assert_eq!(reason, TokenInvalidReason::Issuer);
}
