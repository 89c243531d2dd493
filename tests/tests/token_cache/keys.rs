use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use pico_auth::test_kit::{ManualClock, TestIssuer, TestKey};
use pico_auth::{
    Algorithm, AuthClientError, Authenticator, Dependency, KeyEdition, KeyFuture, KeyLookup,
    KeyQuery, KeySource, StaticKeys, TokenInvalidReason,
};

use super::support::{admitted, counting, counting_with, keys_of, refusal, remembered, times_read};

fn new_key(kid: &str) -> TestKey {
    TestKey::generate(kid, Algorithm::RS256)
}

/// The set is fetched anew because somebody shows a new key; from then on the old one is gone.
#[tokio::test]
async fn withdrawn_key_is_refused_at_once() {
    let mut issuer = TestIssuer::start().await;
    let authenticator = counting(&issuer, |builder| builder);
    let old = issuer.token("ada").sign();
    // The first one comes before there are keys, so it is kept without an edition of them.
    admitted(&authenticator, &old).await;
    remembered(&authenticator, &old).await;

    issuer = issuer.with_key(new_key("key-2"));
    issuer.withdraw_old_keys();
    let new = issuer.token("ada").sign();
    remembered(&authenticator, &new).await;
    let reason = refusal(&authenticator, &old).await;
    assert_eq!(reason, TokenInvalidReason::UnknownKey);
}

/// A key is what it is made of, not what it is called.
#[tokio::test]
async fn a_key_replaced_under_the_same_kid_does_not_vouch_for_remembered_tokens() {
    let issuer = TestIssuer::in_memory();
    let keys = Exchangeable::of(&issuer);
    let authenticator = counting(&issuer, |builder| builder.key_source(keys.clone()));
    let token = issuer.token("ada").sign();
    remembered(&authenticator, &token).await;

    let other = TestIssuer::in_memory();
    assert_eq!(other.key().kid(), issuer.key().kid());
    keys.exchange(&other);
    let reason = refusal(&authenticator, &token).await;
    assert_eq!(reason, TokenInvalidReason::Signature);
    // And back: what it vouched for is good again.
    keys.exchange(&issuer);
    admitted(&authenticator, &token).await;
}

/// Keys that stay are found again after the others have changed, without a signature.
#[tokio::test]
async fn a_rotation_does_not_forget_the_tokens_of_keys_that_stay() {
    let first = TestIssuer::in_memory();
    let keys = Exchangeable::of(&first);
    let authenticator = counting(&first, |builder| builder.key_source(keys.clone()));
    let token = first.token("ada").sign();
    remembered(&authenticator, &token).await;
    let both = first.clone().with_key(new_key("key-2"));
    keys.exchange(&both);
    admitted(&authenticator, &token).await;
    admitted(&authenticator, &token).await;
    assert_eq!(times_read(&token), 1);
}

/// A second key of the same id and algorithm: which of them was meant cannot be known any more.
#[tokio::test]
async fn a_key_that_became_ambiguous_does_not_vouch_for_remembered_tokens() {
    let issuer = TestIssuer::in_memory();
    let keys = Exchangeable::of(&issuer);
    let authenticator = counting(&issuer, |builder| builder.key_source(keys.clone()));
    let token = issuer.token("ada").sign();
    remembered(&authenticator, &token).await;
    let rivals = issuer.clone().with_key(new_key(issuer.key().kid()));
    keys.exchange(&rivals);
    let reason = refusal(&authenticator, &token).await;
    assert_eq!(reason, TokenInvalidReason::UnknownKey);
}

/// A source that says nothing of editions is asked on every request, so it is believed at once.
#[tokio::test]
async fn a_source_that_names_no_edition_is_asked_each_time() {
    let issuer = TestIssuer::in_memory();
    let keys = Silent(Exchangeable::of(&issuer));
    let authenticator = counting(&issuer, |builder| builder.key_source(keys.clone()));
    let token = issuer.token("ada").sign();
    remembered(&authenticator, &token).await;
    let asked = keys.0.asked.load(Ordering::SeqCst);
    assert_eq!(asked, 2);
    keys.0.exchange(&TestIssuer::in_memory());
    let reason = refusal(&authenticator, &token).await;
    assert_eq!(reason, TokenInvalidReason::Signature);
}

/// Beyond the time for which known keys work without their issuer, a remembered token is no better than
/// another: it cannot be known whether its key was withdrawn.
#[tokio::test]
async fn an_outage_that_outlasts_the_keys_is_not_hidden_by_remembered_tokens() {
    let clock = ManualClock::new();
    let issuer = TestIssuer::start().await.with_clock(clock.clone());
    let settings = issuer.settings().token_cache_max_age_seconds(86_400);
    let authenticator = counting_with(&issuer, settings);
    let token = issuer
        .token("ada")
        .expires_in(Duration::from_secs(86_400))
        .sign();
    admitted(&authenticator, &token).await;
    remembered(&authenticator, &token).await;
    drop(issuer);
    // The set is fresh for 300 seconds, and usable for an hour longer.
    clock.advance(Duration::from_secs(300 + 3600));
    let refused = authenticator.authenticate(&token, None).await;
    let Err(AuthClientError::AuthUnavailable(error)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(error.what(), Dependency::SigningKeys);
}

/// An edition that changes between two looks: what was verified before is not taken for verified after.
#[tokio::test]
async fn a_key_exchanged_while_a_token_is_verified_is_noticed() {
    struct ExchangedMeanwhile(Exchangeable, TestIssuer);
    impl KeySource for ExchangedMeanwhile {
        fn find<'a>(&'a self, query: KeyQuery<'a>) -> KeyFuture<'a> {
            let found = self.0.lookup(query);
            self.0.exchange(&self.1);
            Box::pin(std::future::ready(Ok(found)))
        }

        fn edition(&self) -> Option<KeyEdition> {
            self.0.edition()
        }
    }
    let issuer = TestIssuer::in_memory();
    let other = TestIssuer::in_memory();
    let keys = ExchangedMeanwhile(Exchangeable::of(&issuer), other);
    let authenticator: Authenticator = counting(&issuer, |builder| builder.key_source(keys));
    let token = issuer.token("ada").sign();
    admitted(&authenticator, &token).await;
    let reason = refusal(&authenticator, &token).await;
    assert_eq!(reason, TokenInvalidReason::Signature);
}

/// The keys of before are put back with the edition they had, as nobody should. What the others have verified
/// while they came is not taken for theirs.
#[tokio::test]
async fn keys_that_come_back_do_not_vouch_for_what_others_have_verified() {
    struct ExchangedBefore(Exchangeable, Mutex<Option<TestIssuer>>);
    impl KeySource for ExchangedBefore {
        fn find<'a>(&'a self, query: KeyQuery<'a>) -> KeyFuture<'a> {
            if let Some(other) = self.1.lock().unwrap().take() {
                self.0.exchange(&other);
            }
            self.0.find(query)
        }

        fn edition(&self) -> Option<KeyEdition> {
            self.0.edition()
        }
    }
    let issuer = TestIssuer::in_memory();
    let other = TestIssuer::in_memory();
    let keys = Exchangeable::of(&issuer);
    let of_before = keys.keys.read().unwrap().clone();
    let token = other.token("ada").sign();
    let source = ExchangedBefore(keys.clone(), Mutex::new(Some(other)));
    let authenticator = counting(&issuer, |builder| builder.key_source(source));
    admitted(&authenticator, &token).await;
    *keys.keys.write().unwrap() = of_before;
    let reason = refusal(&authenticator, &token).await;
    assert_eq!(reason, TokenInvalidReason::Signature);
}

/// Keys that an operator exchanges.
#[derive(Clone)]
struct Exchangeable {
    keys: Arc<RwLock<StaticKeys>>,
    asked: Arc<AtomicUsize>,
}

impl Exchangeable {
    fn of(issuer: &TestIssuer) -> Self {
        Self {
            keys: Arc::new(RwLock::new(keys_of(issuer))),
            asked: Arc::default(),
        }
    }

    fn exchange(&self, issuer: &TestIssuer) {
        *self.keys.write().unwrap() = keys_of(issuer);
    }

    fn lookup(&self, query: KeyQuery<'_>) -> KeyLookup {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.keys.read().unwrap().lookup(query)
    }
}

impl KeySource for Exchangeable {
    fn find<'a>(&'a self, query: KeyQuery<'a>) -> KeyFuture<'a> {
        Box::pin(std::future::ready(Ok(self.lookup(query))))
    }

    fn edition(&self) -> Option<KeyEdition> {
        self.keys.read().unwrap().edition()
    }
}

/// The same, by one who never heard of editions.
#[derive(Clone)]
struct Silent(Exchangeable);

impl KeySource for Silent {
    fn find<'a>(&'a self, query: KeyQuery<'a>) -> KeyFuture<'a> {
        self.0.find(query)
    }
}
