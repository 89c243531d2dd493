//! gRPC: methods of tonic services over a socket. The open function is in a service of its own, which is
//! opened by name; the layer is optional, because `maybe` admits callers without a token.

use pico_auth::{AuthLayer, Authenticator};
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Code, Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::rules::{Caller, OPEN, Outcome, Refusal, Surface, subject, with_rules};

/// What `build.rs` made.
mod services {
    include!(concat!(env!("OUT_DIR"), "/surfaces.Open.rs"));
    include!(concat!(env!("OUT_DIR"), "/surfaces.Ruled.rs"));
}

use services::open_server::OpenServer;
use services::ruled_server::RuledServer;
use services::{open_server, ruled_server};

#[derive(Clone, Copy, PartialEq, prost::Message)]
pub struct Nothing {}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Subject {
    #[prost(string, tag = "1")]
    pub subject: String,
}

fn answer() -> Result<Response<Subject>, Status> {
    Ok(Response::new(Subject { subject: subject() }))
}

struct Service;

#[tonic::async_trait]
impl open_server::Open for Service {
    #[pico_auth::allow_anonymous]
    async fn open(&self, _: Request<Nothing>) -> Result<Response<Subject>, Status> {
        answer()
    }
}

macro_rules! methods {
    ($($name:ident: $(#[$($rule:tt)*])+;)+) => {
        #[tonic::async_trait]
        impl ruled_server::Ruled for Service {
            $(
                $(#[$($rule)*])+
                async fn $name(&self, _: Request<Nothing>) -> Result<Response<Subject>, Status> {
                    answer()
                }
            )+
        }
    };
}
with_rules!(methods);

pub struct Grpc(Channel);

impl Surface for Grpc {
    const NAME: &'static str = "gRPC";
    const KNOWS_FUNCTION_FIRST: bool = true;

    async fn start(authenticator: Authenticator) -> Self {
        let layer = AuthLayer::new(authenticator).unwrap().optional().grpc();
        let layer = layer
            .allow_anonymous_service(open_server::SERVICE_NAME)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Server::builder()
            .layer(layer)
            .add_service(OpenServer::new(Service))
            .add_service(RuledServer::new(Service));
        tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
        Self(Endpoint::from_shared(url).unwrap().connect().await.unwrap())
    }

    async fn call(&self, rule: &str, caller: &Caller) -> Outcome {
        let mut request = Request::new(Nothing {});
        for (name, token) in [
            ("authorization", &caller.token),
            ("x-agent-authorization", &caller.agent),
        ] {
            if let Some(token) = token {
                let token = format!("Bearer {token}").parse().unwrap();
                request.metadata_mut().insert(name, token);
            }
        }
        let service = if rule == OPEN { "Open" } else { "Ruled" };
        let path = format!("/surfaces.{service}/{rule}").parse().unwrap();
        let mut client = tonic::client::Grpc::new(self.0.clone());
        client.ready().await.unwrap();
        let codec = ProstCodec::<Nothing, Subject>::default();
        match client.unary(request, path, codec).await {
            Ok(answer) => Ok(answer.into_inner().subject),
            Err(status) => Err(refusal(&status)),
        }
    }
}

fn refusal(refused: &Status) -> Refusal {
    let status = match refused.code() {
        Code::Unauthenticated => 401,
        Code::PermissionDenied => 403,
        Code::Unavailable => 503,
        code => panic!("{code:?}: {refused:?}"),
    };
    Refusal {
        status,
        detail: refused.message().to_owned(),
    }
}
