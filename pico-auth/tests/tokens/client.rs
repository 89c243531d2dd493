//! The JWKS client against a hostile or failing issuer, on loopback, with a clock that stands still.

use std::sync::Arc;
use std::time::Duration;

use pico_auth::{
    Algorithm, AuthUnavailableError, Dependency, JwksClient, KeyLookup, KeyQuery, KeySource,
    VerificationKey,
};
use serde_json::json;

use crate::server::Server;
use crate::support::*;

const SECOND: Duration = Duration::from_secs(1);

async fn find(client: &JwksClient, kid: &str) -> Result<KeyLookup, AuthUnavailableError> {
    let query = KeyQuery {
        kid: Some(kid),
        algorithm: Algorithm::EdDSA,
    };
    client.find(query).await
}

async fn found(client: &JwksClient, kid: &str) -> Arc<VerificationKey> {
    match find(client, kid).await {
        Ok(KeyLookup::Found(key)) => key,
        other => panic!("{kid}: {other:?}"),
    }
}

async fn unknown(client: &JwksClient, kid: &str) {
    let answer = find(client, kid).await;
    assert!(
        matches!(answer, Ok(KeyLookup::Unknown)),
        "{kid}: {answer:?}"
    );
}

async fn unavailable(client: &JwksClient, kid: &str) -> AuthUnavailableError {
    match find(client, kid).await {
        Err(error) => {
            assert_eq!(error.what(), Dependency::SigningKeys);
            assert_eq!(
                error.to_string(),
                "Signing keys are temporarily unavailable"
            );
            error
        }
        other => panic!("{kid}: {other:?}"),
    }
}

fn cause(error: &AuthUnavailableError) -> String {
    std::error::Error::source(error).unwrap().to_string()
}

#[tokio::test]
async fn a_set_is_fetched_anew_behind_the_requests_back_before_it_ends() {
    let (server, _, _) = Server::with_keys(&[ED.jwk("a")]).await;
    let (builder, clock) = server.client();
    // So that a fetch that takes 16 seconds is not given up.
    let client = builder.timeout(10 * SECOND).build().unwrap();
    assert_eq!(
        server.fetches(),
        0,
        "nothing is fetched before it is needed"
    );
    let first = found(&client, "a").await;
    // The first set is refreshed after 60 to 285 seconds.
    clock.advance(59 * SECOND);
    found(&client, "a").await;
    assert_eq!(server.fetches(), 1);
    server.hold();
    clock.advance(226 * SECOND);
    for _ in 0..10 {
        found(&client, "a").await;
    }
    server.until_hit(2).await;
    // Also when that takes until after the end.
    clock.advance(16 * SECOND);
    let second = found(&client, "a").await;
    server.release();
    unknown(&client, "b").await;
    assert!(
        Arc::ptr_eq(&first, &second) && Arc::ptr_eq(&first, &found(&client, "a").await),
        "the same key keeps its handle"
    );
    assert_eq!(server.fetches(), 3, "{:?}", server.hits());
}

#[tokio::test]
async fn the_issuer_may_ask_for_a_shorter_lifetime_in_its_headers() {
    let (server, client, clock) = Server::with_keys(&[ED.jwk("a")]).await;
    server.put_with("/jwks", "Cache-Control: no-store", jwks(&[ED.jwk("a")]));
    found(&client, "a").await;
    server.put_keys(&[ED.jwk("b")]);
    // Not less than 60 seconds.
    clock.advance(11 * SECOND);
    found(&client, "a").await;
    assert_eq!(server.fetches(), 1);
    clock.advance(49 * SECOND);
    found(&client, "b").await;
    assert_eq!(server.fetches(), 2);
}

#[tokio::test]
async fn wait_until_ready_fetches_and_says_what_is_wrong() {
    let (server, client, _) = Server::with_keys(&[ED.jwk("a")]).await;
    client.wait_until_ready(30 * SECOND).await.unwrap();
    found(&client, "a").await;
    assert_eq!(server.fetches(), 1);

    server.break_down();
    let client = server.client().0.timeout(30 * SECOND).build().unwrap();
    // It ends with the first fetch, which on a busy machine may take longer than the wait.
    unavailable(&client, "a").await;
    let wait = client.wait_until_ready(Duration::from_millis(200));
    let error = wait.await.unwrap_err();
    assert_eq!(error.what(), Dependency::SigningKeys);
    assert!(cause(&error).contains("not 200"), "{}", cause(&error));

    server.put("/jwks", 200, r#"{"keys":[]}"#);
    let client = server.client().0.build().unwrap();
    let error = client.wait_until_ready(30 * SECOND).await.unwrap_err();
    assert!(cause(&error).contains("no key"), "{}", cause(&error));
}

#[tokio::test]
async fn a_withdrawn_key_is_refused_after_the_ttl() {
    let (server, client, clock) = Server::with_keys(&[ED.jwk("old")]).await;
    found(&client, "old").await;
    server.put_keys(&[ED.jwk("new")]);
    clock.advance(300 * SECOND);
    unknown(&client, "old").await;
    assert_eq!(server.fetches(), 2, "a fetch for this request settles it");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_cold_requests_cause_one_fetch() {
    let (server, client, _) = Server::with_keys(&[ED.jwk("a")]).await;
    server.hold();
    let requests: Vec<_> = (0..200)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { found(&client, "a").await })
        })
        .collect();
    server.until_hit(1).await;
    server.release();
    for request in requests {
        request.await.unwrap();
    }
    assert_eq!(server.fetches(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_cold_requests_to_a_broken_issuer_cause_one_fetch() {
    let (server, client, _) = Server::with_keys(&[]).await;
    server.break_down();
    server.hold();
    let requests: Vec<_> = (0..200)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { unavailable(&client, "a").await })
        })
        .collect();
    server.until_hit(1).await;
    server.release();
    for request in requests {
        request.await.unwrap();
    }
    assert_eq!(server.fetches(), 1);
}

#[tokio::test]
async fn a_rotated_in_key_is_accepted_by_its_first_request() {
    let (server, client, _) = Server::with_keys(&[ED.jwk("old")]).await;
    found(&client, "old").await;
    server.put_keys(&[ED.jwk("old"), ED.jwk("new")]);
    found(&client, "new").await;
    assert_eq!(server.fetches(), 2);
}

#[tokio::test]
async fn invented_key_ids_cause_a_bounded_number_of_fetches() {
    let (server, client, clock) = Server::with_keys(&[ED.jwk("a")]).await;
    found(&client, "a").await;
    for n in 0..100 {
        unknown(&client, &format!("invented-{n}")).await;
    }
    assert_eq!(server.fetches(), 1 + 5);
    clock.advance(Duration::from_millis(9_999));
    unknown(&client, "invented").await;
    assert_eq!(server.fetches(), 1 + 5);
    clock.advance(Duration::from_millis(1));
    for n in 0..100 {
        unknown(&client, &format!("invented-{n}")).await;
    }
    assert_eq!(server.fetches(), 1 + 5 + 1);
    found(&client, "a").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invented_key_ids_all_at_once_are_bounded_as_well() {
    let (server, client, _) = Server::with_keys(&[ED.jwk("a")]).await;
    found(&client, "a").await;
    let requests: Vec<_> = (0..200)
        .map(|n| {
            let client = client.clone();
            tokio::spawn(async move { unknown(&client, &format!("invented-{n}")).await })
        })
        .collect();
    for request in requests {
        request.await.unwrap();
    }
    assert!(server.fetches() <= 1 + 5, "{}", server.fetches());
}

#[tokio::test]
async fn burst_and_rate_for_invented_key_ids_are_configurable() {
    let (server, _, _) = Server::with_keys(&[ED.jwk("a")]).await;
    let (builder, clock) = server.client();
    let builder = builder.unknown_kid_burst(2);
    let client = builder.unknown_kid_interval(30 * SECOND).build().unwrap();
    for (seconds, fetches) in [(0, 1 + 2), (29, 3), (1, 4)] {
        clock.advance(seconds * SECOND);
        for n in 0..10 {
            unknown(&client, &format!("invented-{seconds}-{n}")).await;
        }
        assert_eq!(server.fetches(), fetches);
    }
}

#[tokio::test]
async fn a_key_id_asked_for_again_and_again_does_not_empty_the_bucket() {
    let (server, client, clock) = Server::with_keys(&[ED.jwk("a")]).await;
    found(&client, "a").await;
    for _ in 0..100 {
        unknown(&client, "stuck").await;
    }
    assert_eq!(server.fetches(), 1 + 1);
    clock.advance(9 * SECOND);
    server.put_keys(&[ED.jwk("a"), ED.jwk("new")]);
    found(&client, "new").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_2000_invented_key_ids_neither_floods_the_issuer_nor_delays_valid_requests() {
    let (server, client, _) = Server::with_keys(&[ED.jwk("a")]).await;
    found(&client, "a").await;
    server.hold();
    let flood: Vec<_> = (0..2000)
        .map(|n| {
            let client = client.clone();
            tokio::spawn(async move { find(&client, &format!("invented-{n}")).await })
        })
        .collect();
    server.until_hit(2).await;
    // The issuer does not answer, so whoever waits for it is still here at the end.
    for _ in 0..200 {
        found(&client, "a").await;
    }
    assert_eq!(server.fetches(), 2);
    server.release();
    for request in flood {
        let answer = request.await.unwrap();
        assert!(matches!(answer, Ok(KeyLookup::Unknown)), "{answer:?}");
    }
    assert!(server.fetches() <= 1 + 5, "{}", server.fetches());
}

#[tokio::test]
async fn an_unknown_key_id_is_not_denied_while_the_issuer_is_down() {
    let (server, client, clock) = Server::with_keys(&[ED.jwk("a")]).await;
    found(&client, "a").await;
    server.break_down();
    clock.advance(20 * SECOND);
    for _ in 0..100 {
        let error = unavailable(&client, "new").await;
        assert!(error.retry_after() <= 5 * SECOND);
    }
    assert_eq!(server.fetches(), 2, "nothing makes the retry sooner");
    server.put_keys(&[ED.jwk("a"), ED.jwk("new")]);
    clock.advance(5 * SECOND);
    found(&client, "new").await;
}

#[tokio::test]
async fn known_keys_work_while_the_issuer_is_down_within_a_bound() {
    let (server, client, clock) = Server::with_keys(&[ED.jwk("a")]).await;
    found(&client, "a").await;
    server.break_down();
    clock.advance(300 * SECOND);
    found(&client, "a").await;
    unavailable(&client, "new").await;
    clock.advance(3599 * SECOND);
    found(&client, "a").await;
    clock.advance(SECOND);
    unavailable(&client, "a").await;
    server.put_keys(&[ED.jwk("a")]);
    clock.advance(10 * SECOND);
    found(&client, "a").await;
}

#[tokio::test]
async fn a_hanging_issuer_delays_known_keys_once() {
    let (server, client, clock) = Server::with_keys(&[ED.jwk("a")]).await;
    found(&client, "a").await;
    server.break_down();
    clock.advance(300 * SECOND);
    found(&client, "a").await;
    assert_eq!(server.fetches(), 2);
    // The next attempt hangs; whoever knows the key does not wait for it.
    server.hold();
    clock.advance(5 * SECOND);
    for _ in 0..10 {
        found(&client, "a").await;
    }
    server.put_keys(&[ED.jwk("a")]);
    server.release();
    unknown(&client, "new").await;
    assert!(server.fetches() <= 4, "{:?}", server.hits());
}

#[tokio::test]
async fn failed_fetches_are_not_hammered() {
    let (server, client, clock) = Server::with_keys(&[ED.jwk("a")]).await;
    server.break_down();
    for _ in 0..50 {
        unavailable(&client, "a").await;
    }
    assert_eq!(server.fetches(), 1);
    server.put_keys(&[ED.jwk("a")]);
    clock.advance(SECOND);
    found(&client, "a").await;
    assert_eq!(server.fetches(), 2);
}

#[tokio::test]
async fn a_dropped_request_takes_no_fetch_with_it() {
    let (server, client, _) = Server::with_keys(&[ED.jwk("a")]).await;
    server.hold();
    let leader = tokio::spawn({
        let client = client.clone();
        async move { found(&client, "a").await }
    });
    server.until_hit(1).await;
    leader.abort();
    assert!(leader.await.unwrap_err().is_cancelled());
    server.release();
    found(&client, "a").await;
    assert_eq!(server.fetches(), 1);
}

#[tokio::test]
async fn redirects_are_refused() {
    let (server, client, _) = Server::with_keys(&[]).await;
    server.put("/elsewhere", 200, jwks(&[ED.jwk("a")]));
    for status in [301, 302, 303, 307, 308] {
        server.put("/jwks", status, format!("{}/elsewhere", server.url));
        let (builder, _) = server.client();
        let error = unavailable(&builder.build().unwrap(), "a").await;
        assert!(cause(&error).contains("redirect"), "{}", cause(&error));
    }
    drop(client);
    assert!(!server.hits().contains(&"/elsewhere".into()));
}

#[tokio::test]
async fn too_large_a_document_is_refused() {
    let server = Server::start().await;
    let document = jwks(&[ED.jwk("a")]);
    let padded = |length: usize| format!("{document}{}", " ".repeat(length - document.len()));
    server.put("/jwks", 200, padded(4096));
    found(
        &server.client().0.max_body_bytes(4096).build().unwrap(),
        "a",
    )
    .await;
    server.put("/jwks", 200, padded(4097));
    let error = unavailable(
        &server.client().0.max_body_bytes(4096).build().unwrap(),
        "a",
    )
    .await;
    assert!(cause(&error).contains("too large"), "{}", cause(&error));
}

#[tokio::test]
async fn a_hanging_issuer_is_timed_out() {
    let (server, _, _) = Server::with_keys(&[ED.jwk("a")]).await;
    server.hold();
    let client = server
        .client()
        .0
        .timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    let error = unavailable(&client, "a").await;
    assert!(cause(&error).contains("timed out"), "{}", cause(&error));
}

#[tokio::test]
async fn nobody_there_is_unavailable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/jwks?key=secret", listener.local_addr().unwrap());
    drop(listener);
    let client = JwksClient::builder().endpoint(url).build().unwrap();
    let error = unavailable(&client, "a").await;
    assert!(!cause(&error).contains("secret"), "{}", cause(&error));
    assert!(!format!("{client:?}").contains("secret"), "{client:?}");
}

#[tokio::test]
async fn a_document_that_is_no_key_set_replaces_nothing() {
    let (server, client, clock) = Server::with_keys(&[ED.jwk("a")]).await;
    found(&client, "a").await;
    for body in ["", "<html>", "[]", "{}", r#"{"keys":1}"#] {
        server.put("/jwks", 200, body);
        clock.advance(300 * SECOND);
        found(&client, "a").await;
    }
    for status in [201, 204, 400, 401, 403, 404, 429, 500, 503] {
        server.put("/jwks", status, jwks(&[ED.jwk("b")]));
        clock.advance(100 * SECOND);
        unavailable(&client, "b").await;
    }
}

const OIDC: &str = "/.well-known/openid-configuration";
const OAUTH: &str = "/.well-known/oauth-authorization-server";
const CONVENTION: &str = "/api/v1/auth/jwks";

/// A status, and a body made for a server, that are not to be believed.
type Misfit<'a> = (u16, &'a dyn Fn(&Server) -> String);

fn metadata(issuer: &str, jwks_uri: &str) -> String {
    json!({"issuer": issuer, "jwks_uri": jwks_uri}).to_string()
}

fn discovering(issuer: &str) -> JwksClient {
    JwksClient::builder().issuer(issuer).build().unwrap()
}

#[tokio::test]
async fn discovery_asks_openid_connect_first() {
    let server = Server::start().await;
    server.put_keys(&[ED.jwk("a")]);
    server.put(
        OIDC,
        200,
        metadata(&server.url, &format!("{}/jwks", server.url)),
    );
    found(&discovering(&server.url), "a").await;
    assert_eq!(server.hits(), [OIDC, "/jwks"]);
}

#[tokio::test]
async fn where_no_document_is_the_next_place_is_asked() {
    for absent in [401, 403, 404, 405] {
        let server = Server::start().await;
        server.put_keys(&[ED.jwk("a")]);
        server.put(OIDC, absent, "");
        server.put(
            OAUTH,
            200,
            metadata(&server.url, &format!("{}/jwks", server.url)),
        );
        found(&discovering(&server.url), "a").await;
        assert_eq!(server.hits(), [OIDC, OAUTH, "/jwks"]);

        let server = Server::start().await;
        server.put(OIDC, absent, "");
        server.put(OAUTH, absent, "");
        server.put(CONVENTION, 200, jwks(&[ED.jwk("a")]));
        found(&discovering(&server.url), "a").await;
        assert_eq!(server.hits(), [OIDC, OAUTH, CONVENTION]);
    }
}

#[tokio::test]
async fn discovery_of_an_issuer_with_a_path() {
    let server = Server::start().await;
    let keys = jwks(&[ED.jwk("a")]);
    server.put("/realms/x/api/v1/auth/jwks", 200, keys);
    for slash in ["", "/"] {
        found(
            &discovering(&format!("{}/realms/x{slash}", server.url)),
            "a",
        )
        .await;
    }
    let once = [
        "/realms/x/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server/realms/x",
        "/realms/x/api/v1/auth/jwks",
    ];
    assert_eq!(server.hits(), [once, once].concat());
}

#[tokio::test]
async fn a_failing_discovery_is_no_reason_to_ask_elsewhere() {
    let jwks_uri = |server: &Server| format!("{}/jwks", server.url);
    let no_uri = |server: &Server| json!({"issuer": server.url}).to_string();
    let other = |server: &Server| metadata("https://other.example", &jwks_uri(server));
    let slash = |server: &Server| metadata(&format!("{}/", server.url), &jwks_uri(server));
    let array =
        |server: &Server| json!({"issuer": [server.url], "jwks_uri": jwks_uri(server)}).to_string();
    let http = |server: &Server| metadata(&server.url, "http://keys.example/jwks");
    let file = |server: &Server| metadata(&server.url, "file:///etc/passwd");
    let password =
        |server: &Server| metadata(&server.url, &jwks_uri(server).replace("//", "//u:p@"));
    let twice = |server: &Server| {
        let uri = jwks_uri(server);
        format!(
            r#"{{"issuer":"x","issuer":"{}","jwks_uri":"{uri}"}}"#,
            server.url
        )
    };
    let empty = |_: &Server| String::new();
    let cases: &[Misfit<'_>] = &[
        (200, &empty),
        (200, &no_uri),
        (200, &other),
        (200, &slash),
        (200, &array),
        (200, &http),
        (200, &file),
        (200, &password),
        (200, &twice),
        (302, &jwks_uri),
        (400, &empty),
        (410, &empty),
        (429, &empty),
        (500, &empty),
        (503, &empty),
    ];
    for first in [OIDC, OAUTH] {
        for (status, body) in cases {
            let server = Server::start().await;
            let good = jwks(&[ED.jwk("a")]);
            server.put("/jwks", 200, &good);
            server.put(CONVENTION, 200, &good);
            server.put(first, *status, body(&server));
            unavailable(&discovering(&server.url), "a").await;
            assert_eq!(
                server.hits().last().map(String::as_str),
                Some(first),
                "{status}"
            );
        }
    }
}

#[tokio::test]
async fn a_moved_key_set_is_followed() {
    let server = Server::start().await;
    let clock = Arc::new(ManualClock::default());
    let client = JwksClient::builder()
        .issuer(&server.url)
        .clock(clock.clone())
        .build()
        .unwrap();
    server.put_keys(&[ED.jwk("a")]);
    server.put("/new", 200, jwks(&[ED.jwk("b")]));
    server.put(
        OIDC,
        200,
        metadata(&server.url, &format!("{}/jwks", server.url)),
    );
    found(&client, "a").await;
    server.put(
        OIDC,
        200,
        metadata(&server.url, &format!("{}/new", server.url)),
    );
    clock.advance(300 * SECOND);
    found(&client, "b").await;
}

#[test]
fn urls_that_are_not_safe_are_refused_at_start_up() {
    let bad = [
        "http://keys.example/jwks",
        "http://10.0.0.1/jwks",
        "http://0.0.0.0/jwks",
        "http://[::ffff:127.0.0.1]/jwks",
        "http://localhost.example/jwks",
        "http://127.0.0.1.example/jwks",
        "http://localhost@keys.example/jwks",
        "https://user@keys.example/jwks",
        "https://user:secret@keys.example/jwks",
        "https://keys.example/jwks#part",
        "ftp://keys.example/jwks",
        "file:///etc/jwks.json",
        "keys.example/jwks",
        "/jwks",
        "https://",
        " https://keys.example",
        "https://keys.example/\njwks",
        "data:application/json,{}",
    ];
    for url in bad {
        let error = JwksClient::builder().endpoint(url).build().unwrap_err();
        assert_eq!(error.key(), "jwks_endpoint", "{url}");
        assert!(!error.to_string().contains("secret"), "{error}");
        let error = JwksClient::builder().issuer(url).build().unwrap_err();
        assert_eq!(error.key(), "issuer", "{url}");
    }
    for url in [
        "https://keys.example/jwks?key=1",
        "http://localhost:8080/jwks",
        "http://LOCALHOST/jwks",
        "http://127.1.2.3/jwks",
        "http://[::1]:8080/jwks",
    ] {
        JwksClient::builder().endpoint(url).build().expect(url);
    }
    let error = JwksClient::builder()
        .issuer("https://id.example/?x")
        .build()
        .unwrap_err();
    assert_eq!(error.key(), "issuer");
    let error = JwksClient::builder().build().unwrap_err();
    assert_eq!(error.key(), "jwks_endpoint");
    let no_ttl = JwksClient::builder().issuer(ISSUER).ttl(Duration::ZERO);
    assert_eq!(no_ttl.build().unwrap_err().key(), "jwks_ttl_seconds");
    let no_burst = JwksClient::builder().issuer(ISSUER).unknown_kid_burst(0);
    assert_eq!(no_burst.build().unwrap_err().key(), "unknown_kid_burst");
    let no_interval = JwksClient::builder()
        .issuer(ISSUER)
        .unknown_kid_interval(Duration::ZERO);
    let error = no_interval.build().unwrap_err();
    assert_eq!(error.key(), "unknown_kid_interval");
}

/// Runs in a process of its own, whose environment names a proxy that nobody answers for.
#[tokio::test]
#[ignore = "run by the next test"]
async fn behind_a_proxy() {
    let (server, client, _) = Server::with_keys(&[ED.jwk("a")]).await;
    found(&client, "a").await;
    assert_eq!(server.fetches(), 1);
}

#[test]
fn loopback_urls_never_go_through_a_proxy_of_the_environment() {
    let mut child = alone("client::behind_a_proxy");
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "all_proxy",
        "ALL_PROXY",
    ] {
        child.env(name, "http://127.0.0.1:1");
    }
    passes(child.env_remove("no_proxy").env_remove("NO_PROXY"));
}
