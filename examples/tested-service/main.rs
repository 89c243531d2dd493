//! Shows: a service and the tests that its team would write.
//!
//! Try it: `cargo test --example tested-service`. `app.rs` is the service, and `tests.rs` its tests: functions as a
//! caller, tables of callers, the routes over real requests, attacks, the decisions of all routes as a table,
//! and an issuer that rotates its keys and goes down.
//!
//! It runs, too, with the settings of `resource-server`, `BIND_ADDR` among them:
//! `cargo run --example tested-service`.
#![allow(clippy::print_stdout, reason = "it says where it listens")]

mod app;
#[cfg(test)]
mod tests;

use pico_auth::{AuthClientSettings, Authenticator};
use tokio::net::TcpListener;

use app::{Job, Order, Orders, routes};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = AuthClientSettings::from_env()?;
    let authenticator = Authenticator::builder(settings)
        .role_hierarchy::<Job>()
        .build()?;
    let owner = "ann".to_owned();
    let orders = Orders::of([(1, Order { owner, cents: 995 })]);
    let app = routes(orders).secured_by(authenticator);
    let address = std::env::var("BIND_ADDR").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(&address)
        .await
        .map_err(|error| format!("BIND_ADDR: cannot listen on `{address}`: {error}"))?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
