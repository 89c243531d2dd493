//! The list while Redis is well.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use pico_auth::test_kit::TestIssuer;
use pico_auth::{RedisRevocationList, RevocationList, danger};

use crate::server::{FOREVER, ISSUER, Redis, ask, query, revoke, until_refused};

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_reaches_every_instance_in_under_a_second() {
    let redis = Redis::start().await;
    let instances: Vec<_> = (0..10).map(|_| redis.list()).collect();
    for instance in &instances {
        assert!(!ask(instance, "0").await.unwrap());
    }
    let mut took = Vec::new();
    for n in 0..100 {
        let jti = n.to_string();
        let begun = Instant::now();
        revoke(&instances[n % 10], &jti).await;
        assert!(
            ask(&instances[n % 10], &jti).await.unwrap(),
            "at once where it was done"
        );
        for instance in &instances {
            until_refused(instance, &jti).await;
        }
        took.push(begun.elapsed());
    }
    // Half of them: a busy machine delays this one or that.
    took.sort();
    assert!(took[50] < Duration::from_secs(1), "{took:?}");
    assert!(!ask(&instances[0], "good").await.unwrap());
}

#[tokio::test]
async fn a_service_refuses_what_another_instance_revoked() {
    let redis = Redis::start().await;
    let issuer = TestIssuer::in_memory();
    let list = redis.list();
    let authenticator = issuer.authenticator_with(issuer.settings(), |parts| {
        parts.revocation_list(list.clone())
    });
    let token = issuer
        .token("u1")
        .claim("jti", "gone")
        .agent_scopes(["a"])
        .sign();
    let good = issuer.token("u1").sign();
    let caller = authenticator.authenticate(&token, None).await.unwrap();
    let elsewhere = redis.list();
    let jti = caller.token_claims().jti().unwrap();
    elsewhere
        .revoke(caller.issuer(), jti, caller.expires_at())
        .await
        .unwrap();
    list.refresh().await.unwrap();
    for (bearer, agent, detail) in [
        (&token, None, "Invalid token: Token has been revoked"),
        (
            &good,
            Some(&token),
            "Invalid agent token: Token has been revoked",
        ),
    ] {
        let error = authenticator
            .authenticate(bearer, agent.map(|token| &**token))
            .await;
        assert_eq!(error.unwrap_err().to_string(), detail);
    }
    assert!(authenticator.authenticate(&good, None).await.is_ok());
}

#[tokio::test]
async fn an_instance_that_starts_later_reads_the_whole_set() {
    let redis = Redis::start().await;
    let script = format!(
        "for n = 1, 20000 do redis.call('ZADD', KEYS[1], {}, '{ISSUER}\\n' .. n) end",
        FOREVER.as_secs()
    );
    redis
        .command(&["EVAL", &script, "1", "pico-auth:revoked"])
        .await;
    let list = redis.list();
    for (jti, revoked) in [
        ("1", true),
        ("20000", true),
        ("777", true),
        ("20001", false),
        ("0", false),
    ] {
        assert_eq!(ask(&list, jti).await.unwrap(), revoked, "{jti}");
    }
    assert_eq!(list.len(), 20_000);
}

#[tokio::test]
async fn ids_of_other_issuers_and_lists_of_other_names_are_apart() {
    let redis = Redis::start().await;
    let list = redis.list();
    let until = UNIX_EPOCH + FOREVER;
    list.revoke("https://other.example", "7", until)
        .await
        .unwrap();
    let named = redis.builder().name("other-service").build().unwrap();
    revoke(&named, "8").await;
    list.refresh().await.unwrap();
    assert!(!ask(&list, "7").await.unwrap() && !ask(&list, "8").await.unwrap());
    assert!(ask(&named, "8").await.unwrap());
    for issuer in ["", "https://id.example\n7"] {
        assert!(list.revoke(issuer, "7", until).await.is_err(), "{issuer:?}");
    }
}

/// By the time of Redis: an instance whose clock runs decades ahead must not remove live entries.
#[tokio::test]
async fn redis_forgets_what_has_expired_and_nothing_sooner() {
    let redis = Redis::start().await;
    let (list, clock) = redis.list_with_clock();
    let now = SystemTime::now();
    let ago = |seconds: u64| now - Duration::from_secs(seconds);
    revoke(&list, "live").await;
    list.revoke(ISSUER, "within the leeway", ago(500))
        .await
        .unwrap();
    list.revoke(ISSUER, "live", ago(500)).await.unwrap();
    let count = async || redis.command(&["ZCARD", "pico-auth:revoked"]).await;
    assert_eq!(count().await, ":2\r\n");
    clock.advance(FOREVER);
    list.revoke(ISSUER, "old", ago(602)).await.unwrap();
    assert_eq!(count().await, ":2\r\n");
    let member = format!("{ISSUER}\nlive");
    let score = redis
        .command(&["ZSCORE", "pico-auth:revoked", &member])
        .await;
    assert!(score.contains("4102444800"), "never shortened: {score}");
    let far = UNIX_EPOCH + Duration::from_secs(u64::MAX / 4);
    list.revoke(ISSUER, "for good", far).await.unwrap();
    assert_eq!(count().await, ":3\r\n");
}

#[tokio::test]
async fn the_subscription_ends_with_the_last_handle() {
    let redis = Redis::start().await;
    let list = redis.list();
    assert!(!ask(&list, "x").await.unwrap());
    redis.until_subscribed(1).await;
    let clone = list.clone();
    drop(list);
    assert!(clone.at_hand(query("x")).is_some());
    drop(clone);
    redis.until_subscribed(0).await;
}

#[test]
fn a_password_or_a_list_does_not_travel_in_plain_text() {
    let key = |url: &str| {
        RedisRevocationList::builder(url)
            .build()
            .map_err(|error| error.key().to_owned())
    };
    for url in [
        "redis://redis.example",
        "redis://10.0.0.1:6379",
        "redis://127.0.0.1.example",
        "redis://localhost.example",
        "rediss://redis.example/#insecure",
        "rediss://redis.example/?protocol=resp3",
        "rediss://redis.example/notanumber",
        "http://127.0.0.1",
        "unix:///run/redis.sock",
        "redis",
        "",
    ] {
        assert_eq!(key(url).unwrap_err(), "redis_url", "{url}");
    }
    for url in [
        "redis://127.0.0.1",
        "redis://[::1]:6379/1",
        "redis://:password@localhost:6379",
        "rediss://user:password@redis.example:6380/2",
    ] {
        assert!(key(url).is_ok(), "{url}");
    }
    let builder = || RedisRevocationList::builder("redis://redis.example");
    assert!(
        builder()
            .accept_plaintext(danger::allow_plaintext_redis())
            .build()
            .is_ok()
    );
    let builder = || RedisRevocationList::builder("redis://127.0.0.1");
    assert_eq!(builder().name("").build().unwrap_err().key(), "redis_name");
    assert_eq!(
        builder().timeout(Duration::ZERO).build().unwrap_err().key(),
        "redis_timeout"
    );
    assert_eq!(
        builder().max_age(Duration::ZERO).build().unwrap_err().key(),
        "redis_max_age"
    );
}
