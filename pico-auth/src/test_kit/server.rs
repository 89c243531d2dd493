//! The HTTP side of a test issuer.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Serves discovery and keys until it is dropped.
pub(super) struct Server {
    url: String,
    shared: Arc<Shared>,
    task: JoinHandle<io::Result<()>>,
}

struct Shared {
    discovery: Value,
    jwks: RwLock<Value>,
    is_down: watch::Sender<bool>,
    /// How many [`HeldRequests`] there are.
    held: watch::Sender<usize>,
    discovery_requests: AtomicUsize,
    jwks_requests: AtomicUsize,
    /// How many requests of both kinds have come.
    arrived: watch::Sender<usize>,
}

type Answer = Result<Json<Value>, StatusCode>;

impl Server {
    pub(super) async fn start(jwks: Value) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared {
            discovery: json!({ "issuer": url, "jwks_uri": format!("{url}/jwks") }),
            jwks: RwLock::new(jwks),
            is_down: watch::Sender::new(false),
            held: watch::Sender::new(0),
            discovery_requests: AtomicUsize::new(0),
            jwks_requests: AtomicUsize::new(0),
            arrived: watch::Sender::new(0),
        });
        let app = axum::Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(keys))
            .with_state(Arc::clone(&shared));
        let task = tokio::spawn(async { axum::serve(listener, app).await });
        Ok(Self { url, shared, task })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn publish(&self, jwks: Value) {
        let published = self.shared.jwks.write();
        *published.unwrap_or_else(PoisonError::into_inner) = jwks;
    }

    pub(super) fn set_down(&self, is_down: bool) {
        self.shared.is_down.send_replace(is_down);
    }

    pub(super) fn hold(&self) -> HeldRequests {
        self.shared.held.send_modify(|held| *held += 1);
        HeldRequests {
            arrived_before: *self.shared.arrived.borrow(),
            shared: Arc::clone(&self.shared),
        }
    }

    pub(super) fn discovery_requests(&self) -> usize {
        self.shared.discovery_requests.load(Ordering::SeqCst)
    }

    pub(super) fn jwks_requests(&self) -> usize {
        self.shared.jwks_requests.load(Ordering::SeqCst)
    }
}

async fn discovery(State(shared): State<Arc<Shared>>) -> Answer {
    shared.admit(&shared.discovery_requests).await?;
    Ok(Json(shared.discovery.clone()))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Answer {
    shared.admit(&shared.jwks_requests).await?;
    let jwks = shared.jwks.read().unwrap_or_else(PoisonError::into_inner);
    Ok(Json(jwks.clone()))
}

impl Shared {
    /// Counts a request, waits while requests are held, and refuses it in an outage.
    async fn admit(&self, counter: &AtomicUsize) -> Result<(), StatusCode> {
        counter.fetch_add(1, Ordering::SeqCst);
        self.arrived.send_modify(|arrived| *arrived += 1);
        // It fails only where the sender is gone, which is here.
        let _ = self.held.subscribe().wait_for(|held| *held == 0).await;
        if *self.is_down.borrow() {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Keeps the answers of a [`TestIssuer`](super::TestIssuer) back until it is dropped; made by
/// [`hold`](super::TestIssuer::hold).
#[must_use = "requests are held until it is dropped"]
pub struct HeldRequests {
    shared: Arc<Shared>,
    arrived_before: usize,
}

impl HeldRequests {
    /// Waits until so many requests, for keys or discovery, have come since the answers are kept back.
    pub async fn arrived(&self, requests: usize) {
        let all = self.arrived_before + requests;
        let mut arrived = self.shared.arrived.subscribe();
        // It fails only where the sender is gone, which is here.
        let _ = arrived.wait_for(|arrived| *arrived >= all).await;
    }

    /// Lets the answers go, as dropping it does.
    pub fn release(self) {}
}

impl Drop for HeldRequests {
    fn drop(&mut self) {
        self.shared.held.send_modify(|held| *held -= 1);
    }
}

impl std::fmt::Debug for HeldRequests {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HeldRequests").finish_non_exhaustive()
    }
}
