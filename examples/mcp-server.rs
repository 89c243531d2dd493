//! Shows: an MCP server (Model Context Protocol, JSON over HTTP) that clients find their way into knowing
//! nothing but its URL: the 401 names its metadata, that names the authorization server, and the token is for
//! this server alone. Each tool has its own rule.
//!
//! Try it: `cargo run --example mcp-server`, then the `curl` lines it prints. Ctrl-C ends it.
//!
//! The authorization server is a test issuer that lives inside this program; a real one has a page on which
//! people log in, and gives out a token for the `resource` that the client asks for (RFC 8707).
#![allow(clippy::print_stdout, reason = "it talks to the person who runs it")]
#![allow(
    clippy::indexing_slicing,
    reason = "a member that is not there reads as null"
)]

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Json, extract};
use pico_auth::routing::post;
use pico_auth::test_kit::{TestIssuer, TokenBuilder};
use pico_auth::{
    AuthClientError, AuthConfigurationError, Authenticator, ProtectedResource, SecureRouter,
    SecuredService, authenticated, requires_authentication, requires_scope,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

type Notes = Arc<Mutex<Vec<String>>>;

#[requires_scope("notes:read")]
async fn list_notes(notes: Notes) -> Result<String, AuthClientError> {
    let notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(notes.join("\n"))
}

#[requires_scope("notes:write")]
async fn add_note(notes: Notes, text: String) -> Result<String, AuthClientError> {
    let mut notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
    notes.push(text);
    Ok(format!("{} notes", notes.len()))
}

/// What cannot be undone asks for more than a token: that the person has just proved who they are.
#[requires_scope("notes:write")]
#[requires_authentication(acr = "mfa", max_age_seconds = 300)]
async fn delete_notes(notes: Notes) -> Result<String, AuthClientError> {
    notes.lock().unwrap_or_else(PoisonError::into_inner).clear();
    Ok("all notes are gone".to_owned())
}

const VERSIONS: [&str; 2] = ["2025-11-25", "2025-06-18"];

/// One message of a client. A refusal of a tool is one of the whole request, 401 or 403 with a challenge, so
/// that the client can ask for a better token.
#[authenticated]
async fn message(
    State(notes): State<Notes>,
    headers: HeaderMap,
    extract::Json(message): extract::Json<Value>,
) -> Result<Response, AuthClientError> {
    let version = headers.get("mcp-protocol-version");
    if version.is_some_and(|version| VERSIONS.iter().all(|known| version != known)) {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    }
    let Some(id) = message.get("id") else {
        return Ok(StatusCode::ACCEPTED.into_response()); // a notification
    };
    let mut answer = match message["method"].as_str().unwrap_or_default() {
        "initialize" => json!({ "result": initialized(&message["params"]) }),
        "ping" => json!({ "result": {} }),
        "tools/list" => json!({ "result": { "tools": tools() } }),
        "tools/call" => called(notes, &message["params"]).await?,
        _ => json!({ "error": { "code": -32601, "message": "Method not found" } }),
    };
    answer["jsonrpc"] = "2.0".into();
    answer["id"] = id.clone();
    Ok(Json(answer).into_response())
}

fn initialized(params: &Value) -> Value {
    let asked = params["protocolVersion"].as_str().unwrap_or_default();
    let version = VERSIONS.iter().find(|known| **known == asked);
    json!({
        "protocolVersion": version.unwrap_or(&VERSIONS[0]),
        "capabilities": { "tools": {} },
        "serverInfo": { "name": "notes", "version": "1.0.0" },
    })
}

fn tools() -> Value {
    let nothing = json!({ "type": "object" });
    let text = json!({
        "type": "object", "properties": { "text": { "type": "string" } }, "required": ["text"],
    });
    json!([
        { "name": "list_notes", "description": "Lists all notes", "inputSchema": nothing },
        { "name": "add_note", "description": "Adds a note", "inputSchema": text },
        { "name": "delete_notes", "description": "Deletes all notes", "inputSchema": nothing },
    ])
}

async fn called(notes: Notes, params: &Value) -> Result<Value, AuthClientError> {
    let text = params["arguments"]["text"].as_str().unwrap_or_default();
    let text = match params["name"].as_str().unwrap_or_default() {
        "list_notes" => list_notes(notes).await?,
        "add_note" => add_note(notes, text.to_owned()).await?,
        "delete_notes" => delete_notes(notes).await?,
        _ => return Ok(json!({ "error": { "code": -32602, "message": "Unknown tool" } })),
    };
    Ok(json!({ "result": { "content": [{ "type": "text", "text": text }] } }))
}

/// A page of another origin must not speak to a server on this machine, whatever name it gives it.
async fn refuse_other_origins(request: Request, next: Next) -> Response {
    if request.headers().contains_key(ORIGIN) {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

/// The metadata of the server that is reached under this URL.
pub(crate) fn metadata(
    url: &str,
    issuer: &str,
) -> Result<ProtectedResource, AuthConfigurationError> {
    ProtectedResource::builder(url)
        .authorization_server(issuer)
        .scopes_supported(["notes:read", "notes:write"])
        .resource_name("Notes")
        .build()
}

pub(crate) fn app(resource: &ProtectedResource, authenticator: Authenticator) -> SecuredService {
    let notes = Notes::new(Mutex::new(vec!["buy milk".to_owned()]));
    SecureRouter::new()
        .route(
            "/mcp",
            post(message).layer(middleware::from_fn(refuse_other_origins)),
        )
        .protected_resource_metadata(resource)
        .with_state(notes)
        .secured_by(authenticator)
}

/// Trusts the tokens of this issuer that are for this server, and for no other of its servers.
pub(crate) fn authenticator(issuer: &TestIssuer, resource: &ProtectedResource) -> Authenticator {
    let settings = issuer.settings().audience(resource.resource());
    issuer.authenticator_with(settings, |builder| builder)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = TestIssuer::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/mcp", listener.local_addr()?);
    let resource = metadata(&url, issuer.url())?;
    print_tour(&issuer, &resource);
    let stop = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            println!("cannot wait for Ctrl-C: {error}");
        }
    };
    let app = app(&resource, authenticator(&issuer, &resource));
    axum::serve(listener, app)
        .with_graceful_shutdown(stop)
        .await?;
    Ok(())
}

fn print_tour(issuer: &TestIssuer, resource: &ProtectedResource) {
    let url = resource.resource();
    let token = |audience: &str| -> TokenBuilder {
        let token = issuer.token("alice").claim("aud", audience);
        token.expires_in(Duration::from_secs(3600))
    };
    let reader = token(url).scope("notes:read").sign();
    let writer = token(url).scope("notes:read notes:write").sign();
    let elsewhere = token("https://other.example/mcp")
        .scope("notes:read")
        .sign();
    println!("serving on {url}, tokens from {}\n", issuer.url());
    println!("READER={reader}\n\nWRITER={writer}\n\nELSEWHERE={elsewhere}\n");
    println!("Paste the three lines above into a shell (they are good for an hour), then try:\n");
    let call = |tool: &str, token: &str| {
        format!(
            "{url} -H \"Authorization: Bearer ${token}\" -H 'Content-Type: application/json' \
             -d '{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"{tool}\"}}}}'"
        )
    };
    for (request, answer) in [
        (
            format!("-X POST {url}"),
            "401 Missing or invalid Authorization header".to_owned(),
        ),
        (
            resource.metadata_url().to_owned(),
            format!(
                "200 {{\"authorization_servers\":[\"{}\"],\"bearer_methods_supported\":[\"header\"],\
                 \"resource\":\"{url}\",\"resource_name\":\"Notes\",\
                 \"scopes_supported\":[\"notes:read\",\"notes:write\"]}}",
                issuer.url()
            ),
        ),
        (
            call("list_notes", "READER"),
            r#"200 {"id":1,"jsonrpc":"2.0","result":{"content":[{"text":"buy milk","type":"text"}]}}"#
                .to_owned(),
        ),
        (
            call("list_notes", "ELSEWHERE"),
            "401 Invalid token: Invalid audience".to_owned(),
        ),
        (
            call("delete_notes", "READER"),
            "403 Requires one of scopes: ['notes:write']".to_owned(),
        ),
        (
            call("delete_notes", "WRITER"),
            "401 Requires authentication with one of acr values: ['mfa'] within the last 300 seconds"
                .to_owned(),
        ),
    ] {
        println!("# {answer}\ncurl -i {request}\n");
    }
}
