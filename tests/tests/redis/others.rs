//! What others write: as it is documented, garbage, and a great deal.

use std::time::{Duration, Instant};

use pico_auth::RevocationList;

use crate::capture::Capture;
use crate::server::{FOREVER, ISSUER, Redis, ask, revoke, until_refused};

#[tokio::test]
async fn others_may_write_what_the_documentation_says() {
    let redis = Redis::start().await;
    let list = redis.list();
    assert!(!ask(&list, "theirs").await.unwrap());
    let member = format!("{ISSUER}\ntheirs");
    let write = async |until: &str| {
        let message = format!("{until}\n{member}");
        let (set, added) = ("pico-auth:revoked", "pico-auth:revoked:added");
        let commands: [&[&str]; 4] = [
            &["MULTI"],
            &["ZADD", set, "GT", until, &member],
            &["PUBLISH", added, &message],
            &["EXEC"],
        ];
        redis.commands(&commands).await
    };
    let answer = write("4102444800").await;
    assert_eq!(answer, "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n:1\r\n");
    until_refused(&list, "theirs").await;
    assert!(ask(&redis.list(), "theirs").await.unwrap());
    // Revoked again with an earlier time, as by a token that was issued for longer.
    write("1").await;
    let later = redis.list();
    assert!(ask(&later, "theirs").await.unwrap(), "never shortened");
    list.refresh().await.unwrap();
    assert!(ask(&list, "theirs").await.unwrap());
}

/// What anyone on the channel may send must neither stop nor fool an instance, nor go unnoticed.
#[tokio::test]
async fn garbage_on_the_channel_and_in_the_set_is_passed_over_with_an_error_in_the_log() {
    const GARBAGE: [&str; 6] = [
        "",
        "\n",
        "*",
        "1\nx",
        "-1\nhttps://id.example\ngood",
        "x\nhttps://id.example\ngood",
    ];
    let redis = Redis::start().await;
    let forever = format!("{ISSUER}\nforever");
    for (score, member) in [("4102444800", "no line feed"), ("inf", &forever)] {
        redis
            .command(&["ZADD", "pico-auth:revoked", score, member])
            .await;
    }
    let capture = Capture::default();
    let _guard = tracing::subscriber::set_default(capture.clone());
    let errors = |what: &str| {
        let lines = capture.errors();
        lines.iter().filter(|line| line.contains(what)).count()
    };
    let list = redis.list();
    assert!(!ask(&list, "good").await.unwrap());
    assert_eq!(errors("auth.cause=\"member of the set\""), 1);
    for garbage in GARBAGE {
        redis
            .command(&["PUBLISH", "pico-auth:revoked:added", garbage])
            .await;
    }
    let other = redis.list();
    revoke(&other, "gone").await;
    list.refresh().await.unwrap();
    assert_eq!(errors("auth.cause=\"message\""), GARBAGE.len());
    assert!(ask(&list, "gone").await.unwrap());
    assert!(ask(&list, "forever").await.unwrap());
    assert!(!ask(&list, "good").await.unwrap());
    assert_eq!(list.len(), 2);
}

/// The number in `docs/revocation.md`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures: run by hand with --ignored --nocapture"]
#[allow(clippy::print_stdout, reason = "it is what it is run for")]
async fn reading_a_million_entries() {
    const MILLION: usize = 1_000_000;
    let redis = Redis::with(&["--appendfsync", "no"]).await;
    for first in (0..MILLION).step_by(100_000) {
        let script = format!(
            "for n = {first}, {first} + 99999 do redis.call('ZADD', KEYS[1], {}, \
             '{ISSUER}\\n' .. string.format('%08x-0000-4000-8000-%012x', n, n)) end",
            FOREVER.as_secs()
        );
        redis
            .command(&["EVAL", &script, "1", "pico-auth:revoked"])
            .await;
    }
    for _ in 0..3 {
        let list = redis.list();
        let begun = Instant::now();
        list.wait_until_ready(Duration::from_secs(120))
            .await
            .unwrap();
        let took = begun.elapsed();
        assert_eq!(list.len(), MILLION);
        println!("subscribed and read {MILLION} entries in {took:?}");
    }
}
