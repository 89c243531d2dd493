//! Shows: rules on the resolvers of async-graphql: queries, mutations, nested fields. A refusal is a
//! GraphQL error with `extensions.code`.
//!
//! Try it: `cargo run` in this folder, then the `curl` lines it prints. `cargo test` runs the table of
//! who may ask for what.

mod refusals;
mod schema;
#[cfg(test)]
mod tests;

use std::error::Error;

use axum::Json;
use axum::extract::State;
use pico_auth::routing::post;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, Authenticator, SecureRouter, SecuredService, optional_authentication,
};
use schema::{Blog, blog};

/// A bad token is refused here, with HTTP 401. What a caller may ask for is decided field by field.
#[optional_authentication]
async fn graphql(
    State(blog): State<Blog>,
    Json(request): Json<async_graphql::Request>,
) -> Result<Json<async_graphql::Response>, AuthClientError> {
    Ok(Json(blog.execute(request).await))
}

fn app(authenticator: Authenticator) -> SecuredService {
    SecureRouter::new()
        .route("/graphql", post(graphql))
        .with_state(blog())
        .secured_by(authenticator)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = TestIssuer::in_memory();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let editor = issuer.token("ed").role("editor").sign();
    for query in [
        "{ me article(id: 7) { title notes } }",
        "mutation { delete(id: 7) }",
    ] {
        println!(
            "curl http://{address}/graphql -H 'Content-Type: application/json' \\\n     \
             -H 'Authorization: Bearer {editor}' \\\n     -d '{{\"query\":\"{query}\"}}'\n"
        );
    }
    axum::serve(listener, app(issuer.authenticator())).await?;
    Ok(())
}
