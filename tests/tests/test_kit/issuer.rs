//! `TestIssuer`: keys of every algorithm, rotation, outages and delays.

use pico_auth::test_kit::{TestIssuer, TestKey};
use pico_auth::{Algorithm, AuthClientError, Authenticator, Dependency};

async fn subject(authenticator: &Authenticator, token: &str) -> Result<String, AuthClientError> {
    let context = authenticator.authenticate(token, None).await?;
    Ok(context.subject().to_owned())
}

#[tokio::test]
async fn it_signs_by_every_algorithm_in_memory_and_over_loopback() {
    let in_memory = TestIssuer::in_memory().with_keys_of(Algorithm::ALL.iter().copied());
    let served = TestIssuer::start().await;
    let served = Algorithm::ALL.iter().fold(served, |issuer, algorithm| {
        let key = in_memory
            .keys()
            .iter()
            .find(|key| key.kid() == algorithm.name());
        issuer.with_key(key.unwrap().clone())
    });
    for issuer in [in_memory, served] {
        let authenticator = issuer.authenticator();
        for key in issuer.keys() {
            let token = issuer.token("u1").with_key(key).sign();
            assert_eq!(
                subject(&authenticator, &token).await.unwrap(),
                "u1",
                "{key:?}"
            );
        }
        let algorithms = issuer.keys().iter().map(TestKey::algorithm);
        assert_eq!(&algorithms.skip(1).collect::<Vec<_>>(), Algorithm::ALL);
    }
}

#[tokio::test]
async fn a_rotated_key_signs_and_the_old_one_is_good_until_it_is_withdrawn() {
    let mut issuer = TestIssuer::start().await;
    let authenticator = issuer.authenticator();
    let old = issuer.token("old").sign();
    assert_eq!(subject(&authenticator, &old).await.unwrap(), "old");
    let old_kid = issuer.key().kid().to_owned();

    issuer.rotate();
    assert_ne!(issuer.key().kid(), old_kid);
    let new = issuer.token("new").sign();
    assert_eq!(subject(&authenticator, &new).await.unwrap(), "new");
    assert_eq!(subject(&authenticator, &old).await.unwrap(), "old");
    assert_eq!(
        (issuer.jwks_requests(), issuer.discovery_requests()),
        (2, 2)
    );

    issuer.withdraw_old_keys();
    let fresh = issuer.authenticator();
    assert_eq!(subject(&fresh, &new).await.unwrap(), "new");
    let refusal = subject(&fresh, &old).await.unwrap_err();
    assert_eq!(refusal.to_string(), "Invalid token: Unknown signing key");
}

#[tokio::test]
async fn an_outage_is_an_outage_until_it_ends() {
    let issuer = TestIssuer::start().await;
    let token = issuer.token("u1").sign();
    issuer.go_down();
    let refusal = subject(&issuer.authenticator(), &token).await.unwrap_err();
    let AuthClientError::AuthUnavailable(error) = refusal else {
        panic!("decided: {refusal}");
    };
    assert_eq!(error.what(), Dependency::SigningKeys);
    assert_eq!(
        (issuer.jwks_requests(), issuer.discovery_requests()),
        (0, 1)
    );

    issuer.come_back();
    assert_eq!(
        subject(&issuer.authenticator(), &token).await.unwrap(),
        "u1"
    );
    assert_eq!(
        (issuer.jwks_requests(), issuer.discovery_requests()),
        (1, 2)
    );
}

#[tokio::test]
async fn answers_are_held_until_they_are_released() {
    let issuer = TestIssuer::start().await;
    let authenticator = issuer.authenticator();
    let token = issuer.token("u1").sign();
    let held = issuer.hold();
    let also_held = issuer.hold();
    let ask = tokio::spawn({
        let authenticator = authenticator.clone();
        let token = token.clone();
        async move { subject(&authenticator, &token).await }
    });
    held.arrived(1).await;
    assert_eq!(issuer.discovery_requests(), 1);
    drop(held);
    // The other one still holds.
    also_held.arrived(1).await;
    assert!(!ask.is_finished());
    also_held.release();
    assert_eq!(ask.await.unwrap().unwrap(), "u1");
    // Discovery first, and then the keys.
    assert_eq!(
        (issuer.jwks_requests(), issuer.discovery_requests()),
        (1, 1)
    );
}

#[test]
#[should_panic(expected = "must be an issuer over loopback")]
fn an_issuer_in_memory_cannot_go_down() {
    TestIssuer::in_memory().go_down();
}
