//! The server: one layer before all services, and two of them opened by name.

use std::error::Error;
use std::future::Future;

use pico_auth::{AuthLayer, Authenticator};
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::pb::health_server;
use tonic_reflection::pb::v1::server_reflection_server;

use crate::shop::Shop;
use crate::shop::v1::{DESCRIPTION, orders_server::OrdersServer};

/// Serves until `stop` is done.
pub async fn serve(
    listener: TcpListener,
    authenticator: Authenticator,
    stop: impl Future<Output = ()>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let layer = AuthLayer::new(authenticator)?
        .grpc()
        .allow_anonymous_service(health_server::SERVICE_NAME)?
        .allow_anonymous_service(server_reflection_server::SERVICE_NAME)?;

    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_serving::<OrdersServer<Shop>>().await;
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTION)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;

    Server::builder()
        .layer(layer)
        .add_service(OrdersServer::new(Shop))
        .add_service(health)
        .add_service(reflection)
        .serve_with_incoming_shutdown(TcpIncoming::from(listener), stop)
        .await?;
    Ok(())
}
