use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, AuthUnavailableError, Dependency, MemoryRevocationList, RevocationList,
    RevocationQuery, TokenInvalidReason,
};

use super::support::{counting, refusal, remembered, times_read};

#[tokio::test]
async fn revoked_token_in_cache_is_refused() {
    let issuer = TestIssuer::in_memory();
    let list = MemoryRevocationList::new();
    let authenticator = counting(&issuer, |builder| builder.revocation_list(list.clone()));
    let token = issuer.token("ada").sign();
    remembered(&authenticator, &token).await;
    let caller = authenticator.authenticate(&token, None).await.unwrap();
    let jti = caller.token_claims().jti().unwrap();
    list.revoke(caller.issuer(), jti, caller.expires_at());
    for _ in 0..2 {
        let reason = refusal(&authenticator, &token).await;
        assert_eq!(reason, TokenInvalidReason::Revoked);
    }
    assert_eq!(times_read(&token), 1);
}

#[tokio::test]
async fn revoked_agent_token_in_cache_is_refused() {
    let issuer = TestIssuer::in_memory();
    let list = MemoryRevocationList::new();
    let authenticator = counting(&issuer, |builder| builder.revocation_list(list.clone()));
    let token = issuer.token("ada").sign();
    let agent = issuer.token("bot").sign();
    for _ in 0..2 {
        let caller = authenticator.authenticate(&token, Some(&agent)).await;
        assert_eq!(caller.unwrap().agent().unwrap().subject(), "bot");
    }
    let caller = authenticator.authenticate(&token, Some(&agent)).await;
    let caller = caller.unwrap();
    let jti = caller.agent().unwrap().claims().jti().unwrap();
    list.revoke(issuer.url(), jti, caller.expires_at());
    let refused = authenticator.authenticate(&token, Some(&agent)).await;
    let Err(AuthClientError::TokenInvalid(error)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(error.reason(), &TokenInvalidReason::Revoked);
    assert_eq!(error.token(), pico_auth::TokenKind::Agent);
}

/// A list that must be asked over a network, and is down from some time on.
struct Remote {
    down: Arc<AtomicBool>,
}

impl RevocationList for Remote {
    async fn is_revoked(&self, _: RevocationQuery<'_>) -> Result<bool, AuthUnavailableError> {
        tokio::task::yield_now().await;
        if self.down.load(Ordering::SeqCst) {
            return Err(AuthUnavailableError::new(Dependency::RevocationList));
        }
        Ok(false)
    }
}

#[tokio::test]
async fn a_list_that_cannot_answer_is_not_hidden_by_remembered_tokens() {
    let issuer = TestIssuer::in_memory();
    let down = Arc::new(AtomicBool::new(false));
    let list = Remote {
        down: Arc::clone(&down),
    };
    let authenticator = counting(&issuer, |builder| builder.revocation_list(list));
    let token = issuer.token("ada").sign();
    remembered(&authenticator, &token).await;
    down.store(true, Ordering::SeqCst);
    let refused = authenticator.authenticate(&token, None).await;
    assert!(matches!(refused, Err(AuthClientError::AuthUnavailable(_))));
}
