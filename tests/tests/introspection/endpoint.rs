//! The introspection endpoint, and services that ask it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, Response};
use pico_auth::test_kit::{ManualClock, TestIssuer};
use pico_auth::{
    AuthClientError, Authenticator, IntrospectionClient, IntrospectionClientBuilder,
    SecurityContext, TokenInvalidReason,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::ISSUER;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
/// Where the clock stands at first, since the epoch.
pub(crate) const NOW: u64 = 1_800_000_000;
pub(crate) const ID: &str = "orders-api";
pub(crate) const SECRET: &str = "s3cret of the client";

#[derive(Clone)]
pub(crate) enum Reply {
    Json(Value),
    Is(u16, String),
    /// 302 to this path.
    Redirect(&'static str),
    /// None, ever.
    Silence,
    /// This many spaces and a good answer.
    Padded(usize),
}

pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) method: String,
    pub(crate) headers: HeaderMap,
    pub(crate) form: Vec<(String, String)>,
}

impl Asked {
    pub(crate) fn member(&self, name: &str) -> Option<&str> {
        let mut values = self.form.iter().filter(|(known, _)| known == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} is there twice");
        value
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

pub(crate) struct Shared {
    replies: Mutex<HashMap<String, Reply>>,
    asked: Mutex<Vec<Asked>>,
    one_more: watch::Sender<()>,
    /// Answers wait while this is closed.
    open: watch::Sender<bool>,
}

/// The endpoint, until it is dropped. Of a token that it was not told of, it says that it is inactive.
pub(crate) struct Endpoint {
    pub(crate) url: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
    pub(crate) clock: ManualClock,
    pub(crate) issuer: TestIssuer,
}

impl Endpoint {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/introspect", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            replies: Mutex::default(),
            asked: Mutex::default(),
            one_more: watch::Sender::new(()),
            open: watch::Sender::new(true),
        });
        let app = axum::Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let task = tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
        let clock = ManualClock::new();
        let issuer = ISSUER.clone().with_clock(clock.clone());
        Self {
            url,
            shared,
            task,
            clock,
            issuer,
        }
    }

    pub(crate) fn put(&self, token: &str, reply: Reply) {
        self.shared
            .replies
            .lock()
            .unwrap()
            .insert(token.into(), reply);
    }

    /// From now on the token is active, with these members beside the usual ones.
    pub(crate) fn activate(&self, token: &str, members: impl std::borrow::Borrow<Value>) {
        self.put(token, Reply::Json(active(members.borrow())));
    }

    pub(crate) fn revoke(&self, token: &str) {
        self.put(token, Reply::Json(json!({ "active": false })));
    }

    /// What it was asked since the last time.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.shared.asked.lock().unwrap())
    }

    pub(crate) fn calls(&self) -> usize {
        self.shared.asked.lock().unwrap().len()
    }

    pub(crate) fn hold(&self) {
        self.shared.open.send_replace(false);
    }

    pub(crate) fn release(&self) {
        self.shared.open.send_replace(true);
    }

    pub(crate) async fn until_calls(&self, calls: usize) {
        let mut asked = self.shared.one_more.subscribe();
        while self.calls() < calls {
            asked.changed().await.unwrap();
        }
    }

    pub(crate) fn builder(&self) -> IntrospectionClientBuilder {
        IntrospectionClient::builder(&self.url)
            .client_secret_basic(ID, SECRET)
            .clock(self.clock.clone())
    }

    pub(crate) fn client(
        &self,
        parts: impl FnOnce(IntrospectionClientBuilder) -> IntrospectionClientBuilder,
    ) -> IntrospectionClient {
        let settings = self.issuer.settings().build().unwrap();
        parts(self.builder()).build(&settings).unwrap()
    }

    /// Asks it about tokens that are not JWTs.
    pub(crate) fn authenticator(&self) -> Authenticator {
        self.authenticator_with(|builder| builder)
    }

    pub(crate) fn authenticator_with(
        &self,
        parts: impl FnOnce(IntrospectionClientBuilder) -> IntrospectionClientBuilder,
    ) -> Authenticator {
        let client = self.client(parts);
        self.issuer
            .authenticator_with(self.issuer.settings(), |builder| {
                builder.introspection(client)
            })
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A good answer with these members; `null` takes one out.
pub(crate) fn active(members: &Value) -> Value {
    let mut answer = json!({
        "active": true, "iss": ISSUER.url(), "aud": ISSUER.audience(), "sub": "ada",
        "exp": NOW + 3600, "iat": NOW - 10, "jti": "j-1", "scope": "read write",
        "client_id": "app", "token_type": "Bearer",
    });
    let answer_members = answer.as_object_mut().unwrap();
    for (name, value) in members.as_object().unwrap() {
        match value {
            Value::Null => drop(answer_members.remove(name)),
            value => drop(answer_members.insert(name.clone(), value.clone())),
        }
    }
    answer
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1_000_000).await.unwrap();
    let query = String::from_utf8(body.to_vec()).unwrap();
    let parsed = reqwest::Url::parse(&format!("http://form/?{query}")).unwrap();
    let asked = Asked {
        path: head.uri.path().into(),
        method: head.method.to_string(),
        headers: head.headers,
        form: parsed.query_pairs().into_owned().collect(),
    };
    let token = asked.member("token").unwrap_or_default().to_owned();
    shared.asked.lock().unwrap().push(asked);
    shared.one_more.send_replace(());
    let mut open = shared.open.subscribe();
    open.wait_for(|open| *open).await.unwrap();
    let reply = shared.replies.lock().unwrap().get(&token).cloned();
    let response = Response::builder().header("content-type", "application/json");
    match reply.unwrap_or(Reply::Json(json!({ "active": false }))) {
        Reply::Json(value) => response.body(value.to_string().into()),
        Reply::Is(status, body) => response.status(status).body(body.into()),
        Reply::Redirect(path) => response
            .status(302)
            .header("location", path)
            .body(Body::empty()),
        Reply::Silence => std::future::pending().await,
        Reply::Padded(spaces) => {
            let body = format!("{}{}", " ".repeat(spaces), active(&json!({})));
            response.body(body.into())
        }
    }
    .unwrap()
}

pub(crate) async fn ask(
    authenticator: &Authenticator,
    token: &str,
) -> Result<SecurityContext, AuthClientError> {
    authenticator.authenticate(token, None).await
}

#[track_caller]
pub(crate) fn reason(outcome: Result<SecurityContext, AuthClientError>) -> TokenInvalidReason {
    match outcome {
        Err(AuthClientError::TokenInvalid(error)) => error.reason().clone(),
        other => panic!("expected TokenInvalidError, got {other:?}"),
    }
}
