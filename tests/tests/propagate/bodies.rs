//! Streams and bodies.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::response::Sse;
use axum::response::sse::Event;
use futures_core::Stream;
use http_body_util::BodyExt;
use pico_auth::propagate::{self, ContextExt};
use pico_auth::routing::get;
use pico_auth::{SecureRouter, SecuredService, authenticated, optional_authentication};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tower::ServiceExt;

use super::support::{App, ISSUER};
use super::{SeenOnDrop, ambient, caller};

/// So many times who the caller is when it is asked.
struct Ambient {
    left: usize,
    _seen: Option<SeenOnDrop>,
}

fn times(left: usize) -> Ambient {
    Ambient { left, _seen: None }
}

impl Stream for Ambient {
    type Item = String;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<String>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        Poll::Ready(Some(ambient()))
    }

    /// As many as the name of the caller has letters: it is asked in the context, too.
    fn size_hint(&self) -> (usize, Option<usize>) {
        (ambient().len(), None)
    }
}

async fn all<S: Stream>(stream: S) -> Vec<S::Item> {
    let mut stream = pin!(stream);
    let mut items = Vec::new();
    while let Some(item) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
        items.push(item);
    }
    items
}

/// A stream as the events of a response.
struct Events<S>(S);

impl<S: Stream<Item = String> + Unpin> Stream for Events<S> {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = Pin::new(&mut self.0).poll_next(cx);
        item.map(|item| item.map(|item| Ok(Event::default().data(item))))
    }
}

#[tokio::test]
async fn a_stream_runs_as_its_own_caller_whoever_polls_it() {
    let (stream, of_nobody) = (
        times(3).in_context(caller("ada")),
        times(2).in_current_context(),
    );
    let by_bob = async {
        assert_eq!(stream.size_hint(), (3, None));
        assert_eq!(all(stream).await, ["ada"; 3]);
        assert_eq!(all(of_nobody).await, ["nobody"; 2]);
        assert_eq!(all(times(1)).await, ["bob"]);
    };
    caller("bob").scope(by_bob).await;
}

#[tokio::test]
async fn a_stream_is_dropped_as_its_own_caller() {
    let (seen, mut dropped) = SeenOnDrop::new();
    let stream = Ambient {
        left: 1,
        _seen: Some(seen),
    };
    let stream = stream.in_context(caller("ada"));
    caller("bob").sync_scope(|| drop(stream));
    assert_eq!(dropped.recv().await.unwrap(), "ada");
}

/// A body that has ended where its caller is `ada`.
struct EndsForAda;

impl HttpBody for EndsForAda {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        Poll::Ready(Some(Ok(http_body::Frame::data(ambient().into()))))
    }

    fn is_end_stream(&self) -> bool {
        ambient() == "ada"
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(ambient().len().try_into().unwrap())
    }
}

#[tokio::test]
async fn a_body_runs_as_its_own_caller_whoever_asks_it() {
    let mut body = EndsForAda.in_context(caller("ada"));
    let by_bob = async {
        assert!(body.is_end_stream() && !EndsForAda.is_end_stream());
        assert_eq!(HttpBody::size_hint(&body).exact(), Some(3));
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "ada");
        assert_eq!(ambient(), "bob");
    };
    caller("bob").scope(by_bob).await;
}

#[authenticated]
async fn own() -> Sse<Events<Ambient>> {
    Sse::new(Events(times(3)))
}

#[optional_authentication]
async fn open() -> Sse<Events<Ambient>> {
    Sse::new(Events(times(2)))
}

struct Received(UnboundedReceiver<String>);

impl Stream for Received {
    type Item = String;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<String>> {
        let received = self.0.poll_recv(cx);
        received.map(|item| item.map(|sent_by| format!("{sent_by} {}", ambient())))
    }
}

/// Events that a task of its own tells.
#[authenticated]
async fn produced() -> Sse<Events<Received>> {
    let (sender, receiver) = unbounded_channel();
    propagate::spawn(async move {
        for _ in 0..2 {
            tokio::task::yield_now().await;
            sender.send(ambient()).unwrap();
        }
    });
    Sse::new(Events(Received(receiver)))
}

fn events() -> SecuredService {
    SecureRouter::new()
        .route("/own", get(own))
        .route("/open", get(open))
        .route("/produced", get(produced))
        .secured_by(ISSUER.authenticator())
}

#[tokio::test]
async fn server_sent_events_are_made_as_the_caller() {
    let app = App::secured(events()).await;
    let token = ISSUER.token("u1").sign();
    let of = |data: &str, times: usize| format!("data: {data}\n\n").repeat(times);
    app.get("/own", Some(&token))
        .await
        .is_ok("own", &of("u1", 3));
    app.get("/open", Some(&token))
        .await
        .is_ok("open", &of("u1", 2));
    app.get("/open", None).await.is_ok("open", &of("nobody", 2));
    let produced = app.get("/produced", Some(&token)).await;
    produced.is_ok("produced", &of("u1 u1", 2));
}

#[tokio::test]
async fn events_that_nobody_takes_are_dropped_as_their_caller() {
    let (seen, mut dropped) = SeenOnDrop::new();
    let seen = std::sync::Mutex::new(Some(seen));
    let handler = move || {
        let stream = Ambient {
            left: 1,
            _seen: seen.lock().unwrap().take(),
        };
        std::future::ready(Sse::new(Events(stream)))
    };
    let handler = std::sync::Arc::new(handler);
    let policy = pico_auth::Policy::Authenticated;
    let route = get(policy.guard(move || handler()));
    let app = SecureRouter::new()
        .route("/", route)
        .secured_by(ISSUER.authenticator());
    let bearer = format!("Bearer {}", ISSUER.token("u1").sign());
    let request = Request::get("/").header("authorization", bearer);
    let response = app
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    caller("bob").sync_scope(|| drop(response));
    assert_eq!(dropped.recv().await.unwrap(), "u1");
}
