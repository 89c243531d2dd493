//! The HTTP side of a test issuer.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use axum::Json;
use axum::extract::State;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Serves discovery and keys until it is dropped.
pub(super) struct Server {
    url: String,
    shared: Arc<Shared>,
    task: JoinHandle<io::Result<()>>,
}

struct Shared {
    jwks: RwLock<Value>,
    jwks_requests: AtomicUsize,
}

impl Server {
    pub(super) async fn start(jwks: Value) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let jwks = RwLock::new(jwks);
        let shared = Arc::new(Shared {
            jwks,
            jwks_requests: AtomicUsize::new(0),
        });
        let discovery = json!({ "issuer": url, "jwks_uri": format!("{url}/jwks") });
        let app = axum::Router::new()
            .route(
                "/.well-known/openid-configuration",
                get(|| async { Json(discovery) }),
            )
            .route("/jwks", get(keys))
            .with_state(Arc::clone(&shared));
        let task = tokio::spawn(async { axum::serve(listener, app).await });
        Ok(Self { url, shared, task })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn publish(&self, jwks: Value) {
        *self
            .shared
            .jwks
            .write()
            .unwrap_or_else(PoisonError::into_inner) = jwks;
    }

    pub(super) fn jwks_requests(&self) -> usize {
        self.shared.jwks_requests.load(Ordering::SeqCst)
    }
}

async fn keys(State(shared): State<Arc<Shared>>) -> Json<Value> {
    shared.jwks_requests.fetch_add(1, Ordering::SeqCst);
    Json(
        shared
            .jwks
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone(),
    )
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
