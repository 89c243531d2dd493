//! Shows: a protected API and its callers, in one process.
//!
//! Try it: `cargo run --example quickstart`, then the `curl` lines it prints. Ctrl-C ends it.
//!
//! The tokens come from a test issuer that lives inside this program; a real service would name its
//! issuer in the settings, see `resource-server`.
#![allow(clippy::print_stdout, reason = "it talks to the person who runs it")]

use std::error::Error;
use std::time::Duration;

use axum::extract::Path;
use pico_auth::routing::get;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{AuthClientError, SecureRouter, SecurityContext};
use pico_auth::{allow_anonymous, authenticated, requires_role};
use tokio::net::TcpListener;

#[allow_anonymous]
async fn hello() -> &'static str {
    "hello, whoever you are\n"
}

#[authenticated]
async fn me(caller: SecurityContext) -> Result<String, AuthClientError> {
    Ok(format!("you are {}\n", caller.subject()))
}

#[requires_role("admin")]
async fn delete_article(Path(id): Path<u32>) -> Result<String, AuthClientError> {
    Ok(format!("article {id} is gone\n"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = TestIssuer::start().await;
    let app = SecureRouter::new()
        .route("/hello", get(hello))
        .route("/me", get(me))
        .route("/articles/{id}", pico_auth::routing::delete(delete_article))
        .secured_by(issuer.authenticator());

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    print_tour(&format!("http://{}", listener.local_addr()?), &issuer);
    let stop = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            println!("cannot wait for Ctrl-C: {error}");
        }
    };
    axum::serve(listener, app)
        .with_graceful_shutdown(stop)
        .await?;
    Ok(())
}

fn print_tour(url: &str, issuer: &TestIssuer) {
    let an_hour = Duration::from_secs(3600);
    let admin = issuer
        .token("alice")
        .role("admin")
        .expires_in(an_hour)
        .sign();
    let viewer = issuer
        .token("bob")
        .role("viewer")
        .expires_in(an_hour)
        .sign();
    let expired = issuer.token("carol").role("admin").expired().sign();
    println!("serving on {url}, tokens from {}\n", issuer.url());
    println!("ADMIN={admin}\n\nVIEWER={viewer}\n\nEXPIRED={expired}\n");
    println!("Paste the three lines above into a shell (they are good for an hour), then try:\n");
    for (request, answer) in [
        (format!("{url}/hello"), "200 hello, whoever you are"),
        (
            format!("{url}/me"),
            "401 Missing or invalid Authorization header",
        ),
        (
            format!("{url}/me -H \"Authorization: Bearer $VIEWER\""),
            "200 you are bob",
        ),
        (
            format!("{url}/me -H \"Authorization: Bearer $EXPIRED\""),
            "401 Token has expired",
        ),
        (
            format!("-X DELETE {url}/articles/7 -H \"Authorization: Bearer $VIEWER\""),
            "403 Requires one of roles: ['admin']",
        ),
        (
            format!("-X DELETE {url}/articles/7 -H \"Authorization: Bearer $ADMIN\""),
            "200 article 7 is gone",
        ),
    ] {
        println!("# {answer}\ncurl -i {request}\n");
    }
}
