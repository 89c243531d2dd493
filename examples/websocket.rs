//! Shows: a WebSocket that runs as its caller, and ends when the caller's token expires or is revoked.
//!
//! Try it: `cargo run --example websocket`. It connects to itself as three callers and prints what they hear;
//! it takes some twenty seconds.
//!
//! A browser cannot send an `Authorization` header with a WebSocket: it needs a cookie.
#![allow(clippy::print_stdout, reason = "it talks to the person who runs it")]

use std::error::Error;
use std::time::{Duration, SystemTime};

use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use futures_util::{SinkExt, StreamExt};
use pico_auth::routing::get;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, Authenticator, MemoryRevocationList, SecureRouter, SecurityContext,
    authenticated, propagate, requires_role,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// axum runs what is given to `on_upgrade` in a task of its own, as nobody: `callback` carries the caller.
#[authenticated]
async fn events(State(authenticator): State<Authenticator>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(propagate::callback(|socket| async move {
        // Where it fails, the client has gone.
        let _ = serve(socket, authenticator).await;
    }))
}

async fn serve(mut socket: WebSocket, authenticator: Authenticator) -> Result<(), Box<dyn Error>> {
    let caller = SecurityContext::require()?;
    let hello = Message::text(format!("hello, {}", caller.subject()));
    socket.send(hello).await?;
    let refusal = loop {
        tokio::select! {
            refusal = authenticator.until_refused(&caller) => break refusal,
            message = socket.recv() => match message {
                Some(message) => {
                    message?;
                    // Rules hold here as anywhere.
                    let answer = orders().await.unwrap_or_else(|refusal| refusal.to_string());
                    socket.send(Message::text(answer)).await?;
                }
                None => return Ok(()),
            },
        }
    };
    let frame = CloseFrame {
        code: close_code::POLICY,
        reason: refusal.to_string().into(),
    };
    socket.send(Message::Close(Some(frame))).await?;
    Ok(())
}

#[requires_role("clerk")]
async fn orders() -> Result<String, AuthClientError> {
    Ok("three orders".to_owned())
}

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = TestIssuer::in_memory();
    let revoked = MemoryRevocationList::new();
    let list = revoked.clone();
    let authenticator =
        issuer.authenticator_with(issuer.settings(), |parts| parts.revocation_list(list));
    let app = SecureRouter::new()
        .route("/events", get(events))
        .with_state(authenticator.clone())
        .secured_by(authenticator);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("ws://{}/events", listener.local_addr()?);
    tokio::spawn(async { axum::serve(listener, app).await });

    let soon = Duration::from_secs(15);
    let alice = issuer.token("alice").role("clerk").expires_in(soon);
    let mut alice = connect(&url, &alice.sign()).await?;
    println!("alice: {}", hear(&mut alice).await?);
    println!("alice asks for orders: {}", ask(&mut alice).await?);
    println!("alice is closed: {}", hear(&mut alice).await?);

    let bob = issuer.token("bob").role("visitor").claim("jti", "1");
    let mut bob = connect(&url, &bob.sign()).await?;
    println!("bob: {}", hear(&mut bob).await?);
    println!("bob asks for orders: {}", ask(&mut bob).await?);
    let in_an_hour = SystemTime::now() + Duration::from_secs(3600);
    revoked.revoke(issuer.url(), "1", in_an_hour);
    println!("bob is closed: {}", hear(&mut bob).await?);

    match connect(&url, "not a token").await {
        Ok(_) => println!("mallory is let in"),
        Err(refused) => println!("mallory: {refused}"),
    }
    Ok(())
}

async fn connect(url: &str, token: &str) -> Result<Client, Box<dyn Error>> {
    let mut request = url.into_client_request()?;
    let bearer = format!("Bearer {token}").parse()?;
    request.headers_mut().insert("authorization", bearer);
    Ok(connect_async(request).await?.0)
}

async fn ask(client: &mut Client) -> Result<String, Box<dyn Error>> {
    client.send("orders?".into()).await?;
    hear(client).await
}

/// What the server says next: a text, or why it closes.
async fn hear(client: &mut Client) -> Result<String, Box<dyn Error>> {
    Ok(
        match client.next().await.ok_or("the connection is lost")?? {
            tungstenite::Message::Close(Some(frame)) => format!("{} {}", frame.code, frame.reason),
            message => message.into_text()?.to_string(),
        },
    )
}
