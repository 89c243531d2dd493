//! Neither the token nor the credentials get into logs, errors or `Debug`.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::set_default;
use tracing::{Event, Metadata, Subscriber};

use crate::endpoint::{Endpoint, Reply, SECRET};
use crate::support::{ADMIN, App, behind};

/// Every event and span of every crate on this thread, at every level.
#[derive(Clone, Default)]
struct Capture(Arc<Mutex<String>>);

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Capture {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Line(&mut self.0.lock().unwrap()));
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Line(&mut self.0.lock().unwrap()));
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut log = self.0.lock().unwrap();
        writeln!(log, "{}", event.metadata().level()).unwrap();
        event.record(&mut Line(&mut log));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

const TOKEN: &str = "the-token-itself";
/// SECRET as it is sent in the header and in the form.
const SENT: [&str; 3] = ["s3cret", "czNjcmV0", "OnMzY3JldC"];

#[tokio::test]
async fn the_log_shows_neither_token_nor_secret_and_says_loudly_what_is_wrong() {
    let endpoint = Endpoint::start().await;
    let capture = Capture::default();
    let _guard = set_default(capture.clone());
    let by_post = endpoint.authenticator_with(|client| client.client_secret_post("id", SECRET));
    for authenticator in [endpoint.authenticator(), by_post] {
        let client_shown = format!("{authenticator:?}");
        let app = App::secured(behind(ADMIN, authenticator)).await;
        for reply in [
            Reply::Is(401, SECRET.to_owned()),
            Reply::Is(500, SECRET.to_owned()),
            Reply::Is(200, SECRET.to_owned()),
            Reply::Redirect("/s3cret"),
            Reply::Json(json!({ "active": true, "aud": 7, "sub": SECRET })),
        ] {
            endpoint.put(TOKEN, reply);
            let answer = app.get("/", Some(TOKEN)).await;
            assert_ne!(answer.status, 200);
            for secret in SENT.into_iter().chain([TOKEN]) {
                assert!(!answer.body.contains(secret), "{}", answer.body);
            }
        }
        assert!(!client_shown.contains(SECRET));
    }
    // Other tests of this process may have used up the limit on events, for a second at most.
    let loud = "check its URL, the client id and the secret";
    let outage = "cannot decide: Token introspection is";
    let app = App::secured(behind(ADMIN, endpoint.authenticator())).await;
    endpoint.put(TOKEN, Reply::Is(401, SECRET.to_owned()));
    let started = Instant::now();
    let log = loop {
        let log = capture.0.lock().unwrap().clone();
        if log.contains(loud) && log.contains(outage) {
            break log;
        }
        assert!(started.elapsed().as_secs() < 10, "nothing is said:\n{log}");
        // Another test's thread, which has no subscriber, may have been the first to come here.
        tracing::callsite::rebuild_interest_cache();
        app.get("/", Some(TOKEN)).await;
    };
    assert!(log.contains("ERROR"), "{log}");
    for secret in SENT.into_iter().chain([TOKEN]) {
        assert!(!log.contains(secret), "`{secret}` is in the log:\n{log}");
    }
}

#[tokio::test]
async fn what_holds_secrets_shows_none() {
    let endpoint = Endpoint::start().await;
    let with_key = format!("{}?key=s3cret", endpoint.url);
    let builder =
        || pico_auth::IntrospectionClient::builder(&with_key).client_secret_basic("id", SECRET);
    let client = builder()
        .build(&endpoint.issuer.settings().build().unwrap())
        .unwrap();
    for shown in [format!("{:?}", builder()), format!("{client:#?}")] {
        assert!(!shown.contains("s3cret"), "{shown}");
    }
    assert!(
        format!("{client:?}").contains("/introspect"),
        "an operator needs this: {client:?}"
    );
}
