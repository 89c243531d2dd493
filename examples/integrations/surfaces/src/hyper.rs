//! hyper without a framework: a service function that identifies the caller and runs the function as them.
//! `examples/bare-hyper.rs` explains it.

use std::convert::Infallible;

use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderName;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, client, server};
use hyper_util::rt::TokioIo;
use pico_auth::{
    AuthClientError, Authenticator, MissingTokenError, RawToken, SecurityContext, TokenKind,
};

use crate::axum::{outcome_of, sent_by};
use crate::rules::{Caller, OPEN, Outcome, Surface, call};

pub struct Hyper(Authenticator);

async fn identify(
    authenticator: &Authenticator,
    headers: &HeaderMap,
) -> Result<Option<SecurityContext>, AuthClientError> {
    let one = |name, kind| {
        let mut values = headers.get_all::<HeaderName>(name).iter();
        let token = match (values.next(), values.next()) {
            (None, _) => return Ok(None),
            (Some(value), None) => RawToken::from_header_value(value.as_bytes()),
            (Some(_), Some(_)) => None,
        };
        token.map(Some).ok_or(MissingTokenError::new(kind))
    };
    let bearer = one(hyper::header::AUTHORIZATION, TokenKind::Bearer)?;
    let agent = one(
        HeaderName::from_static("x-agent-authorization"),
        TokenKind::Agent,
    )?;
    let Some(bearer) = bearer else {
        return Ok(None);
    };
    let agent = agent.map(RawToken::as_str);
    authenticator
        .authenticate(bearer.as_str(), agent)
        .await
        .map(Some)
}

async fn answer(
    authenticator: &Authenticator,
    request: Request<Incoming>,
) -> Result<String, AuthClientError> {
    let rule = request.uri().path().trim_start_matches('/');
    if rule == OPEN {
        return SecurityContext::scope_anonymous(call(rule)).await;
    }
    match identify(authenticator, request.headers()).await? {
        Some(caller) => caller.scope(call(rule)).await,
        None => SecurityContext::scope_anonymous(call(rule)).await,
    }
}

fn response(answer: Result<String, AuthClientError>) -> Response<Full<Bytes>> {
    let (status, body) = match answer {
        Ok(subject) => (200, subject),
        Err(refusal) => {
            let body = serde_json::json!({ "detail": refusal.detail() });
            (refusal.status_code(), body.to_string())
        }
    };
    Response::builder()
        .status(status)
        .body(body.into())
        .unwrap()
}

impl Surface for Hyper {
    const NAME: &'static str = "hyper";
    const KNOWS_FUNCTION_FIRST: bool = true;

    async fn start(authenticator: Authenticator) -> Self {
        Self(authenticator)
    }

    async fn call(&self, rule: &str, caller: &Caller) -> Outcome {
        let (ours, theirs) = tokio::io::duplex(16 * 1024);
        let authenticator = self.0.clone();
        let service = service_fn(move |request| {
            let authenticator = authenticator.clone();
            async move { Ok::<_, Infallible>(response(answer(&authenticator, request).await)) }
        });
        tokio::spawn(
            server::conn::http1::Builder::new().serve_connection(TokioIo::new(theirs), service),
        );
        let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(ours))
            .await
            .unwrap();
        tokio::spawn(connection);
        let request = sent_by(
            caller,
            Request::get(format!("/{rule}")).header("host", "test"),
        );
        let request = request.body(Empty::<Bytes>::new()).unwrap();
        let response = sender.send_request(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        outcome_of(status, &body)
    }
}
