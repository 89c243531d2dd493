use pico_auth::test_kit::{TestIssuer, TestKey};
use pico_auth::{
    Algorithm, AuthClientError, Authenticator, ClientCertificate, Credentials, Dpop,
    TokenInvalidReason,
};

use super::support::{counting, times_read};

const API: &str = "https://api.example";

async fn sent(
    authenticator: &Authenticator,
    credentials: Credentials<'_>,
) -> Option<TokenInvalidReason> {
    match authenticator.authenticate_with(credentials).await {
        Ok(_) => None,
        Err(AuthClientError::TokenInvalid(error)) => Some(error.reason().clone()),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_remembered_bound_token_needs_a_proof_each_time() {
    let issuer = TestIssuer::in_memory();
    let authenticator = counting(&issuer, |builder| builder.dpop(Dpop::new([API])));
    let owner = TestKey::generate("owner", Algorithm::ES256);
    let thief = TestKey::generate("thief", Algorithm::ES256);
    let token = issuer.token("ada").bound_to(&owner).sign();
    let proof = |key| {
        issuer
            .proof(key, "GET", &format!("{API}/me"), &token)
            .sign()
    };

    let first = proof(&owner);
    let good = Credentials::dpop(&token, &first, "GET", "/me");
    assert_eq!(sent(&authenticator, good).await, None);
    let second = proof(&owner);
    let good = Credentials::dpop(&token, &second, "GET", "/me");
    assert_eq!(sent(&authenticator, good).await, None);
    assert_eq!(times_read(&token), 1, "it was not remembered");

    let replayed = Credentials::dpop(&token, &second, "GET", "/me");
    let reason = sent(&authenticator, replayed).await;
    assert!(matches!(reason, Some(TokenInvalidReason::DpopProof(_))));
    let stolen = sent(&authenticator, Credentials::bearer(&token)).await;
    assert!(matches!(
        stolen,
        Some(TokenInvalidReason::SenderConstraint(_))
    ));
    let of_thief = proof(&thief);
    let stolen = Credentials::dpop(&token, &of_thief, "GET", "/me");
    assert!(sent(&authenticator, stolen).await.is_some());
    let elsewhere = proof(&owner);
    let elsewhere = Credentials::dpop(&token, &elsewhere, "DELETE", "/me");
    assert!(sent(&authenticator, elsewhere).await.is_some());
}

#[tokio::test]
async fn a_remembered_token_bound_to_a_certificate_needs_it_each_time() {
    let issuer = TestIssuer::in_memory();
    let authenticator = counting(&issuer, |builder| builder);
    let [owner, thief] = [b"owner", b"thief"].map(|der| ClientCertificate::from_der(der));
    let token = issuer.token("ada").bound_to_certificate(&owner).sign();
    for _ in 0..2 {
        let good = Credentials::bearer(&token).certificate(owner);
        assert_eq!(sent(&authenticator, good).await, None);
    }
    assert_eq!(times_read(&token), 1, "it was not remembered");
    for certificate in [None, Some(thief)] {
        let stolen = Credentials::bearer(&token).certificate(certificate);
        let reason = sent(&authenticator, stolen).await;
        assert!(matches!(
            reason,
            Some(TokenInvalidReason::SenderConstraint(_))
        ));
    }
}
