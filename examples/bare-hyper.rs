//! Shows: the same rules under bare hyper. No axum, no router, no layer: the authenticator, and annotated
//! functions.
//!
//! Try it: `cargo run --example bare-hyper`, then the `curl` lines it prints. Ctrl-C ends it.
//!
//! Of pico-auth it needs neither `axum` nor `test-kit` (the issuer of this demonstration does):
//! `default-features = false, features = ["http-client", "macros"]`. What the layers do for axum stands
//! here in full: find the token, identify the caller, run as them, answer refusals. Routes are not
//! checked by the compiler as those of `SecureRouter`: a function without a rule is open here.
#![allow(clippy::print_stdout, reason = "it talks to the person who runs it")]

use std::convert::Infallible;
use std::error::Error;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response};
use hyper_util::rt::TokioIo;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, AuthScheme, Authenticator, MissingTokenError, RawToken, SecurityContext,
    TokenKind,
};
use pico_auth::{allow_anonymous, authenticated, requires_role};
use tokio::net::TcpListener;

type Answer = Response<Full<Bytes>>;

#[allow_anonymous]
async fn hello() -> &'static str {
    "hello, whoever you are\n"
}

#[authenticated]
async fn me() -> Result<String, AuthClientError> {
    Ok(format!(
        "you are {}\n",
        SecurityContext::require()?.subject()
    ))
}

#[requires_role("admin")]
async fn delete_article(id: &str) -> Result<String, AuthClientError> {
    Ok(format!("article {id} is gone\n"))
}

/// Who has no token does not learn which paths exist.
#[authenticated]
async fn not_found() -> Result<Answer, AuthClientError> {
    let mut answer = Answer::new("no such path\n".into());
    *answer.status_mut() = hyper::StatusCode::NOT_FOUND;
    Ok(answer)
}

/// Answers a request; all that it runs knows the caller.
async fn route(request: &Request<Incoming>) -> Result<Answer, AuthClientError> {
    let path = request.uri().path();
    let text = match (request.method(), path.strip_prefix("/articles/")) {
        (&Method::GET, None) if path == "/me" => me().await?,
        (&Method::DELETE, Some(id)) => delete_article(id).await?,
        _ => return not_found().await,
    };
    Ok(Answer::new(text.into()))
}

async fn answer(authenticator: &Authenticator, request: &Request<Incoming>) -> Answer {
    // Before the token is looked at: a bad one must not lock anybody out.
    if (request.method(), request.uri().path()) == (&Method::GET, "/hello") {
        return Answer::new(hello().await.into());
    }
    let answered = match identify(authenticator, request.headers()).await {
        Ok(Some(caller)) => caller.scope(route(request)).await,
        Ok(None) => SecurityContext::scope_anonymous(route(request)).await,
        Err(refusal) => Err(refusal),
    };
    answered.unwrap_or_else(|refusal| refused(authenticator, &refusal))
}

/// The caller; `None` where no token was sent.
async fn identify(
    authenticator: &Authenticator,
    headers: &HeaderMap,
) -> Result<Option<SecurityContext>, AuthClientError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let token = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => RawToken::from_header_value(value.as_bytes()),
        // A proxy before this service could believe the other one.
        (Some(_), Some(_)) => None,
    };
    let token = token.ok_or(MissingTokenError::new(TokenKind::Bearer))?;
    let caller = authenticator.authenticate(token.as_str(), None).await?;
    Ok(Some(caller))
}

/// Status, challenge and body, as the layers for axum answer.
fn refused(authenticator: &Authenticator, refusal: &AuthClientError) -> Answer {
    let body = serde_json::json!({ "detail": refusal.detail() }).to_string();
    let mut answer = Response::builder()
        .status(refusal.status_code())
        .header(CONTENT_TYPE, "application/json");
    if let Some(challenge) = authenticator.www_authenticate(refusal, AuthScheme::Bearer) {
        answer = answer.header(WWW_AUTHENTICATE, challenge);
    }
    if let AuthClientError::AuthUnavailable(outage) = refusal {
        answer = answer.header(RETRY_AFTER, outage.retry_after_seconds());
    }
    answer
        .body(body.into())
        .unwrap_or_else(|_| internal_server_error())
}

fn internal_server_error() -> Answer {
    let mut answer = Answer::default();
    *answer.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
    answer
}

async fn serve(listener: TcpListener, authenticator: Authenticator) -> std::io::Result<Infallible> {
    loop {
        let (stream, _) = listener.accept().await?;
        let authenticator = authenticator.clone();
        let service = service_fn(move |request| {
            let authenticator = authenticator.clone();
            async move { Ok::<_, Infallible>(answer(&authenticator, &request).await) }
        });
        tokio::spawn(async move {
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                println!("connection: {error}");
            }
        });
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = TestIssuer::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    print_tour(&format!("http://{}", listener.local_addr()?), &issuer);
    tokio::select! {
        ended = serve(listener, issuer.authenticator()) => match ended? {},
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
    }
}

fn print_tour(url: &str, issuer: &TestIssuer) {
    let an_hour = Duration::from_secs(3600);
    let token = |subject: &str, role: &str| {
        let token = issuer.token(subject).role(role).expires_in(an_hour);
        token.sign()
    };
    println!(
        "ADMIN={}\n\nVIEWER={}\n",
        token("alice", "admin"),
        token("bob", "viewer")
    );
    println!("Paste the two lines above into a shell (they are good for an hour), then try:\n");
    let missing = "401 Missing or invalid Authorization header";
    let delete = format!("-X DELETE {url}/articles/7 -H \"Authorization: Bearer");
    for (request, answer) in [
        (
            format!("{url}/hello -H \"Authorization: nonsense\""),
            "200 hello, whoever you are",
        ),
        (format!("{url}/me"), missing),
        (format!("{url}/no-such-path"), missing),
        (
            format!("{url}/me -H \"Authorization: Bearer $VIEWER\""),
            "200 you are bob",
        ),
        (
            format!("{delete} nonsense\""),
            "401 Invalid token: Malformed token, not three parts",
        ),
        (
            format!("{delete} $VIEWER\""),
            "403 Requires one of roles: ['admin']",
        ),
        (format!("{delete} $ADMIN\""), "200 article 7 is gone"),
    ] {
        println!("# {answer}\ncurl -i {request}\n");
    }
}
