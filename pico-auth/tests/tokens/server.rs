//! An issuer's HTTP server on loopback that does whatever it is told to, right or wrong, and counts.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pico_auth::{JwksClient, JwksClientBuilder};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::support::*;

pub(crate) struct Server {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

struct Shared {
    replies: Mutex<HashMap<String, Reply>>,
    hits: Mutex<Vec<String>>,
    /// That one more has come.
    hit: watch::Sender<()>,
    /// Answers wait while this is closed.
    open: watch::Sender<bool>,
    /// Bytes of bodies that were sent.
    sent: AtomicUsize,
}

/// What is done with one request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// Status, further header lines, body.
    Http(u16, String, String),
    /// What is there when the request comes is sent when the server is released.
    Outdated(String),
    /// No answer.
    Hang,
    /// The connection ends with a reset.
    Reset,
    /// The connection ends in the middle of the body.
    CutOff(String),
    /// The body comes byte by byte.
    Drip(String),
    /// The body, and 50 MB of white space.
    Flood(String),
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            replies: Mutex::default(),
            hits: Mutex::default(),
            hit: watch::Sender::new(()),
            open: watch::Sender::new(true),
            sent: AtomicUsize::new(0),
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
    pub(crate) async fn with_keys(keys: &[Value]) -> (Self, JwksClient, Arc<ManualClock>) {
        let server = Self::start().await;
        server.put_keys(keys);
        let (builder, clock) = server.client();
        (server, builder.build().unwrap(), clock)
    }

    pub(crate) fn client(&self) -> (JwksClientBuilder, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::default());
        let builder = JwksClient::builder()
            .endpoint(format!("{}/jwks", self.url))
            .clock(clock.clone());
        (builder, clock)
    }

    pub(crate) fn reply(&self, path: &str, reply: Reply) {
        let mut replies = self.shared.replies.lock().unwrap();
        replies.insert(path.into(), reply);
    }

    pub(crate) fn put(&self, path: &str, status: u16, body: impl Into<String>) {
        let body = body.into();
        // A redirect says in its body where to.
        let head = if (300..400).contains(&status) {
            format!("Location: {body}")
        } else {
            String::new()
        };
        self.reply(path, Reply::Http(status, head, body));
    }

    /// 200 with a header line.
    pub(crate) fn put_with(&self, path: &str, head: &str, body: String) {
        self.reply(path, Reply::Http(200, head.into(), body));
    }

    pub(crate) fn put_keys(&self, keys: &[Value]) {
        self.put("/jwks", 200, jwks(keys));
    }

    pub(crate) fn break_down(&self) {
        self.put("/jwks", 500, "");
    }

    pub(crate) fn hits(&self) -> Vec<String> {
        self.shared.hits.lock().unwrap().clone()
    }

    pub(crate) fn fetches(&self) -> usize {
        self.hits().len()
    }

    pub(crate) fn bytes_sent(&self) -> usize {
        self.shared.sent.load(Ordering::SeqCst)
    }

    pub(crate) fn hold(&self) {
        self.shared.open.send_replace(false);
    }

    pub(crate) fn release(&self) {
        self.shared.open.send_replace(true);
    }

    /// Waits until this many requests have come.
    pub(crate) async fn until_hit(&self, times: usize) {
        let mut hits = self.shared.hit.subscribe();
        while self.fetches() < times {
            hits.changed().await.unwrap();
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
    let reply = || shared.replies.lock().unwrap().get(&path).cloned();
    let outdated = reply();
    shared.hits.lock().unwrap().push(path.clone());
    shared.hit.send_replace(());
    shared.open.subscribe().wait_for(|open| *open).await.ok()?;
    let reply = match (outdated, reply()) {
        (Some(Reply::Outdated(body)), _) => Reply::Http(200, String::new(), body),
        (_, reply) => reply.unwrap_or_else(|| Reply::Http(404, String::new(), String::new())),
    };
    match reply {
        Reply::Hang => std::future::pending().await,
        Reply::Reset => return stream.set_zero_linger().ok(),
        Reply::Outdated(body) => send(&mut stream, &shared, &head(200, ""), &body).await?,
        Reply::Http(status, line, body) => {
            send(&mut stream, &shared, &head(status, &line), &body).await?;
        }
        Reply::CutOff(body) => {
            let head = head(200, &format!("Content-Length: {}", body.len() + 1));
            send(&mut stream, &shared, &head, &body).await?;
        }
        Reply::Drip(body) => {
            send(&mut stream, &shared, &head(200, ""), "").await?;
            for byte in body.bytes() {
                stream.write_u8(byte).await.ok()?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Reply::Flood(body) => {
            send(&mut stream, &shared, &head(200, ""), &body).await?;
            let spaces = " ".repeat(1_000_000);
            for _ in 0..50 {
                send(&mut stream, &shared, "", &spaces).await?;
            }
        }
    }
    stream.shutdown().await.ok()
}

/// Without a length: the body ends with the connection.
fn head(status: u16, line: &str) -> String {
    let line = if line.is_empty() {
        String::new()
    } else {
        format!("{line}\r\n")
    };
    format!("HTTP/1.1 {status} X\r\n{line}Connection: close\r\n\r\n")
}

async fn send(stream: &mut TcpStream, shared: &Shared, head: &str, body: &str) -> Option<()> {
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body.as_bytes()).await.ok()?;
    shared.sent.fetch_add(body.len(), Ordering::SeqCst);
    Some(())
}
