//! Shows: a page whose token stands in an `HttpOnly` cookie, and a hostile page that tries to use it.
//!
//! Try it: `cargo run --example browser`, then open the two addresses it prints in one browser. Log in on the
//! first, press the button of the second, and see here what is refused. Ctrl-C ends it.
//!
//! The tokens come from a test issuer inside this program. A real service would log in at its issuer
//! (OAuth 2 authorization code, from the server), and set the cookie where the code is redeemed.
#![allow(clippy::print_stdout, reason = "it talks to the person who runs it")]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::HeaderName;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ORIGIN, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Redirect, Response};
use pico_auth::routing::{get, post};
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, Authentication, CsrfProtection, SecureRouter, SecurityContext, TokenCookie,
    allow_anonymous, authenticated, optional_authentication, requires_role,
};
use tokio::net::TcpListener;
use tokio::sync::watch;

const AN_HOUR: Duration = Duration::from_secs(3600);

#[derive(Clone)]
struct Service {
    issuer: TestIssuer,
    cookie: TokenCookie,
    /// What the page shows and changes.
    note: Arc<watch::Sender<String>>,
}

/// What a page may do here: nothing but what its own files say.
const HEADERS: [(HeaderName, &str); 3] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (CACHE_CONTROL, "no-store"),
];

#[allow_anonymous(reason = "the page itself holds nothing of anybody")]
async fn page() -> impl IntoResponse {
    (HEADERS, Html(include_str!("browser/page.html")))
}

#[allow_anonymous(reason = "part of the page")]
async fn script() -> impl IntoResponse {
    (
        HEADERS,
        [(CONTENT_TYPE, "text/javascript")],
        include_str!("browser/page.js"),
    )
}

#[allow_anonymous(reason = "part of the page")]
async fn style() -> impl IntoResponse {
    (
        HEADERS,
        [(CONTENT_TYPE, "text/css")],
        include_str!("browser/page.css"),
    )
}

/// Whoever comes is Ada: this is where the issuer's answer would be redeemed.
#[allow_anonymous(reason = "whoever logs in has no token yet")]
async fn log_in(State(service): State<Service>) -> Result<impl IntoResponse, AuthClientError> {
    let token = service
        .issuer
        .token("ada")
        .role("editor")
        .expires_in(AN_HOUR)
        .sign();
    let cookie = service.cookie.set_cookie(&token, AN_HOUR)?;
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/")))
}

#[allow_anonymous(reason = "an expired token must not keep anybody from logging out")]
async fn log_out(State(service): State<Service>) -> impl IntoResponse {
    (
        [(SET_COOKIE, service.cookie.clear_cookie())],
        Redirect::to("/"),
    )
}

#[optional_authentication]
async fn me(caller: Option<SecurityContext>) -> impl IntoResponse {
    let subject = caller.map(|caller| caller.subject().to_owned());
    (HEADERS, subject.unwrap_or_default())
}

#[authenticated]
async fn read(State(service): State<Service>) -> impl IntoResponse {
    let note = service.note.borrow().clone();
    (HEADERS, note)
}

#[requires_role("editor")]
async fn change(State(service): State<Service>, note: String) -> Result<String, AuthClientError> {
    println!("changed to {note:?}");
    service.note.send_replace(note.clone());
    Ok(note)
}

/// Tells the page of every change.
#[authenticated]
async fn live(State(service): State<Service>, upgrade: WebSocketUpgrade) -> Response {
    let note = service.note.subscribe();
    upgrade.on_upgrade(|socket| tell(socket, note))
}

async fn tell(mut socket: WebSocket, mut note: watch::Receiver<String>) {
    note.mark_changed();
    loop {
        tokio::select! {
            changed = note.changed() => {
                let text = note.borrow_and_update().clone();
                if changed.is_err() || socket.send(Message::text(text)).await.is_err() {
                    return;
                }
            }
            // The page says nothing; it goes away.
            received = socket.recv() => if !matches!(received, Some(Ok(_))) {
                return;
            }
        }
    }
}

/// Writes down who was refused.
async fn say(request: Request, next: Next) -> Response {
    let origin = request
        .headers()
        .get(ORIGIN)
        .and_then(|origin| origin.to_str().ok());
    let origin = origin.unwrap_or("nobody says").to_owned();
    let what = format!("{} {}", request.method(), request.uri().path());
    let response = next.run(request).await;
    if let Some(refusal) = response.extensions().get::<AuthClientError>() {
        println!(
            "refused {what} from {origin}: {} {refusal}",
            response.status().as_u16()
        );
    }
    response
}

fn application(service: Service) -> pico_auth::SecuredService {
    // Clients that are no browsers send the token in `Authorization`.
    let cookie = service.cookie.clone().or_authorization_header();
    let authenticator = service.issuer.authenticator();
    SecureRouter::new()
        .route("/", get(page))
        .route("/page.js", get(script))
        .route("/page.css", get(style))
        // These look at no token, so nothing else protects them.
        .route(
            "/login",
            post(log_in).route_layer(CsrfProtection::default()),
        )
        .route(
            "/logout",
            post(log_out).route_layer(CsrfProtection::default()),
        )
        .route("/me", get(me))
        .route("/note", get(read).post(change))
        .route("/live", get(live))
        .layer(from_fn(say))
        .with_state(service)
        .secured_by(Authentication::with_extractor(authenticator, cookie))
}

/// A page that somebody else wrote. It has no part in the service but its address.
fn hostile() -> axum::Router {
    let page = || async { Html(include_str!("browser/hostile.html")) };
    axum::Router::new().route("/", axum::routing::get(page))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let service = Service {
        issuer: TestIssuer::in_memory(),
        cookie: TokenCookie::default(),
        note: Arc::new(watch::Sender::new("buy milk".to_owned())),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let hostile_listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let hostile_port = hostile_listener.local_addr()?.port();
    print_tour(&url, hostile_port, &service);
    tokio::select! {
        served = axum::serve(listener, application(service)) => served?,
        served = axum::serve(hostile_listener, hostile()) => served?,
        stop = tokio::signal::ctrl_c() => stop?,
    }
    Ok(())
}

fn print_tour(url: &str, hostile_port: u16, service: &Service) {
    let token = service
        .issuer
        .token("ada")
        .role("editor")
        .expires_in(AN_HOUR)
        .sign();
    println!("serving on {url}\n");
    for host in ["127.0.0.1", "localhost"] {
        println!("hostile page on http://{host}:{hostile_port}/?target={url}");
    }
    println!("\nTOKEN={token}\n");
    println!(
        "Open the first in a browser and log in; then open the others. Without a browser, paste the"
    );
    println!("line above into a shell (it is good for an hour), and try:\n");
    let cookie = format!("{url}/note -H \"Cookie: __Host-token=$TOKEN\"");
    for (request, answer) in [
        (cookie.clone(), "200 buy milk"),
        (
            format!("-X POST -d hacked {cookie}"),
            "403 Cross-site request refused: neither Sec-Fetch-Site nor Origin says where it comes from",
        ),
        (
            format!("-X POST -d hacked {cookie} -H 'Origin: https://evil.example'"),
            "403 Cross-site request refused: it comes from another origin",
        ),
        (
            format!("-X POST -d 'buy tea' {url}/note -H \"Authorization: Bearer $TOKEN\""),
            "200 buy tea",
        ),
    ] {
        println!("# {answer}\ncurl -i {request}\n");
    }
}
