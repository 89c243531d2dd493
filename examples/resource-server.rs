//! Shows: a whole resource server, configured by its environment.
//!
//! Try it, with an issuer of yours:
//!
//! ```sh
//! AUTH_CLIENT_ISSUER=https://auth.example.com AUTH_CLIENT_AUDIENCE=my-api \
//!     cargo run --example resource-server
//! ```
//!
//! `BIND_ADDR` (default `127.0.0.1:3000`) says where it listens; port 0 takes a free one. It prints
//! `listening on http://ADDR` when it is ready, and stops on SIGINT or SIGTERM.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program with an operator"
)]

use std::error::Error;
use std::process::ExitCode;

use axum::Json;
use pico_auth::routing::get;
use pico_auth::{
    AgentContext, AuthClientError, AuthClientSettings, Authenticator, SecureRouter, SecurityContext,
};
use pico_auth::{
    allow_anonymous, authenticated, requires_agent_scope, requires_group, requires_role,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Its name ends in `Result`, so the attributes know that it can carry a refusal.
type JsonResult = Result<Json<Value>, AuthClientError>;

#[allow_anonymous]
async fn public() -> Json<Value> {
    Json(json!({ "message": "hello" }))
}

#[allow_anonymous]
async fn anon() -> Json<Value> {
    Json(json!({ "ok": true }))
}

#[authenticated]
async fn protected(caller: SecurityContext) -> JsonResult {
    let email = caller.token_claims().email();
    Ok(Json(json!({ "sub": caller.subject(), "email": email })))
}

#[requires_role("admin")]
async fn admin_only(caller: SecurityContext) -> JsonResult {
    Ok(Json(json!({ "sub": caller.subject(), "role": "admin" })))
}

#[requires_role("editor", "admin")]
async fn editor_or_admin() -> JsonResult {
    Ok(Json(json!({ "ok": true })))
}

#[requires_group("team-alpha")]
async fn group_only() -> JsonResult {
    Ok(Json(json!({ "ok": true })))
}

#[requires_role("admin")]
#[requires_agent_scope("treasury:write:budget:opex")]
async fn scoped(caller: SecurityContext, agent: AgentContext) -> JsonResult {
    let scopes: Vec<_> = agent.scopes().collect();
    Ok(Json(json!({
        "service_sub": caller.subject(),
        "agent_sub": agent.subject(),
        "scopes": scopes,
    })))
}

#[requires_role("admin")]
#[requires_agent_scope("treasury:*")]
async fn wildcard_scope() -> JsonResult {
    Ok(Json(json!({ "ok": true })))
}

#[requires_role("admin")]
async fn role_only(agent: Option<AgentContext>) -> JsonResult {
    Ok(Json(json!({ "agent_present": agent.is_some() })))
}

fn routes() -> SecureRouter {
    SecureRouter::new()
        .route("/public", get(public))
        .route("/anon", get(anon))
        .route("/protected", get(protected))
        .route("/admin-only", get(admin_only))
        .route("/editor-or-admin", get(editor_or_admin))
        .route("/group-only", get(group_only))
        .route("/scoped", get(scoped))
        .route("/wildcard-scope", get(wildcard_scope))
        .route("/role-only", get(role_only))
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let authenticator = Authenticator::new(AuthClientSettings::from_env()?)?;
    let app = routes().secured_by(authenticator);

    let address = std::env::var("BIND_ADDR").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("BIND_ADDR: cannot listen on `{address}`: {error}"))?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app)
        .with_graceful_shutdown(stop()?)
        .await?;
    Ok(())
}

/// Completes on SIGINT or SIGTERM.
#[cfg(unix)]
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Completes on Ctrl-C.
#[cfg(not(unix))]
fn stop() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            eprintln!("cannot wait for Ctrl-C: {error}");
        }
    })
}
