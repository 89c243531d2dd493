//! No answer is not an answer: 503, and nothing of it is remembered.

use std::error::Error;
use std::time::Duration;

use pico_auth::{AuthClientError, Authenticator, Dependency};
use serde_json::json;

use crate::endpoint::{Endpoint, Reply, SECOND, active, ask};
use crate::soon::soon;
use crate::support::{ADMIN, App, behind};

const UNAVAILABLE: &str = "Token introspection is temporarily unavailable";

async fn cause(authenticator: &Authenticator, token: &str) -> String {
    match ask(authenticator, token).await {
        Err(AuthClientError::AuthUnavailable(error)) => {
            assert_eq!(error.what(), Dependency::Introspection);
            error.source().unwrap().to_string()
        }
        other => panic!("{token}: {other:?}"),
    }
}

fn is(status: u16, body: &str) -> Reply {
    Reply::Is(status, body.to_owned())
}

#[tokio::test]
async fn whatever_is_no_answer_is_503_and_forgotten() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator_with(|client| client.max_body_bytes(4096));
    let app = App::secured(behind(ADMIN, authenticator.clone())).await;
    let good = active(&json!({ "role": "admin" })).to_string();
    let strict = "not a JSON object with unique members";
    let boolean = "no boolean `active`";
    let table = [
        (
            "401",
            is(401, r#"{"active":false}"#),
            "refuses this service",
        ),
        ("403", is(403, ""), "refuses this service"),
        ("404", is(404, ""), "refuses this service"),
        (
            "400",
            is(400, r#"{"error":"invalid_client"}"#),
            "the status is not 200",
        ),
        ("429", is(429, ""), "the status is not 200"),
        (
            "500",
            is(500, r#"{"active":true}"#),
            "the status is not 200",
        ),
        ("201", is(201, &good), "the status is not 200"),
        (
            "redirect",
            Reply::Redirect("/elsewhere"),
            "redirects are not followed",
        ),
        ("html", is(200, "<html>Sign in</html>"), strict),
        ("empty", is(200, ""), strict),
        ("array", is(200, "[]"), strict),
        ("true", is(200, "true"), strict),
        ("truncated", is(200, &good[..good.len() - 1]), strict),
        ("two", is(200, &format!("{good}{good}")), strict),
        (
            "twice",
            is(200, r#"{"active":false,"active":true,"sub":"ada"}"#),
            strict,
        ),
        ("nothing", is(200, "{}"), boolean),
        (
            "string",
            Reply::Json(active(&json!({ "active": "true" }))),
            boolean,
        ),
        (
            "number",
            Reply::Json(active(&json!({ "active": 1 }))),
            boolean,
        ),
        ("null", is(200, r#"{"active":null}"#), boolean),
        ("oversize", Reply::Padded(5000), "too large"),
    ];
    for (token, reply, why) in table {
        endpoint.put(token, reply);
        let answer = app.get("/", Some(token)).await;
        answer.refuses(token, 503, UNAVAILABLE, None);
        assert_eq!(answer.header("retry-after"), Some("5"), "{token}");
        let cause = cause(&authenticator, token).await;
        assert!(cause.contains(why), "{token}: {cause}");
        let asked = endpoint.asked();
        assert_eq!(asked.len(), 2, "{token}: an outage is not remembered");
        assert!(
            asked.iter().all(|asked| asked.path == "/introspect"),
            "{token}: it was led elsewhere"
        );
        endpoint.activate(token, json!({ "role": "admin" }));
        app.get("/", Some(token)).await.is_ok(token, "ada");
        endpoint.asked();
    }
}

#[tokio::test]
async fn an_endpoint_that_hangs_is_given_up() {
    let endpoint = Endpoint::start().await;
    let authenticator =
        endpoint.authenticator_with(|client| client.timeout(Duration::from_millis(50)));
    endpoint.put("opaque", Reply::Silence);
    let cause = cause(&authenticator, "opaque").await;
    assert!(cause.contains("the request failed"), "{cause}");
    endpoint.activate("opaque", json!({}));
    // The good answer may take longer than 50 ms on a busy machine; that is no wrong acceptance.
    soon("answered", async {
        while let Err(error) = ask(&authenticator, "opaque").await {
            assert_eq!(error.status_code(), 503, "{error}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_503() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator();
    endpoint.activate("remembered", json!({}));
    ask(&authenticator, "remembered").await.unwrap();
    let clock = endpoint.clock.clone();
    drop(endpoint);
    let refused = cause(&authenticator, "opaque").await;
    assert!(refused.contains("the request failed"), "{refused}");
    // What is remembered goes on until its age, and not longer.
    clock.advance(59 * SECOND);
    ask(&authenticator, "remembered").await.unwrap();
    clock.advance(SECOND);
    cause(&authenticator, "remembered").await;
}
