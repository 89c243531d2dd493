//! A client that sends its token with every call.

use std::net::SocketAddr;

use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

use crate::shop::v1::orders_client::OrdersClient;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

pub type Client = OrdersClient<InterceptedService<Channel, Token>>;

/// A connection; calls of all clients can share it.
pub async fn connect(server: SocketAddr) -> Result<Channel, BoxError> {
    Ok(Endpoint::from_shared(format!("http://{server}"))?
        .connect()
        .await?)
}

/// A client with this token, or with none.
pub fn client(channel: &Channel, token: Option<&str>) -> Result<Client, BoxError> {
    let token = token.map(|token| format!("Bearer {token}").parse());
    let token = Token(token.transpose()?);
    Ok(OrdersClient::with_interceptor(channel.clone(), token))
}

/// Writes the token into the metadata of each call.
#[derive(Clone)]
pub struct Token(Option<MetadataValue<Ascii>>);

impl Interceptor for Token {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(token) = &self.0 {
            request
                .metadata_mut()
                .insert("authorization", token.clone());
        }
        Ok(request)
    }
}
