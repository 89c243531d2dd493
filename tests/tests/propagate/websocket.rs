//! A `WebSocket` over real sockets: it runs as its caller, and ends with its caller's token.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use futures_util::StreamExt;
use pico_auth::propagate;
use pico_auth::routing::get;
use pico_auth::test_kit::{ManualClock, TestIssuer};
use pico_auth::{
    AuthClientError, Authenticator, MemoryRevocationList, Policy, SecureRouter, SecurityContext,
    authenticated,
};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::ambient;
use super::support::{App, ISSUER};

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

struct Service {
    app: App,
    clock: ManualClock,
    issuer: TestIssuer,
    revoked: MemoryRevocationList,
}

#[authenticated]
async fn protected() -> Result<String, AuthClientError> {
    Ok(ambient())
}

/// Says who the caller is, and again for each message, until the caller would be refused.
async fn talk(mut socket: WebSocket, authenticator: Authenticator) {
    let say = || async { Message::text(protected().await.unwrap_or_else(|e| e.to_string())) };
    let Ok(caller) = SecurityContext::require() else {
        let _ = socket.send(say().await).await;
        return;
    };
    socket.send(say().await).await.unwrap();
    let refusal = loop {
        tokio::select! {
            refusal = authenticator.until_refused(&caller) => break refusal,
            message = socket.recv() => match message {
                Some(Ok(_)) => socket.send(say().await).await.unwrap(),
                _ => return,
            },
        }
    };
    let frame = CloseFrame {
        code: close_code::POLICY,
        reason: refusal.to_string().into(),
    };
    let _ = socket.send(Message::Close(Some(frame))).await;
}

impl Service {
    async fn start() -> Self {
        let clock = ManualClock::new();
        let issuer = ISSUER.clone().with_clock(clock.clone());
        let revoked = MemoryRevocationList::with_clock(clock.clone());
        let list = revoked.clone();
        let authenticator =
            issuer.authenticator_with(issuer.settings(), |builder| builder.revocation_list(list));
        let carried = {
            let authenticator = authenticator.clone();
            move |upgrade: WebSocketUpgrade| {
                let talk = |socket| talk(socket, authenticator);
                std::future::ready(upgrade.on_upgrade(propagate::callback(talk)))
            }
        };
        let forgotten = {
            let authenticator = authenticator.clone();
            move |upgrade: WebSocketUpgrade| -> std::future::Ready<Response> {
                std::future::ready(upgrade.on_upgrade(|socket| talk(socket, authenticator)))
            }
        };
        let router = SecureRouter::new()
            .route("/carried", get(Policy::Authenticated.guard(carried)))
            .route("/forgotten", get(Policy::Authenticated.guard(forgotten)));
        Self {
            app: App::secured(router.secured_by(authenticator)).await,
            clock,
            issuer,
            revoked,
        }
    }

    async fn connect(&self, path: &str, token: Option<&str>) -> Result<Client, tungstenite::Error> {
        let url = format!("{}{path}", self.app.url().replace("http://", "ws://"));
        let mut request = url.into_client_request().unwrap();
        if let Some(token) = token {
            let bearer = format!("Bearer {token}").parse().unwrap();
            request.headers_mut().insert("authorization", bearer);
        }
        connect_async(request).await.map(|(client, _)| client)
    }

    async fn connected(&self, subject: &str) -> Client {
        let token = self.issuer.token(subject).sign();
        let mut client = self.connect("/carried", Some(&token)).await.unwrap();
        assert_eq!(said(&mut client).await, subject);
        client
    }
}

/// What a client hears next: a text, or why it is closed.
async fn said(client: &mut Client) -> String {
    match client.next().await.unwrap().unwrap() {
        tungstenite::Message::Text(text) => text.to_string(),
        tungstenite::Message::Close(Some(frame)) => format!("{} {}", frame.code, frame.reason),
        other => panic!("{other:?}"),
    }
}

async fn asked(client: &mut Client) -> String {
    use futures_util::SinkExt;
    client.send("who am I?".into()).await.unwrap();
    said(client).await
}

#[tokio::test]
async fn a_websocket_runs_as_its_caller_where_its_callback_is_carried() {
    let service = Service::start().await;
    let (mut ada, mut bob) = (
        service.connected("ada").await,
        service.connected("bob").await,
    );
    for _ in 0..3 {
        assert_eq!(asked(&mut ada).await, "ada");
        assert_eq!(asked(&mut bob).await, "bob");
    }
    let token = service.issuer.token("ada").sign();
    let mut forgotten = service.connect("/forgotten", Some(&token)).await.unwrap();
    assert_eq!(
        said(&mut forgotten).await,
        "Missing or invalid Authorization header"
    );
}

#[tokio::test]
async fn a_websocket_without_a_token_is_not_opened() {
    let service = Service::start().await;
    for token in [None, Some("garbage")] {
        match service.connect("/carried", token).await {
            Err(tungstenite::Error::Http(answer)) => assert_eq!(answer.status(), 401),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_websocket_ends_when_its_token_expires() {
    let service = Service::start().await;
    let mut ada = service.connected("ada").await;
    service.clock.advance(Duration::from_secs(299));
    assert_eq!(asked(&mut ada).await, "ada");
    let mut bob = service.connected("bob").await;
    service.clock.advance(Duration::from_secs(1));
    assert_eq!(said(&mut ada).await, "1008 Token has expired");
    assert_eq!(asked(&mut bob).await, "bob");
}

#[tokio::test(start_paused = true)]
async fn a_websocket_ends_when_its_token_is_revoked() {
    let service = Service::start().await;
    let mut bob = service.connected("bob").await;
    let token = service.issuer.token("ada").claim("jti", "stolen").sign();
    let mut ada = service.connect("/carried", Some(&token)).await.unwrap();
    assert_eq!(said(&mut ada).await, "ada");
    let until = std::time::UNIX_EPOCH + Duration::from_secs(1_900_000_000);
    service
        .revoked
        .revoke(service.issuer.url(), "stolen", until);
    assert_eq!(
        said(&mut ada).await,
        "1008 Invalid token: Token has been revoked"
    );
    assert_eq!(asked(&mut bob).await, "bob");
}
