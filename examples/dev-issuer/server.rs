//! The issuer over HTTP.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HOST, ORIGIN};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use pico_auth::Algorithm;
use pico_auth::test_kit::{TestIssuer, TestKey};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::Outcome;
use crate::arguments::Options;
use crate::token;

struct Issuer {
    inner: Mutex<TestIssuer>,
    audience: String,
    algorithm: Algorithm,
    /// The `Host` that requests for this server name.
    hosts: [String; 2],
}

pub(crate) async fn serve(options: &Options) -> Outcome {
    let listener = TcpListener::bind(options.address).await;
    let listener =
        listener.map_err(|error| format!("cannot listen on {}: {error}", options.address))?;
    let address = listener.local_addr()?;
    let url = format!("http://{address}");
    let mut issuer = TestIssuer::in_memory_at(&url).with_key(new_key(options.algorithm));
    issuer.withdraw_old_keys();
    let shared = Arc::new(Issuer {
        inner: Mutex::new(issuer),
        audience: options.audience.clone(),
        algorithm: options.algorithm,
        hosts: [address.to_string(), format!("localhost:{}", address.port())],
    });
    let app = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(jwks))
        .route("/token", post(mint))
        .route("/rotate", post(rotate))
        .layer(from_fn_with_state(Arc::clone(&shared), no_page))
        .with_state(shared);
    print_tour(&url, options);
    let stop = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            eprintln!("cannot wait for Ctrl-C: {error}");
        }
    };
    axum::serve(listener, app)
        .with_graceful_shutdown(stop)
        .await?;
    Ok(())
}

fn print_tour(url: &str, options: &Options) {
    let Options {
        audience,
        algorithm,
        ..
    } = options;
    println!("issuer {url}\n");
    println!("# a service that trusts it");
    println!(
        "AUTH_CLIENT_ISSUER={url} AUTH_CLIENT_AUDIENCE={audience} \
         AUTH_CLIENT_ACCEPTED_ALGORITHMS={algorithm} cargo run --example resource-server\n"
    );
    println!("# a token, and the curl line that uses it");
    println!(
        "cargo run --example dev-issuer -- token --issuer {url} --subject alice --role admin\n"
    );
    println!("# the same without this program");
    println!("curl -s {url}/token -d subject=alice -d role=admin\n");
    println!("# a new key, which signs from now on");
    println!("curl -s {url}/rotate -X POST");
}

/// A key whose name no key of an earlier run has: services remember keys by their names.
fn new_key(algorithm: Algorithm) -> TestKey {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let kid = format!("dev-{}", now.map_or(0, |now| now.as_nanos()));
    TestKey::generate(kid, algorithm)
}

impl Issuer {
    fn with<T>(&self, act: impl FnOnce(&mut TestIssuer) -> T) -> T {
        act(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Refuses what a page in a browser sends: it could ask for tokens in the name of its visitor, and read them by
/// giving its own name an address of this machine (DNS rebinding).
async fn no_page(State(issuer): State<Arc<Issuer>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let is_ours = host.is_some_and(|host| issuer.hosts.iter().any(|ours| ours == host));
    if !is_ours || headers.contains_key(ORIGIN) {
        return (StatusCode::FORBIDDEN, "this issuer is not for pages\n").into_response();
    }
    next.run(request).await
}

async fn discovery(State(issuer): State<Arc<Issuer>>) -> Json<Value> {
    let url = issuer.with(|issuer| issuer.url().to_owned());
    Json(json!({
        "issuer": url,
        "jwks_uri": format!("{url}/jwks"),
        "token_endpoint": format!("{url}/token"),
    }))
}

async fn jwks(State(issuer): State<Arc<Issuer>>) -> Json<Value> {
    Json(issuer.with(|issuer| issuer.jwks()))
}

/// Answers as a token endpoint does (RFC 6749 §5).
async fn mint(State(issuer): State<Arc<Issuer>>, form: Bytes) -> Response {
    let no_store = [(CACHE_CONTROL, "no-store")];
    match issuer.with(|inner| token::mint(inner, &issuer.audience, &form)) {
        Ok(minted) => {
            let answer = Json(json!({
                "access_token": minted.token,
                "token_type": "Bearer",
                "expires_in": minted.lifetime_seconds,
            }));
            (no_store, answer).into_response()
        }
        Err(error) => {
            let answer = json!({ "error": "invalid_request", "error_description": error });
            (StatusCode::BAD_REQUEST, no_store, Json(answer)).into_response()
        }
    }
}

async fn rotate(State(issuer): State<Arc<Issuer>>) -> String {
    let key = new_key(issuer.algorithm);
    let kid = format!("{}\n", key.kid());
    issuer.with(|inner| *inner = inner.clone().with_key(key));
    kid
}
