//! The JWKS client against a hostile or failing issuer, on loopback, with a clock that stands still.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pico_auth::{
    Algorithm, AuthUnavailableError, Dependency, JwksClient, JwksClientBuilder, KeyLookup,
    KeyQuery, KeySource, VerificationKey,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::support::*;

const SECOND: Duration = Duration::from_secs(1);

/// An HTTP server that answers what it is told to, and counts.
struct Server {
    url: String,
    shared: Arc<Shared>,
}

struct Shared {
    replies: Mutex<HashMap<String, (u16, String)>>,
    hits: Mutex<Vec<String>>,
    /// Answers wait while this is closed.
    open: watch::Sender<bool>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            replies: Mutex::default(),
            hits: Mutex::default(),
            open: watch::Sender::new(true),
        });
        let served = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&served)));
            }
        });
        Self { url, shared }
    }

    /// A server with these keys at `/jwks`, and a client of it.
    async fn with_keys(keys: &[Value]) -> (Self, JwksClient, Arc<ManualClock>) {
        let server = Self::start().await;
        server.put_keys(keys);
        let (builder, clock) = server.client();
        (server, builder.build().unwrap(), clock)
    }

    fn client(&self) -> (JwksClientBuilder, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::default());
        let builder = JwksClient::builder()
            .endpoint(format!("{}/jwks", self.url))
            .clock(clock.clone());
        (builder, clock)
    }

    fn put(&self, path: &str, status: u16, body: impl Into<String>) {
        let mut replies = self.shared.replies.lock().unwrap();
        replies.insert(path.into(), (status, body.into()));
    }

    fn put_keys(&self, keys: &[Value]) {
        self.put("/jwks", 200, jwks(keys));
    }

    fn break_down(&self) {
        self.put("/jwks", 500, "");
    }

    fn hits(&self) -> Vec<String> {
        self.shared.hits.lock().unwrap().clone()
    }

    fn fetches(&self) -> usize {
        self.hits().len()
    }

    fn hold(&self) {
        self.shared.open.send_replace(false);
    }

    fn release(&self) {
        self.shared.open.send_replace(true);
    }

    async fn until_hit(&self) {
        while self.fetches() == 0 {
            tokio::task::yield_now().await;
        }
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) -> Option<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.ok()?);
    }
    let request = String::from_utf8(request).ok()?;
    let path = request.split(' ').nth(1)?.to_owned();
    shared.hits.lock().unwrap().push(path.clone());
    shared.open.subscribe().wait_for(|open| *open).await.ok()?;
    let reply = shared.replies.lock().unwrap().get(&path).cloned();
    let (status, body) = reply.unwrap_or((404, String::new()));
    // A redirect says in its body where to.
    let location = if (300..400).contains(&status) {
        format!("Location: {body}\r\n")
    } else {
        String::new()
    };
    // No length: the body ends with the connection.
    let head = format!("HTTP/1.1 {status} X\r\n{location}Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}

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
async fn a_set_is_used_for_the_ttl_and_then_fetched_anew() {
    let (server, client, clock) = Server::with_keys(&[ED.jwk("a")]).await;
    assert_eq!(
        server.fetches(),
        0,
        "nothing is fetched before it is needed"
    );
    let first = found(&client, "a").await;
    clock.advance(299 * SECOND);
    found(&client, "a").await;
    assert_eq!(server.fetches(), 1);
    clock.advance(SECOND);
    let second = found(&client, "a").await;
    assert_eq!(server.fetches(), 2);
    assert!(
        Arc::ptr_eq(&first, &second),
        "the same key keeps its handle"
    );
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
    server.until_hit().await;
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
    server.until_hit().await;
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
async fn without_a_fetch_an_old_set_does_not_say_unknown() {
    let (server, client, clock) = Server::with_keys(&[ED.jwk("a")]).await;
    found(&client, "a").await;
    server.break_down();
    clock.advance(20 * SECOND);
    // Each failed fetch takes from the bucket, too: they are what it is there to bound.
    for _ in 0..5 {
        unavailable(&client, "new").await;
        clock.advance(Duration::from_millis(1_500));
    }
    assert_eq!(server.fetches(), 1 + 5);
    let error = unavailable(&client, "new").await;
    assert_eq!(server.fetches(), 1 + 5);
    assert_eq!(error.retry_after(), Duration::from_millis(2_500));
    found(&client, "a").await;
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
    clock.advance(SECOND);
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
    clock.advance(SECOND);
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
    clock.advance(SECOND);
    server.put_keys(&[ED.jwk("a")]);
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
    server.until_hit().await;
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
}
