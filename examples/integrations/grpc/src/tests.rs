//! Over a real socket, with tonic's own client.

use std::sync::LazyLock;

use pico_auth::test_kit::TestIssuer;
use pico_auth::{AuthUnavailableError, Authenticator, Dependency, KeyFuture, KeyQuery, KeySource};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_stream::StreamExt;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ListServiceResponse, ServerReflectionRequest};

use crate::client::{Client, client, connect};
use crate::server::serve;
use crate::shop::v1::{Order, OrderId};

static ISSUER: LazyLock<TestIssuer> = LazyLock::new(TestIssuer::in_memory);

/// A served shop; it stops when it is dropped.
struct Served {
    channel: Channel,
    _stop: oneshot::Sender<()>,
}

impl Served {
    async fn start(authenticator: Authenticator) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async { drop(stopped.await) };
        tokio::spawn(serve(listener, authenticator, stopped));
        Self {
            channel: connect(address).await.unwrap(),
            _stop: stop,
        }
    }

    fn client(&self, token: Option<&str>) -> Client {
        client(&self.channel, token).unwrap()
    }
}

fn order() -> OrderId {
    OrderId { id: 7 }
}

fn code<T>(answer: Result<T, Status>) -> Code {
    answer.map_or_else(|status| status.code(), |_| Code::Ok)
}

#[tokio::test]
async fn who_may_call_what() {
    use Code::{Ok, PermissionDenied, Unauthenticated};
    let served = Served::start(ISSUER.authenticator()).await;
    let token = |subject| ISSUER.token(subject).scope("orders:read");
    // For each caller: get, cancel, watch.
    for (caller, token, expected) in [
        ("nobody", None, [Unauthenticated; 3]),
        ("garbage", Some("abc".to_owned()), [Unauthenticated; 3]),
        (
            "expired",
            Some(token("u1").expired().sign()),
            [Unauthenticated; 3],
        ),
        (
            "stranger",
            Some(ISSUER.token("u2").sign()),
            [PermissionDenied; 3],
        ),
        (
            "reader",
            Some(token("u3").sign()),
            [Ok, PermissionDenied, Ok],
        ),
        (
            "admin",
            Some(ISSUER.token("u4").role("admin").sign()),
            [PermissionDenied, Ok, PermissionDenied],
        ),
        ("both", Some(token("u5").role("admin").sign()), [Ok; 3]),
    ] {
        let mut client = served.client(token.as_deref());
        let actual = [
            code(client.get(order()).await),
            code(client.cancel(order()).await),
            code(client.watch(order()).await),
        ];
        assert_eq!(actual, expected, "{caller}");
    }
}

#[tokio::test]
async fn a_refusal_says_why() {
    let served = Served::start(ISSUER.authenticator()).await;
    let token = ISSUER.token("u1").sign();
    let status = served.client(Some(&token)).get(order()).await.unwrap_err();
    assert_eq!(status.message(), "Requires one of scopes: ['orders:read']");
    let metadata = |key| status.metadata().get(key).unwrap().to_str().unwrap();
    assert_eq!(metadata("auth-reason"), "insufficient_permissions");
    let challenge = r#"Bearer error="insufficient_scope", scope="orders:read""#;
    assert_eq!(metadata("www-authenticate"), challenge);
}

#[tokio::test]
async fn a_stream_knows_its_caller_to_the_end() {
    let served = Served::start(ISSUER.authenticator()).await;
    let notes = async |subject: &str| -> Vec<String> {
        let token = ISSUER.token(subject).scope("orders:read").sign();
        let stream = served.client(Some(&token)).watch(order()).await.unwrap();
        let orders: Result<Vec<Order>, Status> = stream.into_inner().collect().await;
        orders
            .unwrap()
            .into_iter()
            .map(|order| order.note)
            .collect()
    };
    // On one connection, at the same time.
    let (first, second) = tokio::join!(notes("u1"), notes("u2"));
    assert_eq!(first, ["for u1"; 3]);
    assert_eq!(second, ["for u2"; 3]);
}

/// An issuer that is down.
struct Down;

impl KeySource for Down {
    fn find<'a>(&'a self, _: KeyQuery<'a>) -> KeyFuture<'a> {
        let outage = AuthUnavailableError::new(Dependency::SigningKeys);
        Box::pin(std::future::ready(Err(outage)))
    }
}

#[tokio::test]
async fn an_outage_is_unavailable_and_health_is_not_disturbed() {
    let down = ISSUER.authenticator_with(ISSUER.settings(), |parts| parts.key_source(Down));
    let served = Served::start(down).await;
    let token = ISSUER.token("u1").role("admin").sign();
    let status = served
        .client(Some(&token))
        .cancel(order())
        .await
        .unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.message(), "Signing keys are temporarily unavailable");
    let pushback = status.metadata().get("grpc-retry-pushback-ms").unwrap();
    assert_eq!(pushback, "5000");

    let mut health = HealthClient::new(served.channel.clone());
    let mut request = Request::new(HealthCheckRequest {
        service: "shop.v1.Orders".to_owned(),
    });
    let garbage = "Bearer garbage".parse().unwrap();
    request.metadata_mut().insert("authorization", garbage);
    let answer = health.check(request).await.unwrap().into_inner();
    assert_eq!(answer.status(), ServingStatus::Serving);
}

#[tokio::test]
async fn reflection_is_open_and_names_the_services() {
    let served = Served::start(ISSUER.authenticator()).await;
    let mut reflection = ServerReflectionClient::new(served.channel.clone());
    let list = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let answers = reflection
        .server_reflection_info(tokio_stream::once(list))
        .await;
    let answer = answers
        .unwrap()
        .into_inner()
        .message()
        .await
        .unwrap()
        .unwrap();
    let Some(MessageResponse::ListServicesResponse(ListServiceResponse { service })) =
        answer.message_response
    else {
        panic!("{answer:?}");
    };
    let names: Vec<_> = service
        .iter()
        .map(|service| service.name.as_str())
        .collect();
    assert!(names.contains(&"shop.v1.Orders"), "{names:?}");
}

/// Calls a method of a service that may not exist.
async fn call(served: &Served, path: &'static str, token: Option<&str>) -> Code {
    let mut grpc = tonic::client::Grpc::new(served.channel.clone());
    grpc.ready().await.unwrap();
    let mut request = Request::new(order());
    if let Some(token) = token {
        let token = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", token);
    }
    let path = path.parse().unwrap();
    let codec = tonic_prost::ProstCodec::<OrderId, Order>::default();
    code(grpc.unary(request, path, codec).await)
}

#[tokio::test]
async fn a_service_that_looks_like_an_opened_one_is_closed() {
    let served = Served::start(ISSUER.authenticator()).await;
    let token = ISSUER.token("u1").sign();
    for path in [
        "/grpc.health.v1.HealthEvil/Check",
        "//grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health//Check",
        "/grpc.health.v1.Health/../shop.v1.Orders/Cancel",
        "/grpc.health.v1.health/Check",
        "/grpc%2Ehealth.v1.Health/Check",
        "/no.such.Service/Method",
    ] {
        assert_eq!(
            call(&served, path, None).await,
            Code::Unauthenticated,
            "{path}"
        );
        let known = call(&served, path, Some(&token)).await;
        assert_eq!(known, Code::Unimplemented, "{path}");
    }
}
