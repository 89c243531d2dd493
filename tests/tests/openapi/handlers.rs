//! Handlers with documentation and a rule, in both orders.

use axum::Json;
use axum::extract::{Path, State};
use pico_auth::{
    AuthClientError, allow_anonymous, authenticated, authorize, optional_authentication,
    requires_agent_scope, requires_group, requires_role, requires_scope,
};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
pub(super) struct User {
    pub(super) id: u64,
}

/// Says that we are here.
#[utoipa::path(get, path = "/health", responses((status = 200)))]
#[allow_anonymous(reason = "load balancer probe")]
pub(super) async fn health() {}

#[optional_authentication]
#[utoipa::path(get, path = "/greeting", responses((status = 200)))]
pub(super) async fn greeting() {}

#[utoipa::path(get, path = "/me", responses((status = 200)))]
#[authenticated]
pub(super) async fn me() {}

/// Shows a user.
#[requires_role("viewer", "admin")]
#[utoipa::path(get, path = "/users/{id}", responses((status = 200, body = User)))]
pub(super) async fn show(Path(id): Path<u64>) -> Result<Json<User>, AuthClientError> {
    Ok(Json(User { id }))
}

/// Deletes a user.
#[utoipa::path(
    delete,
    path = "/users/{id}",
    responses((status = 204), (status = 403, description = "Only admins delete"))
)]
#[requires_role("admin")]
pub(super) async fn delete() -> Result<(), AuthClientError> {
    Ok(())
}

#[utoipa::path(get, path = "/groups", responses((status = 200)))]
#[requires_group("staff")]
pub(super) async fn groups() {}

#[utoipa::path(post, path = "/orders", responses((status = 200)))]
#[requires_scope(all("orders:read", "orders:write"))]
pub(super) async fn order() {}

#[utoipa::path(get, path = "/orders", responses((status = 200)))]
#[requires_scope(any("orders:read", "orders:*"))]
pub(super) async fn orders() {}

#[utoipa::path(post, path = "/payouts", responses((status = 200)))]
#[requires_agent_scope("payouts:prepare")]
#[requires_scope("payouts:write")]
pub(super) async fn payout() {}

#[utoipa::path(put, path = "/orders/{id}", responses((status = 200)))]
#[authorize(any(role("admin"), all(scope("orders:write"), when(id == 7))))]
pub(super) async fn change(Path(id): Path<u64>) -> Result<(), AuthClientError> {
    let _ = id;
    Ok(())
}

#[utoipa::path(get, path = "/files/{*rest}", responses((status = 200)))]
#[authenticated]
pub(super) async fn files(Path(rest): Path<String>) -> String {
    rest
}

#[utoipa::path(get, path = "/", tag = "state", responses((status = 200)))]
#[requires_role("viewer")]
pub(super) async fn of_state(State(word): State<&'static str>) -> &'static str {
    word
}
