//! What all services share, so that they differ in nothing but the authorization.

use std::env;
use std::error::Error;

use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

/// What every route answers.
pub const BODY: &str = r#"{"ok":true}"#;

/// The role that `/admin` demands.
pub const ROLE: &str = "admin";

pub type Outcome = Result<(), Box<dyn Error>>;

/// What a service that reads a token into a struct of its own wants to know of it.
#[derive(Clone, Deserialize, Serialize)]
pub struct Claims {
    pub sub: String,
    pub role: Option<String>,
}

impl Claims {
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.role.as_deref() == Some(ROLE)
    }
}

/// The issuer that a service trusts: the variables that pico-auth reads, for all.
#[derive(Clone)]
pub struct Issuer {
    pub url: String,
    pub audience: String,
    pub jwks_endpoint: String,
}

impl Issuer {
    pub fn from_env() -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            url: variable("AUTH_CLIENT_ISSUER")?,
            audience: variable("AUTH_CLIENT_AUDIENCE")?,
            jwks_endpoint: variable("AUTH_CLIENT_JWKS_ENDPOINT")?,
        })
    }
}

/// Paths beside `/admin` and `/anonymous`, with the rule of `/admin`: as many as `ROUTES` says.
pub fn more_paths() -> Result<impl Iterator<Item = String>, Box<dyn Error>> {
    let routes = number("ROUTES", 0)?;
    Ok((0..routes).map(path))
}

/// One of them.
#[must_use]
pub fn path(route: usize) -> String {
    format!("/resources/{route}/items")
}

/// Runs the service on tokio's multi-threaded runtime: connections are accepted on this thread and
/// served on `WORKER_THREADS` (default 1).
pub fn run(service: impl Future<Output = Outcome>) -> Outcome {
    Builder::new_multi_thread()
        .worker_threads(number("WORKER_THREADS", 1)?.max(1))
        .enable_all()
        .build()?
        .block_on(service)
}

/// Listens on `BIND_ADDR` (default: a free port) and says so.
#[expect(clippy::print_stdout, reason = "the load generator reads it")]
pub async fn listen() -> Result<TcpListener, Box<dyn Error>> {
    let address = env::var("BIND_ADDR").unwrap_or_else(|_| "127.0.0.1:0".to_owned());
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("BIND_ADDR: cannot listen on `{address}`: {error}"))?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(listener)
}

fn variable(name: &str) -> Result<String, Box<dyn Error>> {
    env::var(name).map_err(|error| format!("{name}: {error}").into())
}

fn number(name: &str, default: usize) -> Result<usize, Box<dyn Error>> {
    match env::var(name) {
        Ok(value) => value
            .parse()
            .map_err(|error| format!("{name}: `{value}`: {error}").into()),
        Err(_) => Ok(default),
    }
}
