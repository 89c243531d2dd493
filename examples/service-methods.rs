//! Shows: rules on plain methods and behind a trait, called from a handler and from a job.
//!
//! Try it: `cargo run --example service-methods`. It calls the same service in four ways and prints
//! what happens.
//!
//! A rule on the service holds wherever the call comes from: an HTTP handler, another service, a job.
#![allow(clippy::print_stdout, reason = "it prints what it shows")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use pico_auth::routing::post;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{AuthClientError, SecureRouter, authenticated, requires_role, run_as, system};
use tower::ServiceExt;

/// What the application needs of its ledger; who may do it is said where it is done.
#[async_trait]
trait Ledger: Send + Sync {
    async fn close_month(&self) -> Result<u32, AuthClientError>;
}

#[derive(Default)]
struct Books {
    closed: AtomicU32,
}

#[async_trait]
impl Ledger for Books {
    #[requires_role("accountant", "month-end-job")]
    async fn close_month(&self) -> Result<u32, AuthClientError> {
        Ok(self.closed.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

impl Books {
    /// A plain synchronous method: the check is its first act.
    #[requires_role("accountant")]
    fn reopen(&self) -> Result<u32, AuthClientError> {
        Ok(self.closed.fetch_sub(1, Ordering::SeqCst) - 1)
    }
}

/// Every caller with a valid token gets here; the ledger decides about the rest.
#[authenticated]
async fn close(State(ledger): State<Arc<dyn Ledger>>) -> Result<String, AuthClientError> {
    let closed = ledger.close_month().await?;
    Ok(format!("{closed} months closed"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let books = Arc::new(Books::default());
    let ledger: Arc<dyn Ledger> = books.clone();
    let issuer = TestIssuer::in_memory();
    let app = SecureRouter::new()
        .route("/close", post(close))
        .with_state(ledger)
        .secured_by(issuer.authenticator());

    for role in ["accountant", "visitor"] {
        let request = Request::post("/close")
            .header(
                "authorization",
                format!("Bearer {}", issuer.token("u1").role(role).sign()),
            )
            .body(Body::empty())?;
        let response = app.clone().oneshot(request).await?;
        println!("handler as {role}: {}", response.status());
    }

    println!(
        "call without a caller: {:?}",
        books.close_month().await.map_err(|e| e.to_string())
    );

    // A caller that no token speaks for: the application itself, with the one role it needs.
    let job = system("nightly").role("month-end-job");
    let outcome = run_as(job.clone(), books.close_month()).await;
    println!("job closes: {:?}", outcome.map_err(|e| e.to_string()));
    let outcome = job.build()?.sync_scope(|| books.reopen());
    println!("job reopens: {:?}", outcome.map_err(|e| e.to_string()));
    Ok(())
}
