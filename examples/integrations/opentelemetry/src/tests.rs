//! A collector in this process, and what arrives there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Request, Uri};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tower::ServiceExt;

use super::*;

const PATIENCE: Duration = Duration::from_secs(30);

/// Paths and bodies, as they were sent.
type Received = Arc<Mutex<Vec<(String, Bytes)>>>;

async fn collector() -> (String, Received) {
    let received = Received::default();
    let collect = |State(received): State<Received>, uri: Uri, body: Bytes| async move {
        received.lock().unwrap().push((uri.path().to_owned(), body));
    };
    let router = axum::Router::new()
        .fallback(collect)
        .with_state(received.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, received)
}

fn attributes(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let of = |attribute: &KeyValue| match attribute.value.as_ref()?.value.as_ref()? {
        Value::StringValue(value) => Some((attribute.key.clone(), value.clone())),
        _ => None,
    };
    attributes.iter().filter_map(of).collect()
}

fn spans(received: &[(String, Bytes)]) -> Vec<Span> {
    let requests = received.iter().filter(|(path, _)| path == "/v1/traces");
    let decode = |(_, body): &(String, Bytes)| ExportTraceServiceRequest::decode(body.clone());
    let requests = requests.map(|request| decode(request).unwrap());
    let resources = requests.flat_map(|request| request.resource_spans);
    let scopes = resources.flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).collect()
}

/// Each metric with the attributes of its points.
fn metrics(received: &[(String, Bytes)]) -> BTreeMap<String, BTreeSet<BTreeMap<String, String>>> {
    let mut metrics = BTreeMap::<_, BTreeSet<_>>::new();
    for (_, body) in received.iter().filter(|(path, _)| path == "/v1/metrics") {
        let request = ExportMetricsServiceRequest::decode(body.clone()).unwrap();
        let resources = request.resource_metrics.into_iter();
        let scopes = resources.flat_map(|resource| resource.scope_metrics);
        for metric in scopes.flat_map(|scope| scope.metrics) {
            let points: Vec<_> = match metric.data.unwrap() {
                Data::Sum(sum) => sum
                    .data_points
                    .iter()
                    .map(|p| attributes(&p.attributes))
                    .collect(),
                Data::Gauge(gauge) => gauge
                    .data_points
                    .iter()
                    .map(|p| attributes(&p.attributes))
                    .collect(),
                Data::Histogram(histogram) => histogram
                    .data_points
                    .iter()
                    .map(|p| attributes(&p.attributes))
                    .collect(),
                other => panic!("not expected: {other:?}"),
            };
            metrics.entry(metric.name).or_default().extend(points);
        }
    }
    metrics
}

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

/// One test: what is installed is installed for the process.
#[tokio::test(flavor = "multi_thread")]
async fn fields_and_metrics_arrive_and_no_token_does() {
    let (url, received) = collector().await;
    let telemetry = telemetry::install(&url).unwrap();
    let issuer = TestIssuer::start().await;
    let authenticator = issuer.authenticator();
    authenticator.wait_until_ready(PATIENCE).await.unwrap();
    let app = app(authenticator);
    let clerk = issuer
        .token("alice")
        .role("clerk")
        .claim("jti", "id-of-alice")
        .sign();
    let guest = issuer.token("bob").sign();
    let forged = issuer.token("mallory").with_signature(b"0123456789");
    for (token, status) in [(&clerk, 200), (&clerk, 200), (&guest, 403), (&forged, 401)] {
        let request = Request::get("/orders").header("authorization", format!("Bearer {token}"));
        let request = request.body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status);
    }
    tokio::task::spawn_blocking(move || telemetry.flush())
        .await
        .unwrap()
        .unwrap();
    let received = received.lock().unwrap().clone();

    let spans = spans(&received);
    let requests: Vec<_> = spans.iter().filter(|span| span.name == "request").collect();
    let seen: Vec<_> = requests
        .iter()
        .map(|span| {
            let attributes = attributes(&span.attributes);
            ["auth.outcome", "auth.reason", "enduser.id"]
                .map(|name| attributes.get(name).cloned().unwrap_or_default())
        })
        .collect();
    assert_eq!(
        seen,
        [
            ["admitted", "none", "alice"],
            ["admitted", "none", "alice"],
            ["forbidden", "insufficient_permissions", "bob"],
            ["unauthenticated", "signature", ""],
        ]
    );
    // A token that was seen before is not verified again.
    let verified = spans.iter().filter(|span| span.name == "auth.authenticate");
    let parents: Vec<_> = verified.map(|span| &span.parent_span_id).collect();
    assert_eq!(
        parents,
        [0, 2, 3].map(|request: usize| &requests[request].span_id)
    );
    assert!(spans.iter().any(|span| span.name == "auth.fetch_keys"));

    let refused = &requests[2].events[0];
    assert_eq!(refused.name, "refused: Requires one of roles: ['clerk']");
    let refused = attributes(&refused.attributes);
    assert_eq!(refused["auth.policy"], "one of roles: ['clerk']");
    assert_eq!(refused["jwt.kid"], "key-1");
    assert_eq!(
        attributes(&requests[0].events[0].attributes)["jwt.jti"],
        "id-of-alice"
    );

    let metrics = metrics(&received);
    let decisions = &metrics["pico_auth_decisions_total"];
    assert_eq!(
        *decisions,
        BTreeSet::from([
            map(&[("outcome", "admitted"), ("reason", "none")]),
            map(&[
                ("outcome", "forbidden"),
                ("reason", "insufficient_permissions")
            ]),
            map(&[("outcome", "unauthenticated"), ("reason", "signature")]),
        ])
    );
    for name in [
        "pico_auth_key_fetch_seconds",
        "pico_auth_keys_timestamp_seconds",
        "pico_auth_token_cache_total",
        "pico_auth_token_verification_seconds",
    ] {
        assert!(metrics.contains_key(name), "{name} of {:?}", metrics.keys());
    }

    for part in [&clerk, &guest, &forged]
        .into_iter()
        .flat_map(|token| token.split('.'))
    {
        let is_in = |body: &Bytes| {
            body.windows(part.len())
                .any(|bytes| bytes == part.as_bytes())
        };
        assert!(
            !received.iter().any(|(_, body)| is_in(body)),
            "a part of a token was sent"
        );
    }
}
