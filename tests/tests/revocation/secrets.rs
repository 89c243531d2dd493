//! What the list is asked for with stays out of logs, errors and `Debug`.

use std::error::Error;

use pico_auth::{AuthClientSettings, PolledRevocationList};

use crate::capture::Capture;
use crate::support::{ISSUER, Server};

const SECRET: &str = "s3cret";

#[tokio::test]
async fn the_secret_and_the_query_of_the_url_are_shown_nowhere() {
    let server = Server::start().await;
    let capture = Capture::default();
    let _guard = tracing::subscriber::set_default(capture.clone());
    let builder = || {
        PolledRevocationList::builder(format!("{}?key={SECRET}", server.url())).bearer_token(SECRET)
    };
    let mut shown = vec![format!("{:?}", builder())];
    let list = builder().build().unwrap();
    shown.push(format!("{list:?}"));
    for status in [500, 404, 302, 200] {
        server.status(status, SECRET);
        let error = list.refresh().await.unwrap_err();
        shown.push(format!("{error} {error:?} {}", error.source().unwrap()));
    }
    for bad in [
        format!("Bearer {SECRET}"),
        format!("{SECRET}\r\nX: y"),
        format!("{SECRET}é"),
    ] {
        let error = builder().bearer_token(bad).build().unwrap_err();
        assert_eq!(error.key(), "revocation_bearer");
        shown.push(format!("{error} {error:?}"));
    }
    let settings = AuthClientSettings::builder()
        .issuer("https://id.example")
        .audience("api")
        .revocation_endpoint(format!("https://id.example/revoked?key={SECRET}"))
        .revocation_bearer(SECRET);
    shown.push(format!(
        "{settings:?} {:?}",
        settings.clone().build().unwrap()
    ));
    let error = settings
        .revocation_bearer(format!("{SECRET} {SECRET}"))
        .build();
    shown.push(error.unwrap_err().to_string());

    let lines = capture.lines();
    assert!(lines.len() >= 4, "each failure has its line: {lines:?}");
    shown.extend(lines);
    for text in shown {
        assert!(!text.contains(SECRET), "{text}");
    }
    assert!(
        server.requests()[0].contains(SECRET),
        "the server did get it"
    );
}

/// A warning that the list could not be fetched is not enough: no later attempt will mend it, and when the
/// last list is too old, everybody is refused.
#[tokio::test]
async fn an_expired_secret_is_an_error_in_the_log_that_says_what_to_check() {
    let server = Server::start().await;
    let list = PolledRevocationList::builder(format!("{}?key={SECRET}", server.url()))
        .bearer_token(SECRET)
        .build()
        .unwrap();
    for status in [401, 403, 404, 405, 500] {
        server.status(status, SECRET);
        let capture = Capture::default();
        let _guard = tracing::subscriber::set_default(capture.clone());
        list.refresh().await.unwrap_err();
        let lines = capture.errors();
        // Only an outage ends by itself.
        assert_eq!(lines.is_empty(), status == 500, "{status}: {lines:?}");
        for line in lines {
            assert!(line.contains("revocation_bearer") && line.contains(&server.url()));
            assert!(!line.contains(SECRET), "{line}");
        }
    }
}

#[tokio::test]
async fn failing_open_is_loud_and_does_not_flood() {
    let server = Server::start().await;
    server.status(500, "");
    let settings = ISSUER
        .settings()
        .revocation_endpoint(server.url())
        .revocation_fail_open(true);
    let authenticator = ISSUER.authenticator_with(settings, |parts| parts);
    let token = ISSUER.token("u1").sign();
    assert!(authenticator.authenticate(&token, None).await.is_ok());

    let capture = Capture::default();
    let _guard = tracing::subscriber::set_default(capture.clone());
    let started = std::time::Instant::now();
    for _ in 0..1000 {
        assert!(authenticator.authenticate(&token, None).await.is_ok());
    }
    let windows = usize::try_from(started.elapsed().as_secs()).unwrap() + 2;
    let errors = capture.errors();
    let loud = errors
        .iter()
        .filter(|line| line.contains("revocation_fail_open"));
    let loud: Vec<_> = loud.collect();
    assert!(
        !loud.is_empty() && loud.len() <= windows * 20,
        "{}",
        loud.len()
    );
}
