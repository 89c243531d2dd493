//! Decisions inside functions, wherever they are called from.

use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::response::Response;
use http_body_util::{BodyExt, Full};
use pico_auth::routing::get as on_get;
use pico_auth::{
    AuthClientError, Claims, SecureRouter, SecuredService, SecurityContext, allow_anonymous,
    authenticated, authorize, requires_role,
};
use serde_json::{Value, json};
use tracing::subscriber::set_default;

use super::capture::Capture;
use super::support::{Records, admin, get, request, send, viewer};

type AnswerResult = Result<String, AuthClientError>;

#[requires_role("admin")]
fn delete() -> AnswerResult {
    Ok("deleted".to_owned())
}

#[requires_role("admin")]
async fn purge() -> AnswerResult {
    Ok("purged".to_owned())
}

#[allow_anonymous]
async fn ping() -> String {
    "pong".to_owned()
}

/// Calls what the path says.
#[authenticated]
async fn call(Path(what): Path<String>) -> AnswerResult {
    match what.as_str() {
        "delete" => delete(),
        "purge" => purge().await,
        "ping" => Ok(ping().await),
        "role" => {
            SecurityContext::require()?.require_role("owner")?;
            Ok(String::new())
        }
        _ => Ok("nothing".to_owned()),
    }
}

#[authorize(when(ctx.subject() == owner))]
async fn document(Path(owner): Path<String>) -> AnswerResult {
    Ok(format!("of {owner}"))
}

#[authorize(after = |ctx, text: &String| text.contains(ctx.subject()))]
async fn letter(Path(to): Path<String>) -> AnswerResult {
    Ok(format!("to {to}"))
}

fn service(records: &Records) -> SecuredService {
    SecureRouter::new()
        .route("/call/{what}", on_get(call))
        .route("/documents/{owner}", on_get(document))
        .route("/letters/{to}", on_get(letter))
        .secured_by(records.authentication())
}

async fn seen(path: &str, token: &str) -> (u16, Vec<[Value; 4]>) {
    let records = Records::new();
    let status = get(&service(&records), path, Some(token)).await;
    (
        status,
        records.members(["stage", "function", "rule", "outcome"]),
    )
}

fn endpoint(rule: &str, outcome: &str) -> [Value; 4] {
    [json!("endpoint"), Value::Null, json!(rule), json!(outcome)]
}

fn function(name: &str, rule: &str, outcome: &str) -> [Value; 4] {
    let name = format!("audit::functions::{name}");
    [json!("function"), json!(name), json!(rule), json!(outcome)]
}

const TOKEN: &str = "a valid token";
const ADMIN: &str = "one of roles: ['admin']";

#[tokio::test]
async fn the_function_of_an_endpoint_does_not_say_it_again() {
    let expected = vec![endpoint(TOKEN, "admitted")];
    assert_eq!(seen("/call/nothing", &viewer()).await, (200, expected));
}

#[tokio::test]
async fn a_function_that_a_handler_calls_is_recorded_under_its_own_name() {
    for name in ["delete", "purge"] {
        let path = format!("/call/{name}");
        for (token, status, outcome) in [(admin(), 200, "admitted"), (viewer(), 403, "forbidden")] {
            let expected = vec![endpoint(TOKEN, "admitted"), function(name, ADMIN, outcome)];
            assert_eq!(seen(&path, &token).await, (status, expected), "{path}");
        }
    }
    let expected = vec![
        endpoint(TOKEN, "admitted"),
        function("ping", "nothing", "admitted"),
    ];
    assert_eq!(seen("/call/ping", &viewer()).await, (200, expected));
}

#[tokio::test]
async fn what_a_condition_comes_to_is_recorded() {
    const RULE: &str = "a condition on the request";
    for (owner, status, outcome) in [("vic", 200, "admitted"), ("ada", 403, "forbidden")] {
        let expected = vec![
            endpoint(RULE, "deferred"),
            function("document", RULE, outcome),
        ];
        let path = format!("/documents/{owner}");
        assert_eq!(seen(&path, &viewer()).await, (status, expected));
    }
}

#[tokio::test]
async fn a_refused_answer_is_recorded() {
    let (status, records) = seen("/letters/ada", &viewer()).await;
    assert_eq!((status, records.len()), (403, 2), "{records:?}");
    assert_eq!(records[1][3], "forbidden");
    let (status, records) = seen("/letters/vic", &viewer()).await;
    assert_eq!((status, records.len()), (200, 1), "{records:?}");
}

#[tokio::test]
async fn a_role_that_a_body_asks_for_is_recorded_where_it_is_missing() {
    let records = Records::new();
    assert_eq!(
        get(&service(&records), "/call/role", Some(&viewer())).await,
        403
    );
    let seen = records.members(["stage", "outcome", "subject", "route", "jti"]);
    let function = [
        json!("function"),
        json!("forbidden"),
        json!("vic"),
        json!("/call/{what}"),
        json!("id-of-vic"),
    ];
    assert_eq!(seen[1..], [function]);
}

/// No authenticator of these tests reads such claims.
#[authenticated]
async fn unread(_: Claims<u8>) -> AnswerResult {
    Ok(String::new())
}

#[tokio::test]
async fn claims_that_nobody_reads_are_recorded_and_do_not_flood_the_log() {
    let records = Records::new();
    let service = SecureRouter::new()
        .route("/", on_get(unread))
        .secured_by(records.authentication());
    let capture = Capture::default();
    let _guard = set_default(capture.clone());
    let started = Instant::now();
    for _ in 0..200 {
        assert_eq!(get(&service, "/", Some(&viewer())).await, 500);
    }
    let seen = records.members(["stage", "outcome", "reason", "status"]);
    let function = [
        json!("function"),
        json!("misconfigured"),
        json!("configuration"),
        json!(500),
    ];
    assert_eq!((seen.len(), &seen[1]), (400, &function));
    let errors = capture.errors();
    let most = usize::try_from((started.elapsed().as_secs() + 2) * 20).unwrap();
    assert!(errors.len() <= most, "{} errors", errors.len());
    assert!(errors[0].contains("`.claims::<u8>()`"), "{errors:?}");
}

/// A body may make the name of what was sent: a tenant, a path.
#[test]
fn a_name_that_a_body_asks_for_cannot_write_a_line_of_the_log() {
    let name = format!("x\n2027-01-15 INFO refused: nothing{}", "y".repeat(100_000));
    let capture = Capture::default();
    let _guard = set_default(capture.clone());
    // Other tests may have used up this second.
    while capture.lines().is_empty() {
        let asked = SecurityContext::test("vic").sync_scope(|| {
            SecurityContext::require()?
                .require_role(&name)
                .map_err(AuthClientError::from)
        });
        assert_eq!(asked.unwrap_err().code(), "insufficient_permissions");
    }
    let line = &capture.lines()[0];
    let said = r"refused: Requires one of roles: ['x\u{a}2027-01-15 INFO";
    assert!(line.contains(said), "{line}");
    assert!(!line.contains('\n') && line.len() < 2000, "{line}");
}

#[tokio::test]
async fn a_job_is_recorded_inside_its_scope_and_nowhere_else() {
    let records = Records::new();
    let job = || {
        SecurityContext::test("nightly")
            .role("admin")
            .scope(purge())
    };
    job().await.unwrap();
    assert_eq!(records.take(), [] as [Value; 0]);
    records.auditor.scope(job()).await.unwrap();
    let refused = SecurityContext::test("nightly").scope(purge());
    records.auditor.scope(refused).await.unwrap_err();
    records.auditor.scope(purge()).await.unwrap_err();
    let seen = records.members(["subject", "outcome", "method", "function"]);
    let name = json!("audit::functions::purge");
    let of = |subject: Option<&str>, outcome: &str| {
        [json!(subject), json!(outcome), Value::Null, name.clone()]
    };
    let nightly = Some("nightly");
    assert_eq!(
        seen,
        [
            of(nightly, "admitted"),
            of(nightly, "forbidden"),
            of(None, "unauthenticated")
        ]
    );
}

/// As whom a function runs counts, not who sent the request.
#[authenticated]
async fn as_another() -> AnswerResult {
    SecurityContext::test("system")
        .role("admin")
        .sync_scope(delete)
}

#[tokio::test]
async fn who_a_function_runs_as_is_who_is_recorded() {
    let records = Records::new();
    let service = SecureRouter::new()
        .route("/", on_get(as_another))
        .secured_by(records.authentication());
    get(&service, "/", Some(&viewer())).await;
    assert_eq!(
        records.members(["subject"]),
        [[json!("vic")], [json!("system")]]
    );
}

/// Its body calls a function when it is asked for a frame.
#[authenticated]
async fn streamed() -> Response {
    let frames = Full::new(Bytes::from_static(b"hello")).map_frame(|frame| {
        drop(delete());
        frame
    });
    Response::new(Body::new(frames))
}

#[tokio::test]
async fn functions_that_a_streamed_body_calls_are_recorded() {
    let records = Records::new();
    let service = SecureRouter::new()
        .route("/", on_get(streamed))
        .secured_by(records.authentication());
    let response = send(&service, request("GET", "/", Some(&admin()))).await;
    records.take();
    response.into_body().collect().await.unwrap();
    let name = json!("audit::functions::delete");
    assert_eq!(
        records.members(["function", "subject"]),
        [[name, json!("ada")]]
    );
}
