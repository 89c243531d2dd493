//! An auditor whose records the test reads, and requests without a network.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use axum::response::Response;
use pico_auth::audit::{AuditSink, Auditor, Decision, SinkError};
use pico_auth::test_kit::{ManualClock, TestIssuer};
use pico_auth::{Authentication, Authenticator, Policy, Requirement};
use serde_json::{Value, json};
use tower::{Service, ServiceExt};

pub(crate) static ISSUER: LazyLock<TestIssuer> = LazyLock::new(TestIssuer::in_memory);

pub(crate) const ADMIN: Policy = Policy::require(Requirement::any_role(&["admin"]));

pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Hands each decision on, as JSON.
struct Channel(Sender<Value>);

impl AuditSink for Channel {
    fn record(&mut self, decision: &Decision) -> Result<(), SinkError> {
        Ok(self.0.send(serde_json::to_value(decision)?)?)
    }

    fn lost(&mut self, number: u64) -> Result<(), SinkError> {
        Ok(self.0.send(json!({ "lost": number }))?)
    }
}

pub(crate) struct Records {
    pub(crate) auditor: Auditor,
    received: Receiver<Value>,
}

impl Records {
    pub(crate) fn new() -> Self {
        let (sender, received) = channel();
        let auditor = Auditor::builder(Channel(sender)).clock(ManualClock::new());
        let auditor = auditor.build().unwrap();
        Self { auditor, received }
    }

    /// By the one issuer of these tests, with this auditor.
    pub(crate) fn authentication(&self) -> Authentication {
        self.of(ISSUER.authenticator())
    }

    pub(crate) fn of(&self, authenticator: Authenticator) -> Authentication {
        Authentication::from(authenticator).audited_by(self.auditor.clone())
    }

    /// All that was recorded since the last look.
    pub(crate) fn take(&self) -> Vec<Value> {
        assert!(self.auditor.flush(PATIENCE));
        self.received.try_iter().collect()
    }

    /// These members of each record.
    pub(crate) fn members<const N: usize>(&self, names: [&str; N]) -> Vec<[Value; N]> {
        let records = self.take();
        let of = |record: &Value| names.map(|name| record[name].clone());
        records.iter().map(of).collect()
    }
}

pub(crate) fn request(method: &str, path: &str, token: Option<&str>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Body::empty()).unwrap()
}

pub(crate) async fn send<S>(service: &S, request: Request<Body>) -> Response
where
    S: Service<Request<Body>, Response = Response> + Clone,
    S::Error: std::fmt::Debug,
{
    service.clone().oneshot(request).await.unwrap()
}

pub(crate) async fn get<S>(service: &S, path: &str, token: Option<&str>) -> u16
where
    S: Service<Request<Body>, Response = Response> + Clone,
    S::Error: std::fmt::Debug,
{
    send(service, request("GET", path, token))
        .await
        .status()
        .as_u16()
}

pub(crate) fn admin() -> String {
    ISSUER
        .token("ada")
        .role("admin")
        .claim("jti", "id-of-ada")
        .sign()
}

pub(crate) fn viewer() -> String {
    ISSUER
        .token("vic")
        .role("viewer")
        .claim("jti", "id-of-vic")
        .sign()
}

/// What a sink has written.
#[derive(Clone, Default)]
pub(crate) struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl std::io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
