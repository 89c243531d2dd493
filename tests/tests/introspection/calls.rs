//! How often the issuer is asked, and how long its word counts.

use std::time::Duration;

use pico_auth::{AuthClientError, Authenticator, TokenInvalidReason};
use serde_json::json;

use crate::endpoint::{Endpoint, ID, NOW, Reply, SECOND, SECRET, ask, reason};
use crate::soon::soon;
use crate::support::{ADMIN, App, behind};

#[tokio::test]
async fn the_question_is_the_one_of_the_rfc() {
    let endpoint = Endpoint::start().await;
    let basic = |client: pico_auth::IntrospectionClientBuilder| client;
    endpoint.activate("a+b/c==", json!({}));
    ask(&endpoint.authenticator_with(basic), "a+b/c==")
        .await
        .unwrap();
    ask(
        &endpoint.authenticator_with(|client| client.client_secret_post(ID, SECRET)),
        "a+b/c==",
    )
    .await
    .unwrap();
    ask(
        &endpoint.authenticator_with(|client| client.bearer_token("of-this.service")),
        "a+b/c==",
    )
    .await
    .unwrap();
    let asked = endpoint.asked();
    for asked in &asked {
        assert_eq!(
            (asked.method.as_str(), asked.path.as_str()),
            ("POST", "/introspect")
        );
        assert_eq!(
            asked.header("content-type"),
            Some("application/x-www-form-urlencoded")
        );
        assert_eq!(asked.header("accept"), Some("application/json"));
        assert_eq!(asked.member("token"), Some("a+b/c=="));
        assert_eq!(asked.member("token_type_hint"), Some("access_token"));
    }
    let [basic, post, bearer] = asked.as_slice() else {
        panic!("{}", asked.len())
    };
    // Base64 of `orders-api:s3cret+of+the+client`.
    let header = "Basic b3JkZXJzLWFwaTpzM2NyZXQrb2YrdGhlK2NsaWVudA==";
    assert_eq!(basic.header("authorization"), Some(header));
    assert_eq!((basic.member("client_id"), basic.form.len()), (None, 2));
    assert_eq!(post.header("authorization"), None);
    assert_eq!(
        (post.member("client_id"), post.member("client_secret")),
        (Some(ID), Some(SECRET))
    );
    assert_eq!(
        bearer.header("authorization"),
        Some("Bearer of-this.service")
    );
    assert_eq!(bearer.form.len(), 2);
}

#[tokio::test]
async fn a_revoked_token_works_no_longer_than_the_maximum_age() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator();
    endpoint.activate("opaque", json!({}));
    ask(&authenticator, "opaque").await.unwrap();
    endpoint.revoke("opaque");
    endpoint.clock.advance(59 * SECOND);
    ask(&authenticator, "opaque").await.unwrap();
    assert_eq!(endpoint.calls(), 1);
    endpoint.clock.advance(SECOND);
    assert_eq!(
        reason(ask(&authenticator, "opaque").await),
        TokenInvalidReason::Inactive
    );
    assert_eq!(endpoint.calls(), 2);
}

#[tokio::test]
async fn the_age_of_an_answer_counts_from_the_question() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator();
    endpoint.activate("opaque", json!({}));
    endpoint.hold();
    let first = spawn(&authenticator, "opaque");
    endpoint.until_calls(1).await;
    // The issuer wrote its answer, and it was 59 seconds on its way.
    endpoint.clock.advance(59 * SECOND);
    endpoint.release();
    first.await.unwrap().unwrap();
    endpoint.clock.advance(SECOND);
    endpoint.revoke("opaque");
    assert_eq!(
        reason(ask(&authenticator, "opaque").await),
        TokenInvalidReason::Inactive
    );
}

#[tokio::test]
async fn a_remembered_answer_never_outlives_the_token() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator();
    endpoint.activate("opaque", json!({ "exp": NOW + 30 }));
    ask(&authenticator, "opaque").await.unwrap();
    endpoint.clock.advance(Duration::from_millis(29_999));
    ask(&authenticator, "opaque").await.unwrap();
    endpoint.clock.advance(Duration::from_millis(1));
    let error = ask(&authenticator, "opaque").await.unwrap_err();
    assert!(matches!(error, AuthClientError::TokenExpired(_)), "{error}");
    assert_eq!(endpoint.calls(), 1, "that is known without asking");
}

#[tokio::test]
async fn an_inactive_token_is_asked_about_again_after_ten_seconds() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator();
    assert_eq!(
        reason(ask(&authenticator, "opaque").await),
        TokenInvalidReason::Inactive
    );
    endpoint.activate("opaque", json!({}));
    endpoint.clock.advance(Duration::from_millis(9_999));
    assert_eq!(
        reason(ask(&authenticator, "opaque").await),
        TokenInvalidReason::Inactive
    );
    assert_eq!(endpoint.calls(), 1);
    endpoint.clock.advance(Duration::from_millis(1));
    ask(&authenticator, "opaque").await.unwrap();
}

#[tokio::test]
async fn a_maximum_age_of_zero_asks_for_every_request() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator_with(|client| {
        client
            .max_age(Duration::ZERO)
            .refused_max_age(Duration::ZERO)
    });
    endpoint.activate("opaque", json!({}));
    for calls in 1..4 {
        ask(&authenticator, "opaque").await.unwrap();
        assert_eq!(endpoint.calls(), calls);
    }
    endpoint.revoke("opaque");
    assert_eq!(
        reason(ask(&authenticator, "opaque").await),
        TokenInvalidReason::Inactive
    );
    endpoint.activate("opaque", json!({}));
    ask(&authenticator, "opaque").await.unwrap();
}

fn spawn(
    authenticator: &Authenticator,
    token: &str,
) -> tokio::task::JoinHandle<Result<String, AuthClientError>> {
    let (authenticator, token) = (authenticator.clone(), token.to_owned());
    tokio::spawn(async move {
        let caller = ask(&authenticator, &token).await?;
        Ok(caller.subject().to_owned())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_requests_with_one_token_cause_one_call() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator();
    endpoint.activate("opaque", json!({}));
    endpoint.hold();
    let requests: Vec<_> = (0..200).map(|_| spawn(&authenticator, "opaque")).collect();
    endpoint.until_calls(1).await;
    endpoint.release();
    for request in requests {
        assert_eq!(request.await.unwrap().unwrap(), "ada");
    }
    assert_eq!(endpoint.calls(), 1);
}

#[tokio::test]
async fn an_outage_is_told_to_all_who_wait_and_to_nobody_else() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator();
    endpoint.put("opaque", Reply::Is(500, String::new()));
    endpoint.hold();
    let requests: Vec<_> = (0..20).map(|_| spawn(&authenticator, "opaque")).collect();
    endpoint.until_calls(1).await;
    // All that were spawned have had their turn on this one thread before the answer comes.
    endpoint.release();
    for request in requests {
        assert_eq!(request.await.unwrap().unwrap_err().status_code(), 503);
    }
    assert_eq!(endpoint.asked().len(), 1);
    endpoint.activate("opaque", json!({}));
    ask(&authenticator, "opaque").await.unwrap();
}

#[tokio::test]
async fn a_caller_who_hangs_up_does_not_end_the_call_for_others() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator();
    endpoint.activate("opaque", json!({}));
    endpoint.hold();
    let first = spawn(&authenticator, "opaque");
    endpoint.until_calls(1).await;
    let second = spawn(&authenticator, "opaque");
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    endpoint.release();
    assert_eq!(second.await.unwrap().unwrap(), "ada");
    ask(&authenticator, "opaque").await.unwrap();
    assert_eq!(endpoint.calls(), 1);
}

#[tokio::test]
async fn callers_who_all_hang_up_leave_no_call_behind() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator_with(|client| client.max_calls(1));
    endpoint.hold();
    let only = spawn(&authenticator, "first");
    endpoint.until_calls(1).await;
    only.abort();
    assert_eq!(
        ask(&authenticator, "second")
            .await
            .unwrap_err()
            .status_code(),
        503
    );
    endpoint.release();
    // The place is free once the answer came.
    soon("free", async {
        while let Err(AuthClientError::AuthUnavailable(_)) = ask(&authenticator, "second").await {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(endpoint.calls(), 2);
}

/// A runtime that ends takes its calls with it; the client goes on in another one.
#[test]
fn a_call_whose_runtime_ends_blocks_nobody() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap()
    };
    let (serving, first) = (runtime(), runtime());
    let endpoint = serving.block_on(Endpoint::start());
    let authenticator = endpoint.authenticator();
    endpoint.activate("opaque", json!({}));
    endpoint.hold();
    first.block_on(async {
        let request = spawn(&authenticator, "opaque");
        tokio::task::yield_now().await;
        request.abort();
    });
    drop(first);
    endpoint.release();
    serving.block_on(async { ask(&authenticator, "opaque").await.unwrap() });
}

#[tokio::test]
async fn a_flood_of_invented_tokens_is_bounded_and_hurts_no_remembered_one() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator_with(|client| client.max_calls(4));
    let app = App::secured(behind(ADMIN, authenticator.clone())).await;
    endpoint.activate("good", json!({ "role": "admin" }));
    app.get("/", Some("good")).await.is_ok("before", "ada");
    endpoint.asked();
    endpoint.hold();
    let waiting: Vec<_> = (0..4)
        .map(|number| spawn(&authenticator, &format!("junk-{number}")))
        .collect();
    endpoint.until_calls(4).await;
    for number in 4..300 {
        let answer = app.get("/", Some(&format!("junk-{number}"))).await;
        assert_eq!(
            (answer.status, answer.header("retry-after")),
            (503, Some("1"))
        );
    }
    app.get("/", Some("good"))
        .await
        .is_ok("in the flood", "ada");
    assert_eq!(endpoint.calls(), 4);
    endpoint.release();
    for request in waiting {
        assert_eq!(request.await.unwrap().unwrap_err().status_code(), 401);
    }
}

#[tokio::test]
async fn refused_tokens_never_push_out_an_accepted_one() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator_with(|client| client.max_remembered(2));
    endpoint.activate("good", json!({}));
    ask(&authenticator, "good").await.unwrap();
    for number in 0..50 {
        assert_eq!(
            reason(ask(&authenticator, &format!("junk-{number}")).await),
            TokenInvalidReason::Inactive
        );
    }
    assert_eq!(endpoint.asked().len(), 51);
    ask(&authenticator, "good").await.unwrap();
    assert_eq!(endpoint.asked().len(), 0);
}

#[tokio::test]
async fn what_cannot_be_a_token_is_refused_without_a_call() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator();
    for junk in [
        "",
        " ",
        "two tokens",
        "a\r\nb",
        "a=b",
        "=",
        "tøken",
        "a&token=b",
        "{\"a\":1}",
        "a\0",
    ] {
        let reason = reason(ask(&authenticator, junk).await);
        assert!(
            matches!(reason, TokenInvalidReason::Malformed(_)),
            "{junk:?}: {reason}"
        );
    }
    let long = "a".repeat(16 * 1024 + 1);
    assert_eq!(
        reason(ask(&authenticator, &long).await),
        TokenInvalidReason::TooLarge
    );
    assert_eq!(endpoint.calls(), 0);
    assert_eq!(
        reason(ask(&authenticator, &long[1..]).await),
        TokenInvalidReason::Inactive
    );
    assert_eq!(endpoint.calls(), 1);
}
