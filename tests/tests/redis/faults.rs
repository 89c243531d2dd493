//! The list while Redis is down, frozen, restarted, emptied, or not what it should be.

use std::time::{Duration, Instant};

use pico_auth::RevocationList;

use crate::server::{ISSUER, Redis, ask, is_unavailable, query, revoke, until_refused};
use crate::soon::soon;

const BOUND: Duration = Duration::from_secs(10);
const ALMOST: Duration = Duration::from_millis(9_999);

#[tokio::test]
async fn a_restart_loses_nothing_and_lets_nothing_in() {
    let mut redis = Redis::start().await;
    let (list, clock) = redis.list_with_clock();
    revoke(&list, "before").await;
    assert!(!ask(&list, "good").await.unwrap());

    redis.kill().await;
    list.refresh().await.unwrap_err();
    assert!(!ask(&list, "good").await.unwrap(), "within the bound");
    clock.advance(BOUND);
    let cause = is_unavailable(ask(&list, "good").await);
    assert!(
        cause.contains(&format!("redis 127.0.0.1:{}", redis.port)),
        "{cause}"
    );
    assert!(ask(&list, "before").await.unwrap(), "revoked stays revoked");

    redis.run().await;
    // Revoked by another instance before this one is back.
    revoke(&redis.list(), "meanwhile").await;
    list.refresh().await.unwrap();
    assert!(ask(&list, "before").await.unwrap());
    assert!(ask(&list, "meanwhile").await.unwrap());
    assert!(!ask(&list, "good").await.unwrap());
    let later = redis.list();
    assert!(ask(&later, "before").await.unwrap(), "it is on disk");
    revoke(&later, "after").await;
    until_refused(&list, "after").await;
}

/// The list is read before the first token comes, however late Redis is up.
#[tokio::test]
async fn a_service_that_waited_until_it_was_ready_has_its_list() {
    let mut redis = Redis::start().await;
    revoke(&redis.list(), "gone").await;
    redis.kill().await;
    let list = redis.list();
    let issuer = pico_auth::test_kit::TestIssuer::in_memory();
    let authenticator = issuer.authenticator_with(issuer.settings(), |parts| {
        parts.revocation_list(list.clone())
    });
    let error = authenticator
        .wait_until_ready(BOUND / 10)
        .await
        .unwrap_err();
    assert_eq!(error.what(), pico_auth::Dependency::RevocationList);
    assert!(std::error::Error::source(&error).is_some(), "it says why");
    redis.run().await;
    authenticator.wait_until_ready(6 * BOUND).await.unwrap();
    assert!(list.at_hand(query("gone")).unwrap().unwrap());
    assert!(!list.at_hand(query("good")).unwrap().unwrap());
}

/// Without any request and without anyone asking for it.
#[tokio::test]
async fn it_comes_back_by_itself() {
    let mut redis = Redis::start().await;
    let list = redis.list();
    assert!(!ask(&list, "good").await.unwrap());
    redis.until_subscribed(1).await;
    redis.kill().await;
    redis.run().await;
    redis.until_subscribed(1).await;
    revoke(&redis.list(), "gone").await;
    until_refused(&list, "gone").await;
}

#[tokio::test]
async fn down_from_the_beginning_is_a_503_until_it_is_up() {
    let mut redis = Redis::start().await;
    redis.kill().await;
    let list = redis.list();
    is_unavailable(ask(&list, "good").await);
    let until = std::time::UNIX_EPOCH + crate::server::FOREVER;
    assert!(list.revoke(ISSUER, "x", until).await.is_err());
    is_unavailable(ask(&list, "x").await);
    redis.run().await;
    list.refresh().await.unwrap();
    assert!(!ask(&list, "good").await.unwrap());
}

/// All connections stay open and nothing comes: the bound counts from the last proof, not from the first
/// error.
#[tokio::test]
async fn a_frozen_server_does_not_make_the_list_silently_stale() {
    let redis = Redis::start().await;
    let (list, clock) = redis.list_within(Duration::from_millis(500));
    // On a busy machine a good answer may take longer than that.
    let refreshed = async || {
        soon("refreshed", async {
            while list.refresh().await.is_err() {}
        })
        .await;
    };
    refreshed().await;
    assert!(!ask(&list, "good").await.unwrap());
    redis.signal("STOP");
    clock.advance(ALMOST);
    let begun = Instant::now();
    list.refresh().await.unwrap_err();
    assert!(!ask(&list, "good").await.unwrap());
    clock.advance(Duration::from_millis(1));
    is_unavailable(ask(&list, "good").await);
    let until = std::time::UNIX_EPOCH + crate::server::FOREVER;
    list.revoke(ISSUER, "x", until).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(20), "nothing hangs");
    redis.signal("CONT");
    refreshed().await;
    assert!(!ask(&list, "good").await.unwrap());
}

#[tokio::test]
async fn a_cut_subscription_misses_nothing() {
    let redis = Redis::start().await;
    let (list, _) = redis.list_with_clock();
    let other = redis.list();
    for round in 0..20 {
        list.refresh().await.unwrap();
        redis.command(&["CLIENT", "KILL", "TYPE", "pubsub"]).await;
        let jti = format!("gone-{round}");
        revoke(&other, &jti).await;
        list.refresh().await.unwrap_or_default();
        list.refresh().await.unwrap();
        assert!(ask(&list, &jti).await.unwrap(), "{jti}");
    }
}

/// An attacker who can empty Redis must not bring revoked tokens back where they are known.
#[tokio::test]
async fn what_is_known_stays_revoked_when_redis_loses_its_data() {
    let mut redis = Redis::with(&["--appendonly", "no"]).await;
    let (list, _) = redis.list_with_clock();
    revoke(&list, "gone").await;
    redis.kill().await;
    redis.run().await;
    assert_eq!(
        redis.command(&["EXISTS", "pico-auth:revoked"]).await,
        ":0\r\n"
    );
    soon("back", async { while list.refresh().await.is_err() {} }).await;
    assert!(ask(&list, "gone").await.unwrap());
    assert!(!ask(&list, "good").await.unwrap());
    redis.command(&["FLUSHALL"]).await;
    list.refresh().await.unwrap();
    assert!(ask(&list, "gone").await.unwrap());
}

/// A replica that lost its primary goes on as if nothing happened.
#[tokio::test]
async fn a_replica_is_not_believed() {
    let primary = Redis::start().await;
    let port = primary.port.to_string();
    let replica = Redis::with(&["--replicaof", "127.0.0.1", &port]).await;
    let cause = is_unavailable(ask(&replica.list(), "good").await);
    assert!(cause.contains("replica"), "{cause}");
    let (list, clock) = primary.list_with_clock();
    assert!(!ask(&list, "good").await.unwrap());
    // A primary that is made a replica.
    let address = ["REPLICAOF", "127.0.0.1", "1"];
    assert_eq!(primary.command(&address).await, "+OK\r\n");
    soon("a replica", async { while list.refresh().await.is_ok() {} }).await;
    clock.advance(BOUND);
    is_unavailable(ask(&list, "good").await);
}

#[tokio::test]
async fn a_key_of_another_type_is_no_empty_list() {
    let redis = Redis::start().await;
    redis.command(&["SET", "pico-auth:revoked", "x"]).await;
    let cause = is_unavailable(ask(&redis.list(), "good").await);
    assert!(
        cause.contains("WRONGTYPE") || cause.contains("wrong kind"),
        "{cause}"
    );
}

#[tokio::test]
async fn a_wrong_password_is_a_503_and_is_shown_nowhere() {
    let redis = Redis::with(&["--requirepass", "right-s3cret"]).await;
    let url = |password: &str| format!("redis://:{password}@127.0.0.1:{}", redis.port);
    let list = |password: &str| pico_auth::RedisRevocationList::builder(url(password));
    let right = list("right-s3cret").build().unwrap();
    assert!(!ask(&right, "good").await.unwrap());
    let wrong = list("wrong-s3cret");
    let mut shown = vec![format!("{wrong:?} {right:?}")];
    let wrong = wrong.build().unwrap();
    let error = ask(&wrong, "good").await.unwrap_err();
    shown.push(format!(
        "{error:?} {error} {}",
        std::error::Error::source(&error).unwrap()
    ));
    let until = std::time::UNIX_EPOCH + crate::server::FOREVER;
    let error = wrong.revoke(ISSUER, "x", until).await.unwrap_err();
    shown.push(format!("{error:?} {error}"));
    let bad = pico_auth::RedisRevocationList::builder("redis://:s3cret@redis.example").build();
    shown.push(format!("{:?}", bad.unwrap_err()));
    for text in shown {
        assert!(!text.contains("s3cret"), "{text}");
    }
}
