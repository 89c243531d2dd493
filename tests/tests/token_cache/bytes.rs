use pico_auth::test_kit::TestIssuer;

use super::support::{admitted, counting, refusal, remembered, times_read};

/// Every byte of a remembered token, changed in turn: the twin is never taken for it, whatever part of a
/// token the cache looks up by.
#[tokio::test]
async fn byte_flipped_twin_is_refused() {
    let issuer = TestIssuer::in_memory();
    let authenticator = counting(&issuer, |builder| builder);
    let token = issuer.token("ada").role("admin").sign();
    remembered(&authenticator, &token).await;
    for place in 0..token.len() {
        let mut twin = token.clone().into_bytes();
        twin[place] = if twin[place] == b'A' { b'B' } else { b'A' };
        let twin = String::from_utf8(twin).unwrap();
        let answer = authenticator.authenticate(&twin, None).await;
        assert!(answer.is_err(), "byte {place}");
    }
    admitted(&authenticator, &token).await;
    assert_eq!(times_read(&token), 1);
}

#[tokio::test]
async fn a_longer_or_shorter_twin_is_refused() {
    let issuer = TestIssuer::in_memory();
    let authenticator = counting(&issuer, |builder| builder);
    let token = issuer.token("ada").sign();
    remembered(&authenticator, &token).await;
    let (signed, signature) = token.rsplit_once('.').unwrap();
    for twin in [
        format!("{token}A"),
        format!("{token}="),
        format!("A{token}"),
        format!("{token}."),
        token[..token.len() - 1].to_owned(),
        token[1..].to_owned(),
        format!("{signed}."),
        format!("{}.{signature}", signed.to_uppercase()),
        String::new(),
    ] {
        let answer = authenticator.authenticate(&twin, None).await;
        assert!(answer.is_err(), "{twin}");
    }
}

/// The signature of a good token under the claims of another: the end, by which it is looked up among others,
/// is the same.
#[tokio::test]
async fn a_borrowed_signature_is_refused() {
    let issuer = TestIssuer::in_memory();
    let authenticator = counting(&issuer, |builder| builder);
    let token = issuer.token("ada").role("viewer").sign();
    remembered(&authenticator, &token).await;
    let wanted = issuer.token("ada").role("admin").sign();
    let (signed, _) = wanted.rsplit_once('.').unwrap();
    let (_, signature) = token.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{signature}");
    let reason = refusal(&authenticator, &forged).await;
    assert_eq!(reason, pico_auth::TokenInvalidReason::Signature);
}
