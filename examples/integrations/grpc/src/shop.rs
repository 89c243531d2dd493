//! The service. Who may call a method stands above it.

use std::pin::Pin;

use pico_auth::{AuthClientError, SecurityContext, authenticated, requires_role, requires_scope};
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status};

/// What `build.rs` makes of `proto/shop.proto`.
pub mod v1 {
    tonic::include_proto!("shop.v1");

    pub const DESCRIPTION: &[u8] = tonic::include_file_descriptor_set!("shop");
}

use v1::orders_server::Orders;
use v1::{Order, OrderId};

pub struct Shop;

/// Every method needs a valid token, also one that is added later; what stands above it is needed, too.
#[authenticated]
#[tonic::async_trait]
impl Orders for Shop {
    type WatchStream = Pin<Box<dyn Stream<Item = Result<Order, Status>> + Send>>;

    #[requires_scope("orders:read")]
    async fn get(&self, request: Request<OrderId>) -> Result<Response<Order>, Status> {
        Ok(Response::new(noted(request.into_inner().id)?))
    }

    #[requires_role("admin")]
    async fn cancel(&self, request: Request<OrderId>) -> Result<Response<Order>, Status> {
        Ok(Response::new(noted(request.into_inner().id)?))
    }

    /// The stream is made while the caller reads it, and still knows who that is.
    #[requires_scope("orders:read")]
    async fn watch(
        &self,
        request: Request<OrderId>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let id = request.into_inner().id;
        let orders = tokio_stream::iter([id; 3]).map(|id| Ok(noted(id)?));
        Ok(Response::new(Box::pin(orders)))
    }
}

fn noted(id: u32) -> Result<Order, AuthClientError> {
    let caller = SecurityContext::require()?;
    let note = format!("for {}", caller.subject());
    Ok(Order { id, note })
}
