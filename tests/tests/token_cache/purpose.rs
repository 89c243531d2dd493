use pico_auth::test_kit::TestIssuer;
use pico_auth::{AuthClientError, TokenInvalidReason, TokenKind};

use super::support::{counting_with, refusal, remembered};

/// A token that is good for one purpose is looked at anew for the other, by the rules of the other.
#[tokio::test]
async fn a_remembered_token_of_one_purpose_is_not_taken_for_the_other() {
    let issuer = TestIssuer::in_memory();
    let settings = issuer.settings().agent_audience("agents");
    let authenticator = counting_with(&issuer, settings);
    let caller = issuer.token("ada").sign();
    let agent = issuer.token("bot").claim("aud", "agents").sign();
    remembered(&authenticator, &caller).await;
    for _ in 0..2 {
        let both = authenticator.authenticate(&caller, Some(&agent)).await;
        assert_eq!(both.unwrap().agent().unwrap().subject(), "bot");
    }
    let reason = refusal(&authenticator, &agent).await;
    assert_eq!(reason, TokenInvalidReason::Audience);
    let refused = authenticator.authenticate(&caller, Some(&caller)).await;
    let Err(AuthClientError::TokenInvalid(error)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(error.token(), TokenKind::Agent);
    assert_eq!(error.reason(), &TokenInvalidReason::Audience);
}

/// Whose agent it is, is a question of each request: the agent's token is remembered without a caller.
#[tokio::test]
async fn a_remembered_agent_does_not_act_for_another_user() {
    let issuer = TestIssuer::in_memory();
    let settings = issuer.settings().agent_user_must_match_subject(true);
    let authenticator = counting_with(&issuer, settings);
    let ada = issuer.token("ada").sign();
    let eve = issuer.token("eve").sign();
    let agent = issuer.token("bot").claim("user_id", "ada").sign();
    for _ in 0..2 {
        let both = authenticator.authenticate(&ada, Some(&agent)).await;
        assert!(both.is_ok());
        let stolen = authenticator.authenticate(&eve, Some(&agent)).await;
        assert!(matches!(stolen, Err(AuthClientError::TokenInvalid(_))));
    }
    // And who came with an agent once has none without one.
    let alone = authenticator.authenticate(&ada, None).await.unwrap();
    assert!(alone.agent().is_none());
}
