//! The tasks beside the requests, with a clock that runs as fast as the test: tokio's, paused.

use std::collections::VecDeque;

use serde_json::json;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};
use url::Url;

use super::super::bucket::Rate;
use super::super::{Algorithm, VerificationKey};
use super::*;

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The clock that `sleep` follows.
struct TokioClock(Instant);

impl Clock for TokioClock {
    fn now(&self) -> Duration {
        unreachable!("key sets do not age by the wall clock")
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// An issuer that answers at once, fails, or hangs, and notes when it was asked.
#[derive(Clone)]
struct Issuer(Arc<Shared>);

struct Shared {
    start: Instant,
    asked_at: Mutex<Vec<u64>>,
    does: Mutex<Does>,
    go_on: Notify,
    /// What comes before that.
    first: Mutex<VecDeque<Does>>,
}

#[derive(Clone)]
enum Does {
    Publish(&'static [&'static str]),
    Fail,
    Hang,
    Panic,
}

impl Fetch for Issuer {
    async fn fetch(&self) -> Result<Fetched, FetchError> {
        let it = &self.0;
        it.asked_at
            .lock()
            .unwrap()
            .push(it.start.elapsed().as_secs());
        let first = it.first.lock().unwrap().pop_front();
        let does = first.unwrap_or_else(|| it.does.lock().unwrap().clone());
        let url = Url::parse("https://id.example").unwrap();
        match does {
            Does::Publish(kids) => Ok(Fetched {
                keys: keys(kids),
                max_age: None,
            }),
            Does::Fail => Err(FetchError::of_document(&url, "it is down")),
            Does::Panic => panic!("a bug"),
            Does::Hang => {
                // The fetcher's own time-out.
                let _ = timeout(secs(5), it.go_on.notified()).await;
                Err(FetchError::of_document(&url, "timed out"))
            }
        }
    }
}

impl Issuer {
    fn does(&self, what: Does) {
        *self.0.does.lock().unwrap() = what;
    }

    fn asked_at(&self) -> Vec<u64> {
        self.0.asked_at.lock().unwrap().clone()
    }
}

fn keys(kids: &[&str]) -> KeySet {
    // The base point of Ed25519, RFC 8032 §5.1.
    let x = "WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY";
    let keys: Vec<_> = kids
        .iter()
        .map(|kid| json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x}))
        .collect();
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

fn cache(does: Does) -> (KeyCache<Issuer>, Issuer) {
    let start = Instant::now();
    let issuer = Issuer(Arc::new(Shared {
        start,
        asked_at: Mutex::default(),
        does: Mutex::new(does),
        go_on: Notify::new(),
        first: Mutex::default(),
    }));
    let rules = Rules {
        ttl: secs(300),
        max_stale: secs(3600),
        unknown: Rate {
            burst: 5,
            interval: secs(10),
        },
        timeout: secs(5),
    };
    let surroundings = Surroundings {
        clock: Arc::new(TokioClock(start)),
        random: || 0.5,
        patience: secs(5),
    };
    (KeyCache::new(issuer.clone(), rules, surroundings), issuer)
}

async fn find(cache: &KeyCache<Issuer>, kid: &str) -> Answer {
    let query = KeyQuery {
        kid: Some(kid),
        algorithm: Algorithm::EdDSA,
    };
    cache.find(query).await
}

/// The answer, which must come without any time going by.
async fn at_once(cache: &KeyCache<Issuer>, kid: &str) -> Answer {
    let before = Instant::now();
    let answer = find(cache, kid).await;
    assert_eq!(before.elapsed(), Duration::ZERO, "{kid} has waited");
    answer
}

fn found(answer: Answer) -> Arc<VerificationKey> {
    match answer {
        Ok(KeyLookup::Found(key)) => key,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_service_refreshes_its_set_and_its_next_request_does_not_wait() {
    let (cache, issuer) = cache(Does::Publish(&["old"]));
    found(find(&cache, "old").await);
    issuer.does(Does::Publish(&["new"]));
    sleep(secs(3 * 3600)).await;
    // The middle of 20 %..95 % of 300 s, then of 75 %..95 %.
    assert_eq!(issuer.asked_at()[..4], [0, 172, 427, 682]);
    issuer.does(Does::Hang);
    found(at_once(&cache, "new").await);
    assert!(matches!(
        find(&cache, "old").await,
        Ok(KeyLookup::Unknown) | Err(_)
    ));
}

#[tokio::test(start_paused = true)]
async fn a_withdrawn_key_is_refused_within_the_ttl() {
    let (cache, issuer) = cache(Does::Publish(&["old"]));
    found(find(&cache, "old").await);
    issuer.does(Does::Publish(&["new"]));
    sleep(secs(171)).await;
    found(at_once(&cache, "old").await);
    sleep(secs(2)).await;
    assert!(matches!(find(&cache, "old").await, Ok(KeyLookup::Unknown)));
}

#[tokio::test(start_paused = true)]
async fn the_refresher_ends_with_the_cache() {
    let (cache, issuer) = cache(Does::Publish(&["a"]));
    found(find(&cache, "a").await);
    let inner = Arc::downgrade(&cache.inner);
    drop(cache);
    sleep(secs(3600)).await;
    assert_eq!(issuer.asked_at(), [0]);
    assert!(inner.upgrade().is_none(), "nothing keeps the cache alive");
}

#[tokio::test(start_paused = true)]
async fn a_hanging_issuer_makes_no_request_for_a_known_key_wait() {
    let (cache, issuer) = cache(Does::Publish(&["a"]));
    found(find(&cache, "a").await);
    issuer.does(Does::Hang);
    let first = found(find(&cache, "a").await);
    // Until the set is past its bound: 300 s and 1 hour.
    for _ in 0..3899 {
        sleep(secs(1)).await;
        assert!(Arc::ptr_eq(&first, &found(at_once(&cache, "a").await)));
    }
    sleep(secs(2)).await;
    find(&cache, "a").await.unwrap_err();
    // Each attempt hangs for 5 s; then come 5, 10, 20, 40 and 60 s, each less a quarter.
    assert_eq!(issuer.asked_at()[..6], [0, 172, 181, 193, 213, 248]);
    issuer.does(Does::Publish(&["a"]));
    sleep(secs(60)).await;
    found(at_once(&cache, "a").await);
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_no_longer_than_the_time_out_even_for_two_fetches() {
    let (cache, issuer) = cache(Does::Publish(&["a"]));
    found(find(&cache, "a").await);
    issuer.does(Does::Hang);
    sleep(secs(175)).await;
    assert_eq!(issuer.asked_at(), [0, 172], "the refresh hangs");
    let before = Instant::now();
    find(&cache, "new").await.unwrap_err();
    assert!(before.elapsed() <= secs(5));
}

#[tokio::test(start_paused = true)]
async fn a_service_started_without_its_issuer_gets_keys_with_no_request_asking() {
    let (cache, issuer) = cache(Does::Fail);
    let error = find(&cache, "a").await.unwrap_err();
    assert_eq!(error.retry_after(), Duration::from_millis(750));
    sleep(secs(60)).await;
    // 1, 2, 4, 8, 10, 10 s, each less a quarter.
    assert_eq!(issuer.asked_at(), [0, 0, 2, 5, 11, 18, 26, 33, 41, 48, 56]);
    issuer.does(Does::Publish(&["a"]));
    sleep(secs(10)).await;
    found(at_once(&cache, "a").await);
}

#[tokio::test(start_paused = true)]
async fn wait_until_ready_waits_for_an_issuer_that_comes_up() {
    let (cache, issuer) = cache(Does::Publish(&["a"]));
    *issuer.0.first.lock().unwrap() = VecDeque::from([Does::Fail, Does::Hang, Does::Fail]);
    let before = Instant::now();
    cache.ready(secs(60)).await.unwrap();
    assert_eq!(before.elapsed().as_secs(), 10);
    assert_eq!(issuer.asked_at().len(), 4);
    cache.ready(Duration::ZERO).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn wait_until_ready_ends_with_an_error() {
    let (cache, _) = cache(Does::Fail);
    let before = Instant::now();
    let error = cache.ready(secs(7)).await.unwrap_err();
    assert_eq!(before.elapsed(), secs(7));
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("it is down"), "{cause}");

    let (cache, _) = self::cache(Does::Publish(&[]));
    let error = cache.ready(secs(7)).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("no key that can be used"), "{cause}");
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_panics_is_a_failed_fetch() {
    let (cache, issuer) = cache(Does::Panic);
    find(&cache, "a").await.unwrap_err();
    issuer.does(Does::Publish(&["a"]));
    sleep(secs(2)).await;
    found(at_once(&cache, "a").await);
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap()
}

/// Requests come on two runtimes, of which one is not driven any more.
#[test]
fn a_fetch_whose_runtime_stands_still_is_given_up_and_its_late_end_changes_nothing() {
    let still = runtime();
    let (cache, issuer) = still.block_on(async { cache(Does::Publish(&["a"])) });
    still.block_on(async {
        let mut request = std::pin::pin!(find(&cache, "a"));
        std::future::poll_fn(|context| {
            assert!(request.as_mut().poll(context).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
    });
    assert_eq!(issuer.asked_at().len(), 0, "its fetch has not come to that");
    let driven = runtime();
    driven.block_on(async {
        find(&cache, "a").await.unwrap_err();
        sleep(secs(5)).await;
        find(&cache, "a").await.unwrap_err();
        sleep(secs(1)).await;
        found(find(&cache, "a").await);
    });
    issuer.does(Does::Publish(&["stale"]));
    still.block_on(async { sleep(secs(1)).await });
    assert_eq!(issuer.asked_at().len(), 2, "both have ended");
    driven.block_on(async {
        found(at_once(&cache, "a").await);
    });
}

#[test]
fn a_runtime_that_ends_takes_neither_the_keys_nor_the_refreshes_with_it() {
    let first = runtime();
    let (cache, issuer) = first.block_on(async { cache(Does::Hang) });
    // It ends in the middle of a fetch.
    first.block_on(async {
        let _ = timeout(secs(1), find(&cache, "a")).await;
    });
    drop(first);
    assert_eq!(issuer.asked_at(), [0]);
    issuer.does(Does::Publish(&["a"]));
    // Without a runtime there is an answer, too.
    let mut polled = std::pin::pin!(find(&cache, "a"));
    let waker = std::task::Waker::noop();
    let answer = polled
        .as_mut()
        .poll(&mut std::task::Context::from_waker(waker));
    assert!(
        matches!(answer, std::task::Poll::Ready(Err(_))),
        "{answer:?}"
    );
    let second = runtime();
    second.block_on(async {
        cache.ready(secs(60)).await.unwrap();
        found(at_once(&cache, "a").await);
        let asked = issuer.asked_at().len();
        sleep(secs(300)).await;
        assert!(issuer.asked_at().len() > asked);
    });
}

/// Its set is fetched anew meanwhile, again and again, and does not change.
#[tokio::test(start_paused = true)]
async fn a_key_id_sent_long_ahead_of_its_rotation_poisons_nothing() {
    let (cache, issuer) = cache(Does::Publish(&["old"]));
    found(find(&cache, "old").await);
    assert!(matches!(find(&cache, "new").await, Ok(KeyLookup::Unknown)));
    for _ in 0..4 {
        let asked = issuer.asked_at().len();
        while issuer.asked_at().len() == asked {
            sleep(secs(1)).await;
        }
        // A set this young is believed, where it was fetched for the key.
        issuer.does(Does::Publish(&["old", "new"]));
        found(find(&cache, "new").await);
        issuer.does(Does::Publish(&["old"]));
        sleep(secs(300)).await;
        assert!(matches!(find(&cache, "new").await, Ok(KeyLookup::Unknown)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_id_sent_ahead_of_its_rotation_poisons_nothing() {
    let (cache, issuer) = cache(Does::Publish(&["old"]));
    found(find(&cache, "old").await);
    assert!(matches!(find(&cache, "new").await, Ok(KeyLookup::Unknown)));
    for _ in 0..100 {
        // It costs one fetch, not one per request.
        assert!(matches!(
            at_once(&cache, "new").await,
            Ok(KeyLookup::Unknown)
        ));
    }
    assert_eq!(issuer.asked_at().len(), 2);
    issuer.does(Does::Publish(&["old", "new"]));
    // A changed set, whoever caused the fetch, is the answer for all.
    assert!(matches!(
        find(&cache, "other").await,
        Ok(KeyLookup::Unknown)
    ));
    found(at_once(&cache, "new").await);
    // And without one, it is looked for again after 10 seconds.
    assert!(matches!(find(&cache, "next").await, Ok(KeyLookup::Unknown)));
    issuer.does(Does::Publish(&["next"]));
    sleep(secs(10)).await;
    found(find(&cache, "next").await);
}
