//! A server that publishes a list of revoked tokens, as well or as badly as the test says.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use pico_auth::test_kit::{ManualClock, TestIssuer};
use pico_auth::{
    AuthClientError, AuthUnavailableError, Dependency, PolledRevocationList,
    PolledRevocationListBuilder, RevocationList, RevocationQuery, TokenInvalidReason, TokenKind,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(crate) static ISSUER: LazyLock<TestIssuer> = LazyLock::new(TestIssuer::in_memory);

/// Long enough that no second fetch happens by itself while a test runs.
pub(crate) const TTL: Duration = Duration::from_secs(3600);

#[derive(Clone)]
pub(crate) enum Reply {
    /// A status and a body that ends with the connection.
    Status(u16, String),
    /// These bytes and the end of the connection.
    Bytes(String),
    /// Nothing, until the client gives up.
    Hang,
    /// The beginning of a list and then the same id again and again, up to so many bytes.
    Endless(usize),
}

/// Stops when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    reply: watch::Sender<Reply>,
    /// The requests so far.
    requests: watch::Sender<Vec<String>>,
    /// How many clients closed the connection while they were left waiting.
    given_up: watch::Sender<usize>,
    /// How much of its [`Reply::Endless`] the last client took.
    taken: watch::Sender<Option<usize>>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            reply: watch::Sender::new(Reply::Hang),
            requests: watch::Sender::default(),
            given_up: watch::Sender::default(),
            taken: watch::Sender::default(),
        });
        let served = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&served)));
            }
        });
        let server = Self {
            address,
            shared,
            task,
        };
        server.list(&[]);
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/revoked", self.address)
    }

    pub(crate) fn reply(&self, reply: Reply) {
        self.shared.reply.send_replace(reply);
    }

    pub(crate) fn status(&self, status: u16, body: &str) {
        self.reply(Reply::Status(status, body.to_owned()));
    }

    pub(crate) fn list(&self, ids: &[&str]) {
        self.status(200, &document(ids));
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.shared.requests.borrow().clone()
    }

    pub(crate) async fn until_requested(&self, times: usize) {
        let mut requests = self.shared.requests.subscribe();
        requests
            .wait_for(|requests| requests.len() >= times)
            .await
            .unwrap();
    }

    pub(crate) async fn until_given_up(&self) {
        let mut given_up = self.shared.given_up.subscribe();
        given_up.wait_for(|times| *times > 0).await.unwrap();
    }

    /// What a client took of an endless list before it closed the connection.
    pub(crate) async fn until_taken(&self) -> usize {
        let mut taken = self.shared.taken.subscribe();
        let taken = taken.wait_for(Option::is_some).await.unwrap();
        taken.unwrap()
    }

    /// A list of this server that is fetched when the test says so, and its clock.
    pub(crate) fn polled(&self) -> (PolledRevocationList, ManualClock) {
        self.polled_with(|builder| builder)
    }

    pub(crate) fn polled_with(
        &self,
        parts: impl FnOnce(PolledRevocationListBuilder) -> PolledRevocationListBuilder,
    ) -> (PolledRevocationList, ManualClock) {
        let clock = ManualClock::new();
        let builder = PolledRevocationList::builder(self.url())
            .ttl(TTL)
            .clock(Arc::new(clock.clone()));
        (parts(builder).build().unwrap(), clock)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) -> Option<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.ok()?);
    }
    let request = String::from_utf8(request).ok()?;
    let reply = shared.reply.borrow().clone();
    shared.requests.send_modify(|seen| seen.push(request));
    let bytes = match reply {
        Reply::Status(status, body) => {
            let head = format!("HTTP/1.1 {status} X\r\nLocation: /other\r\n");
            format!("{head}Connection: close\r\n\r\n{body}")
        }
        Reply::Bytes(bytes) => bytes,
        Reply::Hang => {
            let end = stream.read_u8().await;
            shared.given_up.send_modify(|times| *times += 1);
            return end.ok().map(|_| ());
        }
        Reply::Endless(most) => {
            let taken = endless(&mut stream, most).await;
            shared.taken.send_replace(Some(taken));
            return None;
        }
    };
    stream.write_all(bytes.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}

async fn endless(stream: &mut TcpStream, most: usize) -> usize {
    let head = b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n{\"items\":[{\"jti\":\"a\"}";
    let chunk = br#",{"jti":"a"}"#.repeat(10_000);
    let mut taken = 0;
    let mut next = &head[..];
    while taken < most && stream.write_all(next).await.is_ok() {
        taken += next.len();
        next = &chunk;
    }
    taken
}

pub(crate) fn document(ids: &[&str]) -> String {
    let items: Vec<_> = ids
        .iter()
        .map(|id| serde_json::json!({ "jti": id, "reason": "lost", "revoked_by": "op" }))
        .collect();
    serde_json::json!({ "items": items }).to_string()
}

/// The question after a token of [`ISSUER`].
pub(crate) fn query(jti: &str) -> RevocationQuery<'_> {
    let issuer = ISSUER.url();
    RevocationQuery::new(
        issuer,
        jti,
        TokenKind::Bearer,
        Duration::from_secs(u64::MAX / 4),
    )
}

/// The answer as the authenticator gets it.
pub(crate) async fn ask(
    list: &impl RevocationList,
    jti: &str,
) -> Result<bool, AuthUnavailableError> {
    match list.at_hand(query(jti)) {
        Some(answer) => answer,
        None => list.is_revoked(query(jti)).await,
    }
}

#[track_caller]
pub(crate) fn is_unavailable(answer: Result<bool, AuthUnavailableError>) -> AuthUnavailableError {
    let error = answer.expect_err("no list, no answer");
    assert_eq!(error.what(), Dependency::RevocationList);
    assert_eq!(
        error.to_string(),
        "The revocation list is temporarily unavailable"
    );
    error
}

#[track_caller]
pub(crate) fn refused_for<T: std::fmt::Debug>(
    outcome: Result<T, AuthClientError>,
    token: TokenKind,
    reason: &TokenInvalidReason,
) {
    match outcome {
        Err(AuthClientError::TokenInvalid(error)) => {
            assert_eq!((error.token(), error.reason()), (token, reason));
        }
        other => panic!("expected {reason:?} of the {token:?} token, got {other:?}"),
    }
}
