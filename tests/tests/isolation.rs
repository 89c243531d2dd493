//! A thousand requests of different callers at the same time, over real sockets, through tasks, threads,
//! blocking functions and streams: nobody is ever taken for another.
//!
//! Every request waits for all others at each of its steps, so that all thousand are in each step together.
//! What order of polls a runtime may choose is tried in `loom.rs`.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use futures_core::Stream;
use pico_auth::propagate::{self, JoinSetExt};
use pico_auth::routing::get;
use pico_auth::test_kit::{TestIssuer, TestKey};
use pico_auth::{AgentContext, Algorithm, Policy, SecureRouter, SecurityContext};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{Barrier, oneshot};
use tokio::task::{JoinSet, yield_now};
use tokio::time::timeout;

const CALLERS: usize = 1000;
/// How many answers the body of each request holds.
const TOLD: usize = 12;
/// Only so that a failing test ends.
const LONG: Duration = Duration::from_secs(300);

/// The caller, and the agent that acts for them.
fn who() -> String {
    SecurityContext::current().map_or_else(
        || "nobody".to_owned(),
        |caller| {
            let agent = caller.agent().map(AgentContext::subject);
            format!("{} by {}", caller.subject(), agent.unwrap_or("nobody"))
        },
    )
}

/// Spawns and awaits, twice over.
async fn nested() -> String {
    yield_now().await;
    let inner = propagate::spawn(async {
        yield_now().await;
        who()
    });
    let inner = inner.await.unwrap();
    assert_eq!(inner, who());
    inner
}

/// What a task tells, and who the stream is polled as.
struct Told(UnboundedReceiver<String>);

impl Stream for Told {
    type Item = Result<String, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let told = self.0.poll_recv(cx);
        told.map(|told| told.map(|told| Ok(format!("<{told}><{}>", who()))))
    }
}

/// Says who the caller is, in every way in which a request can ask.
async fn handler(all_there: Arc<Barrier>) -> Body {
    let mut seen = vec![who()];
    all_there.wait().await;
    seen.push(who());

    let mut tasks = JoinSet::new();
    for _ in 0..2 {
        tasks.spawn_in_current_context(nested());
        tasks.spawn_blocking_in_current_context(who);
    }
    let (sender, by_thread) = oneshot::channel();
    propagate::spawn_thread(move || sender.send(who())).unwrap();
    seen.push(propagate::spawn(nested()).await.unwrap());
    seen.push(propagate::spawn_blocking(who).await.unwrap());
    seen.push(by_thread.await.unwrap());
    while let Some(task) = tasks.join_next().await {
        seen.push(task.unwrap());
    }
    let forgotten = tokio::spawn(async { who() });
    assert_eq!(forgotten.await.unwrap(), "nobody");
    all_there.wait().await;

    let (sender, receiver) = unbounded_channel();
    propagate::spawn(async move {
        for seen in seen {
            let _ = sender.send(seen);
        }
        for _ in 0..3 {
            all_there.wait().await;
            let _ = sender.send(who());
        }
    });
    Body::from_stream(Told(receiver))
}

/// One request on a connection; answers who the caller was, each time it was told.
async fn ask(connection: &mut TcpStream, credentials: &str) -> Vec<String> {
    let request = format!("GET / HTTP/1.1\r\nHost: a\r\n{credentials}\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n0\r\n\r\n") {
        let read = connection.read_buf(&mut answer).await.unwrap();
        assert!(
            read > 0,
            "the connection ended: {}",
            String::from_utf8_lossy(&answer)
        );
    }
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let told = answer.split('<').skip(1);
    told.map(|rest| rest.split_once('>').unwrap().0.to_owned())
        .collect()
}

/// The headers of one of the callers, and who they are: every tenth is nobody, every third has an agent.
fn credentials(issuer: &TestIssuer, number: usize) -> (String, String) {
    if number.is_multiple_of(10) {
        return (String::new(), "nobody".to_owned());
    }
    let subject = format!("user{number}");
    let bearer = issuer.token(&subject).sign();
    let authorization = format!("Authorization: Bearer {bearer}\r\n");
    if !number.is_multiple_of(3) {
        return (authorization, format!("{subject} by nobody"));
    }
    let agent = format!("agent{number}");
    let token = issuer.token(&agent).agent_scopes(["a"]).sign();
    let agent_header = format!("X-Agent-Authorization: Bearer {token}\r\n");
    (
        authorization + &agent_header,
        format!("{subject} by {agent}"),
    )
}

/// Two requests on one connection, of two callers.
async fn client(address: SocketAddr, callers: [(String, String); 2]) {
    let mut connection = TcpStream::connect(address).await.unwrap();
    for (credentials, expected) in callers {
        let told = ask(&mut connection, &credentials).await;
        assert_eq!(told, vec![expected; 2 * TOLD]);
    }
}

/// Both ends of every connection are in this process.
fn allow_many_files() {
    let needed = u64::try_from(2 * CALLERS + 200).unwrap();
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < needed) {
        let raised = Rlimit {
            current: Some(needed),
            maximum: limit.maximum,
        };
        setrlimit(Resource::Nofile, raised).expect("as many open files as this test needs");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_at_the_same_time_never_see_each_other() {
    allow_many_files();
    let key = TestKey::generate("quick", Algorithm::ES256);
    let issuer = TestIssuer::in_memory().with_key(key);
    let all_there = Arc::new(Barrier::new(CALLERS));
    let route = Policy::OptionalAuthentication.guard(move || handler(Arc::clone(&all_there)));
    let app = SecureRouter::new()
        .route("/", get(route))
        .secured_by(issuer.authenticator());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });

    let callers: Vec<_> = (0..CALLERS)
        .map(|number| credentials(&issuer, number))
        .collect();
    let mut clients = JoinSet::new();
    for number in 0..CALLERS {
        let next = (number + 1) % CALLERS;
        let of_connection = [number, next].map(|number| callers.get(number).unwrap().clone());
        clients.spawn(client(address, of_connection));
    }
    let mut answered = 0;
    while let Some(client) = timeout(LONG, clients.join_next())
        .await
        .expect("all answers")
    {
        client.unwrap();
        answered += 1;
    }
    assert_eq!(answered, CALLERS);
    assert_eq!(who(), "nobody");
    server.abort();
}
