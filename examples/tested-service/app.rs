//! Orders: their owners see them, support sees all, managers refund them, and so do agents that may.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use pico_auth::routing::{get, post};
use pico_auth::{AuthClientError, Role, SecureRouter, SecurityContext};
use pico_auth::{allow_anonymous, authenticated, authorize, requires_role};
use serde::{Deserialize, Serialize};

#[derive(Role)]
#[role(rename_all = "kebab-case")]
pub(crate) enum Job {
    #[role(implies(Support))]
    Manager,
    Support,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) owner: String,
    pub(crate) cents: u64,
}

/// The orders, by their numbers.
#[derive(Clone, Default)]
pub(crate) struct Orders(Arc<Mutex<BTreeMap<u32, Order>>>);

impl Orders {
    pub(crate) fn of(orders: impl IntoIterator<Item = (u32, Order)>) -> Self {
        Self(Arc::new(Mutex::new(orders.into_iter().collect())))
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<u32, Order>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
pub(crate) enum ShopError {
    Refused(AuthClientError),
    NoSuchOrder,
}

impl From<AuthClientError> for ShopError {
    fn from(error: AuthClientError) -> Self {
        Self::Refused(error)
    }
}

impl IntoResponse for ShopError {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(error) => error.into_response(),
            Self::NoSuchOrder => StatusCode::NOT_FOUND.into_response(),
        }
    }
}

type ShopResult<T> = Result<T, ShopError>;

/// Takes money out of the till: whoever calls it, be it a handler or a job, must be allowed to.
#[authorize(any(role(Job::Manager), agent_scope("refunds:write")))]
pub(crate) async fn refund(orders: Orders, id: u32) -> ShopResult<Order> {
    orders.all().remove(&id).ok_or(ShopError::NoSuchOrder)
}

#[allow_anonymous(reason = "load balancer probe")]
async fn health() -> &'static str {
    "ok"
}

#[requires_role(Job::Support)]
async fn list(State(orders): State<Orders>) -> Json<BTreeMap<u32, Order>> {
    Json(orders.all().clone())
}

#[authenticated]
async fn place(
    caller: SecurityContext,
    State(orders): State<Orders>,
    cents: String,
) -> ShopResult<StatusCode> {
    let Ok(cents) = cents.parse() else {
        return Ok(StatusCode::BAD_REQUEST);
    };
    let owner = caller.subject().to_owned();
    let mut orders = orders.all();
    let id = orders.keys().last().map_or(1, |last| last + 1);
    orders.insert(id, Order { owner, cents });
    Ok(StatusCode::CREATED)
}

#[authorize(after = |ctx, order| order.owner == ctx.subject() || ctx.has_role(Job::Support))]
pub(crate) async fn show(
    State(orders): State<Orders>,
    Path(id): Path<u32>,
) -> ShopResult<Json<Order>> {
    let order = orders.all().get(&id).cloned();
    order.map(Json).ok_or(ShopError::NoSuchOrder)
}

#[authorize(any(role(Job::Manager), agent_scope("refunds:write")))]
async fn refund_order(
    State(orders): State<Orders>,
    Path(id): Path<u32>,
) -> ShopResult<Json<Order>> {
    refund(orders, id).await.map(Json)
}

pub(crate) fn routes(orders: Orders) -> SecureRouter {
    SecureRouter::new()
        .route("/health", get(health))
        .route("/orders", get(list).post(place))
        .route("/orders/{id}", get(show))
        .route("/orders/{id}/refund", post(refund_order))
        .with_state(orders)
}
