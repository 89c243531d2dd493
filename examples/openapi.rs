//! Shows: the access rules of a service in its OpenAPI document.
//!
//! Try it: `cargo run --example openapi -- --print > openapi.json`. Without `--print`, the service runs, and
//! serves the document at `/openapi.json`; it prints a token, and curl lines with their answers. Ctrl-C ends it.
//!
//! The rules stand once, above the handlers. The document has them as `security`, as refusals, and in words.
#![allow(clippy::print_stdout, reason = "it talks to the person who runs it")]

use std::error::Error;
use std::time::Duration;

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use pico_auth::openapi::{OpenApiRouter, check, routes};
use pico_auth::routing::get;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, Policy, SecureRouter, SecurityContext, allow_anonymous, authenticated,
    authorize, requires_agent_scope, requires_role, requires_scope,
};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use utoipa::{OpenApi, ToSchema};

/// An order of a customer.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
struct Order {
    id: u64,
    customer: String,
    cents: u64,
}

fn order(id: u64) -> Order {
    Order {
        id,
        customer: "ada".to_owned(),
        cents: 1999,
    }
}

/// Says that the service is there.
#[utoipa::path(get, path = "/health", responses((status = 200, description = "It is")))]
#[allow_anonymous(reason = "load balancer probe")]
async fn health() -> &'static str {
    "ok"
}

/// Says who is calling.
#[utoipa::path(get, path = "/me", responses((status = 200, description = "The subject", body = String)))]
#[authenticated]
async fn me(caller: SecurityContext) -> String {
    caller.subject().to_owned()
}

/// Shows an order to its customer, and to those who may see all of them.
#[utoipa::path(
    get,
    path = "/orders/{id}",
    params(("id" = u64, Path, description = "The number of the order")),
    responses((status = 200, description = "The order", body = Order))
)]
#[authorize(any(scope("orders:read:all"), when(ctx.subject() == order(id).customer)))]
async fn show(Path(id): Path<u64>) -> Result<Json<Order>, AuthClientError> {
    Ok(Json(order(id)))
}

/// Takes an order.
#[utoipa::path(
    post,
    path = "/orders",
    request_body = Order,
    responses((status = 201, description = "It is taken", body = Order))
)]
#[requires_scope(all("orders:read", "orders:write"))]
async fn create(Json(order): Json<Order>) -> Result<(StatusCode, Json<Order>), AuthClientError> {
    Ok((StatusCode::CREATED, Json(order)))
}

/// Removes an order.
#[utoipa::path(
    delete,
    path = "/orders/{id}",
    params(("id" = u64, Path, description = "The number of the order")),
    responses((status = 204, description = "It is gone"))
)]
#[requires_role("admin", "support-lead")]
async fn remove(Path(id): Path<u64>) -> Result<StatusCode, AuthClientError> {
    let _ = id;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets an agent prepare a refund for the caller.
#[utoipa::path(
    post,
    path = "/orders/{id}/refund",
    params(("id" = u64, Path, description = "The number of the order")),
    responses((status = 202, description = "It is prepared"))
)]
#[requires_role("support")]
#[requires_agent_scope("refunds:prepare")]
async fn refund(Path(id): Path<u64>) -> Result<StatusCode, AuthClientError> {
    let _ = id;
    Ok(StatusCode::ACCEPTED)
}

#[derive(OpenApi)]
#[openapi(info(title = "Orders", version = "1.0.0", description = "Orders of a shop."))]
struct ApiDoc;

/// The service and its document.
fn app() -> (SecureRouter, utoipa::openapi::OpenApi) {
    OpenApiRouter::with_document(ApiDoc::openapi())
        .routes(routes!(health, me))
        .nest(
            "/v1",
            OpenApiRouter::new().routes(routes!(show, create, remove, refund)),
        )
        .split()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (router, document) = app();
    let json = document.to_pretty_json()?;
    if std::env::args().any(|argument| argument == "--print") {
        println!("{json}");
        return Ok(());
    }
    // What a test of the service would assert.
    assert_eq!(check(&document, &router.access_map()), []);

    let issuer = TestIssuer::in_memory();
    let served = Policy::AllowAnonymous
        .because("clients are written from it")
        .guard(move || async move { ([("content-type", "application/json")], json) });
    let router = router.route("/openapi.json", get(served));
    let app = router.secured_by(issuer.authenticator());
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
    let ada = issuer.token("ada").expires_in(an_hour);
    let ada = ada.scope("orders:read orders:write").sign();
    println!("serving on {url}\n\nADA={ada}\n");
    println!("Paste the line above into a shell (it is good for an hour), then try:\n");
    let as_ada = "-H \"Authorization: Bearer $ADA\"";
    let order = r#"{"id":7,"customer":"ada","cents":1999}"#;
    for (request, answer) in [
        (
            format!("{url}/openapi.json"),
            "200 what --print prints".to_owned(),
        ),
        (format!("{url}/health"), "200 ok".to_owned()),
        (
            format!("{url}/v1/orders/7"),
            "401 Missing or invalid Authorization header".to_owned(),
        ),
        (
            format!("{url}/v1/orders/7 {as_ada}"),
            format!("200 {order}"),
        ),
        (
            format!("{url}/v1/orders {as_ada} -H 'Content-Type: application/json' -d '{order}'"),
            format!("201 {order}"),
        ),
        (
            format!("-X DELETE {url}/v1/orders/7 {as_ada}"),
            "403 Requires one of roles: ['admin', 'support-lead']".to_owned(),
        ),
    ] {
        println!("# {answer}\ncurl -i {request}\n");
    }
}
