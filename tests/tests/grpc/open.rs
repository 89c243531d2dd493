//! Services that are opened by name, and what tries to look like one.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use pico_auth::audit::{AuditSink, Auditor, Decision, SinkError};
use pico_auth::{AuthLayer, Authentication, GrpcAuthLayer, SecurityContext, requires_role};
use serde_json::{Value, json};
use tonic::{Code, Status};

use super::support::{ISSUER, ORDERS, bearer, call, call_method, layer};

const HEALTH: &str = "/grpc.health.v1.Health/Check";

fn opened(authentication: Authentication) -> GrpcAuthLayer {
    let layer = AuthLayer::new(authentication).unwrap().grpc();
    let layer = layer.allow_anonymous_service("grpc.health.v1.Health");
    layer.unwrap()
}

#[tokio::test]
async fn an_opened_service_never_looks_at_the_token() {
    let layer = layer()
        .allow_anonymous_service("grpc.health.v1.Health")
        .unwrap()
        .allow_anonymous_service("grpc.reflection.v1.ServerReflection")
        .unwrap();
    let expired = ISSUER.token("u1").expired().sign();
    for path in [
        HEALTH,
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    ] {
        for metadata in [vec![], vec![bearer("garbage")], vec![bearer(&expired)]] {
            call(&layer, path, &metadata).await.is_from("nobody");
        }
        let good = [bearer(&ISSUER.token("u1").sign())];
        call(&layer, path, &good).await.is_from("nobody");
    }
    call(&layer, ORDERS, &[]).await.is_missing();
}

/// Hands each decision on, as JSON.
struct Channel(Sender<Value>);

impl AuditSink for Channel {
    fn record(&mut self, decision: &Decision) -> Result<(), SinkError> {
        Ok(self.0.send(serde_json::to_value(decision)?)?)
    }
}

#[tokio::test]
async fn a_call_of_an_opened_service_is_recorded_as_any_other() {
    let (sender, records) = channel();
    let auditor = Auditor::new(Channel(sender)).unwrap();
    let authentication = Authentication::from(ISSUER.authenticator());
    let layer = opened(authentication.audited_by(auditor.clone()));
    let garbage = [bearer("garbage")];
    call(&layer, HEALTH, &garbage).await.is_from("nobody");
    call(&layer, ORDERS, &[]).await.is_missing();
    assert!(auditor.flush(Duration::from_secs(30)));
    let records: Vec<_> = records
        .try_iter()
        .map(|record| ["rule", "outcome", "subject"].map(|member| record[member].clone()))
        .collect();
    let of = |rule, outcome| [json!(rule), json!(outcome), Value::Null];
    assert_eq!(
        records,
        [
            of("nothing", "admitted"),
            of("a valid token", "unauthenticated")
        ]
    );
}

#[requires_role("operator")]
async fn details() -> Result<String, Status> {
    Ok("all is well".to_owned())
}

#[tokio::test]
async fn a_rule_inside_an_opened_service_refuses_in_the_words_of_the_application() {
    let layer = opened(Authentication::from(ISSUER.authenticator()).terse());
    let answer = call_method(&layer, HEALTH, &[], async || details().await).await;
    let status = answer.status.unwrap();
    assert_eq!(status.code(), Code::Unauthenticated);

    // As a caller whom the method itself knows.
    let as_job = async || SecurityContext::test("job").scope(details()).await;
    let answer = call_method(&layer, HEALTH, &[], as_job).await;
    let status = answer.status.unwrap();
    assert_eq!(
        (status.code(), status.message()),
        (Code::PermissionDenied, "Insufficient permissions")
    );
}

#[tokio::test]
async fn nothing_is_open_that_was_not_opened() {
    call(&layer(), HEALTH, &[]).await.is_missing();
}

#[tokio::test]
async fn a_path_that_looks_like_that_of_an_opened_service_is_refused() {
    let layer = layer()
        .allow_anonymous_service("grpc.health.v1.Health")
        .unwrap();
    for path in [
        "/grpc.health.v1.HealthEvil/Check",
        "/grpc.health.v1.HealthEvil/..",
        "//grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health//Check",
        "/grpc.health.v1.Health/",
        "/grpc.health.v1.Health",
        "/grpc.health.v1.Health/../shop.v1.Orders/List",
        "/grpc.health.v1.Health/..%2fshop.v1.Orders/List",
        "/grpc%2Ehealth.v1.Health/Check",
        "/grpc.health.v1.Health%2FCheck",
        "/grpc.health.v1.health/Check",
        "/GRPC.health.v1.Health/Check",
        "/shop.v1.Orders/List?/grpc.health.v1.Health/Check",
        "/shop.v1.Orders/grpc.health.v1.Health/Check",
        "http://grpc.health.v1.Health/shop.v1.Orders/List",
    ] {
        call(&layer, path, &[]).await.is_missing();
    }
    let with_query = format!("{HEALTH}?x=/");
    call(&layer, &with_query, &[]).await.is_from("nobody");
}

#[test]
fn a_name_that_could_open_nothing_or_too_much_is_a_configuration_error() {
    for name in ["", "*", "grpc.health.v1.*", "/grpc.health.v1.Health/"] {
        let error = layer().allow_anonymous_service(name).unwrap_err();
        assert_eq!(error.key(), "anonymous_service");
        assert!(error.problem().contains("full name"), "{error}");
    }
}
