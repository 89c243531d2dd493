//! Each request is recorded once, whatever becomes of it.

use std::future::ready;

use axum::Router;
use pico_auth::routing::{any, get as on_get};
use pico_auth::{
    AuthLayer, AuthUnavailableError, Authentication, Dependency, KeyFuture, KeyQuery, KeySource,
    Policy, SecureRouter, SecuredService,
};
use serde_json::{Value, json};

use super::support::{ADMIN, ISSUER, Records, admin, get, request, send, viewer};

async fn hello() -> &'static str {
    "hello"
}

fn service(authentication: impl Into<Authentication>) -> SecuredService {
    let users = SecureRouter::new().route("/{id}", on_get(ADMIN.guard(hello)));
    SecureRouter::new()
        .nest("/api/users", users)
        .route("/open", any(Policy::AllowAnonymous.guard(hello)))
        .route("/maybe", any(Policy::OptionalAuthentication.guard(hello)))
        .secured_by(authentication)
}

/// What one request brings into the log.
async fn record(records: &Records, path: &str, token: Option<&str>) -> (u16, Value) {
    let service = service(records.authentication());
    let status = get(&service, path, token).await;
    let [record] = &records.take()[..] else {
        panic!("not one record");
    };
    (status, record.clone())
}

#[tokio::test]
async fn an_admission_says_who_what_by_which_rule_when_and_in_which_request() {
    let records = Records::new();
    let mut sent = request("GET", "/api/users/17?secret=1", Some(&admin()));
    sent.headers_mut()
        .insert("x-request-id", "r-1".parse().unwrap());
    send(&service(records.authentication()), sent).await;
    let expected = json!({
        "time": "2027-01-15T08:00:00.000Z",
        "request_id": "r-1",
        "method": "GET",
        "route": "/api/users/{id}",
        "handler": "audit::coverage::hello",
        "stage": "endpoint",
        "rule": "one of roles: ['admin']",
        "outcome": "admitted",
        "reason": "none",
        "subject": "ada",
        "issuer": ISSUER.url(),
        "kid": "key-1",
        "jti": "id-of-ada",
    });
    assert_eq!(records.take(), [expected]);
}

#[tokio::test]
async fn each_outcome_is_recorded() {
    let records = Records::new();
    let expired = ISSUER.token("u1").claim("jti", "old").expired().sign();
    let forged = ISSUER.token("u1").with_signature(b"0123456789");
    let user = "/api/users/17";
    let (admin, viewer) = (admin(), viewer());
    for (path, token, status, outcome, reason, subject) in [
        ("/open", None, 200, "admitted", "none", None),
        ("/open", Some("garbage"), 200, "admitted", "none", None),
        ("/maybe", None, 200, "admitted", "none", None),
        (
            "/maybe",
            Some(&*viewer),
            200,
            "admitted",
            "none",
            Some("vic"),
        ),
        (user, Some(&*admin), 200, "admitted", "none", Some("ada")),
        (
            "/nowhere",
            Some(&*viewer),
            404,
            "admitted",
            "none",
            Some("vic"),
        ),
        (
            "/nowhere",
            None,
            401,
            "unauthenticated",
            "missing_token",
            None,
        ),
        (user, None, 401, "unauthenticated", "missing_token", None),
        (
            user,
            Some("garbage"),
            401,
            "unauthenticated",
            "malformed",
            None,
        ),
        (
            user,
            Some(&*forged),
            401,
            "unauthenticated",
            "signature",
            None,
        ),
        (
            user,
            Some(&*expired),
            401,
            "unauthenticated",
            "expired",
            None,
        ),
        (
            user,
            Some(&*viewer),
            403,
            "forbidden",
            "insufficient_permissions",
            Some("vic"),
        ),
    ] {
        let (answered, record) = record(&records, path, token).await;
        assert_eq!(answered, status, "{path} {reason}");
        assert_eq!(record["outcome"], outcome, "{record}");
        assert_eq!(record["reason"], reason, "{record}");
        assert_eq!(record["subject"].as_str(), subject, "{record}");
        let refused = (status != 200 && status != 404).then_some(u64::from(status));
        assert_eq!(record["status"].as_u64(), refused, "{record}");
    }
    let (_, record) = record(&records, user, Some(&expired)).await;
    assert_eq!(
        (&record["jti"], &record["kid"]),
        (&json!("old"), &json!("key-1"))
    );
}

#[tokio::test]
async fn a_token_that_is_known_is_recorded_as_one_that_is_not() {
    let records = Records::new();
    let service = service(records.authentication());
    for _ in 0..3 {
        get(&service, "/api/users/1", Some(&admin())).await;
    }
    let seen = records.members(["outcome", "subject"]);
    assert_eq!(seen, vec![[json!("admitted"), json!("ada")]; 3]);
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_have_a_route() {
    let records = Records::new();
    let service = service(records.authentication());
    get(&service, "/nowhere", Some(&viewer())).await;
    send(&service, request("PUT", "/api/users/1", Some(&viewer()))).await;
    let seen = records.members(["route", "method"]);
    assert_eq!(
        seen,
        [
            [json!("*"), json!("GET")],
            [json!("/api/users/{id}"), json!("PUT")]
        ]
    );
}

struct Down;

impl KeySource for Down {
    fn find<'a>(&'a self, _: KeyQuery<'a>) -> KeyFuture<'a> {
        let outage = AuthUnavailableError::new(Dependency::SigningKeys);
        Box::pin(ready(Err(outage)))
    }
}

#[tokio::test]
async fn an_outage_is_recorded() {
    let records = Records::new();
    let keys = |parts: pico_auth::AuthenticatorBuilder| parts.key_source(Down);
    let authenticator = ISSUER.authenticator_with(ISSUER.settings(), keys);
    let service = service(records.of(authenticator));
    assert_eq!(get(&service, "/maybe", Some(&admin())).await, 503);
    let seen = records.members(["outcome", "reason", "status"]);
    assert_eq!(
        seen,
        [[json!("unavailable"), json!("signing_keys"), json!(503)]]
    );
}

#[tokio::test]
async fn rules_of_a_router_are_named_too() {
    let records = Records::new();
    let service = SecureRouter::new()
        .route("/", on_get(Policy::Authenticated.guard(hello)))
        .require(ADMIN)
        .secured_by(records.authentication());
    assert_eq!(get(&service, "/", Some(&viewer())).await, 403);
    let seen = records.members(["rule", "subject"]);
    let rule = "a valid token; and one of roles: ['admin']";
    assert_eq!(seen, [[json!(rule), json!("vic")]]);
}

#[tokio::test]
async fn the_agent_is_named() {
    let records = Records::new();
    let mut sent = request("GET", "/maybe", Some(&viewer()));
    let agent = format!("Bearer {}", ISSUER.token("bot").sign());
    sent.headers_mut()
        .insert("x-agent-authorization", agent.parse().unwrap());
    send(&service(records.authentication()), sent).await;
    assert_eq!(
        records.members(["subject", "agent"]),
        [[json!("vic"), json!("bot")]]
    );
}

#[tokio::test]
async fn a_layer_records_what_it_decides_and_handlers_what_they_do() {
    let records = Records::new();
    let layer = AuthLayer::new(records.authentication()).unwrap();
    let router = Router::new()
        .route("/plain", axum::routing::get(hello))
        .route("/admin", axum::routing::get(ADMIN.guard(hello)))
        .layer(layer);
    for (path, token, status, expected) in [
        ("/plain", None, 401, vec![("endpoint", "unauthenticated")]),
        (
            "/plain",
            Some(viewer()),
            200,
            vec![("endpoint", "admitted")],
        ),
        (
            "/admin",
            Some(viewer()),
            403,
            vec![("endpoint", "admitted"), ("function", "forbidden")],
        ),
        (
            "/admin",
            Some(admin()),
            200,
            vec![("endpoint", "admitted"), ("function", "admitted")],
        ),
    ] {
        assert_eq!(get(&router, path, token.as_deref()).await, status, "{path}");
        let seen = records.members(["stage", "outcome", "route", "handler"]);
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(stage, outcome)| {
                [
                    json!(stage),
                    json!(outcome),
                    Value::Null,
                    json!("pico_auth::AuthLayer"),
                ]
            })
            .collect();
        assert_eq!(seen, expected, "{path}");
    }
}

#[tokio::test]
async fn one_auditor_serves_two_services() {
    let records = Records::new();
    let (one, two) = (
        service(records.authentication()),
        service(records.authentication()),
    );
    get(&one, "/open", None).await;
    get(&two, "/maybe", None).await;
    assert_eq!(
        records.members(["route"]),
        [[json!("/open")], [json!("/maybe")]]
    );
}

#[tokio::test]
async fn without_an_auditor_nothing_is_recorded() {
    let records = Records::new();
    get(&service(ISSUER.authenticator()), "/open", None).await;
    assert_eq!(records.take(), [] as [Value; 0]);
}
