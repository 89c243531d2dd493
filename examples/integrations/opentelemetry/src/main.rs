//! Shows: spans, events and metrics of pico-auth in OpenTelemetry. Each request has a span that says how
//! access was decided (`auth.outcome`, `auth.reason`) and for whom (`enduser.id`); refusals are events in it;
//! metrics come by the facade `metrics`.
//!
//! Try it: with a collector on port 4318, such as `docker run -p 4318:4318 -p 16686:16686
//! jaegertracing/jaeger`, `cargo run` in this folder, then the `curl` lines it prints. `cargo test` is its own
//! collector and looks at what arrives.

mod telemetry;

use std::error::Error;

use axum::extract::Request;
use pico_auth::routing::get;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, Authentication, Authenticator, SecureRouter, SecuredService, requires_role,
};
use tower_http::trace::TraceLayer;
use tracing::Span;
use tracing::field::Empty;

#[requires_role("clerk")]
async fn orders() -> Result<&'static str, AuthClientError> {
    Ok("three orders")
}

/// The fields that pico-auth fills are declared empty: it sets those that it finds.
fn span(request: &Request) -> Span {
    tracing::info_span!(
        "request",
        http.request.method = %request.method(),
        auth.outcome = Empty,
        auth.reason = Empty,
        enduser.id = Empty,
    )
}

fn app(authenticator: Authenticator) -> SecuredService {
    SecureRouter::new()
        .route("/orders", get(orders))
        .layer(TraceLayer::new_for_http().make_span_with(span as fn(&Request) -> Span))
        .secured_by(Authentication::from(authenticator).log_callers())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let telemetry = telemetry::install("http://127.0.0.1:4318")?;
    let issuer = TestIssuer::in_memory();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let clerk = issuer.token("alice").role("clerk").sign();
    let guest = issuer.token("bob").sign();
    println!("curl -i http://{address}/orders -H 'Authorization: Bearer {clerk}'");
    println!("curl -i http://{address}/orders -H 'Authorization: Bearer {guest}'");
    tokio::select! {
        served = axum::serve(listener, app(issuer.authenticator())) => served?,
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    tokio::task::spawn_blocking(move || telemetry.flush()).await?
}

#[cfg(test)]
mod tests;
