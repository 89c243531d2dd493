//! axum: routes of a `SecureRouter`.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use axum::http::request::Builder;
use axum::response::Response;
use pico_auth::routing::get;
use pico_auth::{Authenticator, SecureRouter, SecuredService};
use serde_json::Value;
use tower::ServiceExt;

use crate::rules::{self, Caller, Outcome, Refusal, Surface, with_rules};

macro_rules! routes {
    ($($name:ident: $(#[$($rule:tt)*])+;)+) => {
        fn routes() -> SecureRouter {
            SecureRouter::new()
                .route("/open", get(rules::open))
                $(.route(concat!("/", stringify!($name)), get(rules::$name)))+
        }
    };
}
with_rules!(routes);

pub struct Axum(SecuredService);

impl Surface for Axum {
    const NAME: &'static str = "axum";
    const KNOWS_FUNCTION_FIRST: bool = true;

    async fn start(authenticator: Authenticator) -> Self {
        Self(routes().secured_by(authenticator))
    }

    async fn call(&self, rule: &str, caller: &Caller) -> Outcome {
        let request = sent_by(caller, Request::get(format!("/{rule}")));
        let request = request.body(Body::empty()).unwrap();
        outcome(self.0.clone().oneshot(request).await.unwrap()).await
    }
}

/// The request with the caller's tokens.
pub fn sent_by(caller: &Caller, mut request: Builder) -> Builder {
    for (name, token) in [
        ("authorization", &caller.token),
        ("x-agent-authorization", &caller.agent),
    ] {
        if let Some(token) = token {
            request = request.header(name, format!("Bearer {token}"));
        }
    }
    request
}

async fn outcome(response: Response) -> Outcome {
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 64 * 1024).await.unwrap();
    outcome_of(status, &body)
}

/// What an HTTP answer says.
pub fn outcome_of(status: u16, body: &[u8]) -> Outcome {
    if status == 200 {
        return Ok(String::from_utf8(body.to_vec()).unwrap());
    }
    let body: Value = serde_json::from_slice(body).unwrap();
    let detail = body["detail"].as_str().unwrap().to_owned();
    Err(Refusal { status, detail })
}
