use std::sync::LazyLock;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use pico_auth::SecurityContext;
use pico_auth::test_kit::TestIssuer;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::app;
use crate::schema::blog;

static ISSUER: LazyLock<TestIssuer> = LazyLock::new(TestIssuer::in_memory);

/// Status and body of a query.
async fn ask(query: &str, token: Option<&str>) -> (u16, Value) {
    let mut request = Request::post("/graphql").header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = Body::from(json!({ "query": query }).to_string());
    let app = app(ISSUER.authenticator());
    let response = app.oneshot(request.body(body).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), 64 * 1024).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

/// `ok`, or the code of the only error.
fn outcome(answer: &Value) -> &str {
    match answer["errors"].as_array().map(Vec::as_slice) {
        None => "ok",
        Some([error]) => error["extensions"]["code"].as_str().unwrap(),
        Some(_) => panic!("{answer}"),
    }
}

#[tokio::test]
async fn who_may_ask_for_what() {
    let viewer = ISSUER.token("vic").role("viewer").sign();
    let editor = ISSUER
        .token("ed")
        .role("editor")
        .scope("drafts:read")
        .sign();
    let chief = ISSUER.token("ada").role("chief-editor").sign();
    let (no, none) = ("FORBIDDEN", "UNAUTHENTICATED");
    // For each query: nobody, a viewer, an editor, the chief editor.
    for (query, expected) in [
        ("{ me }", [none, "ok", "ok", "ok"]),
        ("{ article(id: 7) { title } }", ["ok"; 4]),
        ("{ article(id: 7) { notes } }", [none, no, "ok", no]),
        (
            "{ article(id: 7) { drafts { text } } }",
            [none, no, "ok", no],
        ),
        (
            "{ article(id: 7) { drafts { text fee } } }",
            [none, no, no, no],
        ),
        (
            "{ visitors }",
            [none, "UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"],
        ),
        ("mutation { publish(id: 7) }", [none, no, "ok", "ok"]),
        ("mutation { delete(id: 7) }", [none, no, no, "ok"]),
    ] {
        let callers = [None, Some(&viewer), Some(&editor), Some(&chief)];
        for (caller, expected) in callers.into_iter().zip(expected) {
            let (status, answer) = ask(query, caller.map(String::as_str)).await;
            assert_eq!(status, 200, "{query}");
            assert_eq!(outcome(&answer), expected, "{query} {answer}");
        }
    }
}

#[tokio::test]
async fn a_refused_field_leaves_the_others() {
    let viewer = ISSUER.token("vic").role("viewer").sign();
    let (_, answer) = ask("{ me article(id: 7) { title notes } }", Some(&viewer)).await;
    let article = json!({ "title": "Article 7" });
    assert_eq!(answer["data"], json!({ "me": "vic", "article": article }));
    let error = &answer["errors"][0];
    assert_eq!(error["path"], json!(["article", "notes"]));
    assert_eq!(error["message"], "Requires one of roles: ['editor']");
    let extensions = json!({
        "code": "FORBIDDEN",
        "reason": "insufficient_permissions",
        "wwwAuthenticate": r#"Bearer error="insufficient_scope""#,
    });
    assert_eq!(error["extensions"], extensions);
}

#[tokio::test]
async fn an_alias_or_a_fragment_is_no_way_around_a_rule() {
    let viewer = ISSUER.token("vic").role("viewer").sign();
    for query in [
        "mutation { harmless: delete(id: 7) }",
        "mutation { ...f } fragment f on Mutation { delete(id: 7) }",
        "{ article(id: 7) { ... on Article { title: notes } } }",
    ] {
        let (_, answer) = ask(query, Some(&viewer)).await;
        assert_eq!(outcome(&answer), "FORBIDDEN", "{query} {answer}");
    }
}

#[tokio::test]
async fn a_bad_token_is_refused_before_the_query_is_read() {
    let expired = ISSUER.token("vic").expired().sign();
    let (status, answer) = ask("{ article(id: 7) { title } }", Some(&expired)).await;
    assert_eq!(status, 401);
    assert_eq!(answer, json!({ "detail": "Token has expired" }));
}

#[tokio::test]
async fn resolvers_are_tested_without_http() {
    let chief = SecurityContext::test("ada").role("chief-editor");
    let answer = chief
        .scope(blog().execute("mutation { delete(id: 7) }"))
        .await;
    assert_eq!(
        answer.data.into_json().unwrap(),
        json!({ "delete": "7 is gone" })
    );
}
