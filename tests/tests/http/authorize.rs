//! Stage 3: what a known caller may do, decided before anything of the request is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Json;
use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use pico_auth::routing::{get, post};
use pico_auth::test_kit::TokenBuilder;
use pico_auth::{Policy, Requirement, SecureRouter};
use serde_json::{Value, json};

use super::support::{
    ADMIN, App, INSUFFICIENT_SCOPE, ISSUER, admin, behind, serve, viewer, whoami,
};

const fn roles(names: &'static [&'static str]) -> Policy {
    Policy::require(Requirement::any_role(names))
}

fn token() -> TokenBuilder {
    ISSUER.token("u1")
}

#[tokio::test]
async fn a_refusal_names_what_is_required_and_never_what_the_caller_has() {
    const ALL: Policy = Policy::require(Requirement::all(&[
        Requirement::any_scope(&["secret-scope"]),
        Requirement::any_group(&["a"]),
        Requirement::any_role(&["admin"]),
    ]));
    const ANY: Policy = Policy::require(Requirement::any(&[
        Requirement::any_role(&["admin"]),
        Requirement::any_group(&["a"]),
    ]));
    let secret = token()
        .role("secret-role")
        .groups(["secret-group"])
        .scope("secret-scope")
        .sign();
    let scope_challenge = |scope: &str| format!(r#"{INSUFFICIENT_SCOPE}, scope="{scope}""#);
    for (policy, detail, challenge) in [
        (
            ADMIN,
            "Requires one of roles: ['admin']",
            INSUFFICIENT_SCOPE.to_owned(),
        ),
        (
            roles(&["editor", "admin"]),
            "Requires one of roles: ['admin', 'editor']",
            INSUFFICIENT_SCOPE.to_owned(),
        ),
        (
            Policy::require(Requirement::any_group(&["b", "a"])),
            "Requires one of groups: ['a', 'b']",
            INSUFFICIENT_SCOPE.to_owned(),
        ),
        (
            Policy::require(Requirement::any_scope(&["b:read", "a:read"])),
            "Requires one of scopes: ['a:read', 'b:read']",
            scope_challenge("a:read"),
        ),
        (
            Policy::require(Requirement::all_scopes(&["b:read", "a:read"])),
            "Requires all of scopes: ['a:read', 'b:read']",
            scope_challenge("a:read b:read"),
        ),
        (
            ALL,
            "Requires one of groups: ['a']",
            INSUFFICIENT_SCOPE.to_owned(),
        ),
        (
            ANY,
            "Requires any of (one of roles: ['admin']; one of groups: ['a'])",
            INSUFFICIENT_SCOPE.to_owned(),
        ),
    ] {
        let app = serve(policy).await;
        let answer = app.get("/", Some(&secret)).await;
        answer.refuses(&format!("{policy:?}"), 403, detail, Some(&challenge));
        let everything = format!("{answer:?}");
        assert!(!everything.contains("secret-"), "{everything}");
    }
}

#[tokio::test]
async fn what_a_token_grants() {
    const GROUP: Policy = Policy::require(Requirement::any_group(&["alpha"]));
    const SCOPE: Policy = Policy::require(Requirement::any_scope(&["a:read"]));
    const SCOPES: Policy = Policy::require(Requirement::all_scopes(&["a:read", "a:write"]));
    const BOTH: Policy = Policy::require(Requirement::all(&[
        Requirement::any_role(&["admin"]),
        Requirement::any_group(&["alpha"]),
    ]));
    const EITHER: Policy = Policy::require(Requirement::any(&[
        Requirement::any_role(&["admin"]),
        Requirement::any_group(&["alpha"]),
    ]));
    for (policy, token, status) in [
        (ADMIN, token().role("admin"), 200),
        (roles(&["editor", "admin"]), token().role("editor"), 200),
        (GROUP, token().groups(["beta", "alpha"]), 200),
        (GROUP, token().role("alpha"), 403),
        (GROUP, token().groups([]), 403),
        (SCOPE, token().scope("b:read a:read"), 200),
        (SCOPE, token().scope("a:*"), 200),
        (SCOPE, token().claim("scp", json!(["a:read"])), 200),
        (SCOPE, token().claim("scp", "b a:read"), 200),
        (SCOPE, token().claim("scopes", json!(["a:read"])), 200),
        (SCOPE, token().claim("scp", json!(["b a:read"])), 403),
        (SCOPE, token().scope("a:read:x"), 403),
        (SCOPE, token().scope("A:read"), 403),
        (SCOPE, token().scope("a:readx"), 403),
        (
            SCOPE,
            token().scope("b").claim("scopes", json!(["a:read"])),
            403,
        ),
        (SCOPE, token().scope("").claim("scp", "a:read"), 403),
        (SCOPES, token().scope("a:read a:write"), 200),
        (SCOPES, token().scope("a:read"), 403),
        (BOTH, token().role("admin").groups(["alpha"]), 200),
        (BOTH, token().role("admin"), 403),
        (BOTH, token().groups(["alpha"]), 403),
        (EITHER, token().groups(["alpha"]), 200),
        (EITHER, token().role("admin"), 200),
        (EITHER, token(), 403),
    ] {
        let what = format!("{policy:?} {token:?}");
        let app = serve(policy).await;
        let answer = app.get("/", Some(&token.sign())).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
    }
}

#[tokio::test]
async fn nothing_but_the_exact_name_is_the_role() {
    let app = serve(ADMIN).await;
    for role in [
        json!("Admin"),
        json!("ADMIN"),
        json!("admin "),
        json!(" admin"),
        json!("admin\n"),
        json!("admin\u{0}"),
        json!("\u{430}dmin"),
        json!("adm\u{200b}in"),
        json!("admin,editor"),
        json!("admin editor"),
        json!("'admin'"),
        json!("*"),
        json!(""),
        json!(["admin"]),
        json!([["admin"]]),
        json!({ "name": "admin" }),
        json!({ "admin": true }),
        json!(true),
        json!(1),
        Value::Null,
    ] {
        let token = token().claim("role", role.clone()).sign();
        let answer = app.get("/", Some(&token)).await;
        assert_eq!(answer.status, 403, "{role}: {}", answer.body);
    }
    for claim in ["roles", "Role", "groups"] {
        let token = token().claim(claim, json!(["admin"])).sign();
        assert_eq!(app.get("/", Some(&token)).await.status, 403, "{claim}");
    }
}

#[tokio::test]
async fn roles_claim_names_the_claim_and_no_other() {
    let settings = ISSUER.settings().roles_claim("realm_access.roles");
    let authenticator = ISSUER.authenticator_with(settings, |builder| builder);
    let app = App::secured(behind(ADMIN, authenticator)).await;
    let realm = |roles: Value| token().claim("realm_access", json!({ "roles": roles }));
    let invalid = r#"{"detail":"Invalid token: Invalid claim 'realm_access.roles'"}"#;
    for (what, token, status) in [
        ("an array", realm(json!(["viewer", "admin"])), 200),
        ("a string", realm(json!("admin")), 200),
        ("another case", realm(json!(["Admin"])), 403),
        ("empty", realm(json!([])), 403),
        ("empty names", realm(json!([""])), 403),
        ("null", realm(Value::Null), 403),
        ("role is not the claim any more", token().role("admin"), 403),
        (
            "a claim with a dot",
            token().claim("realm_access.roles", json!(["admin"])),
            403,
        ),
        (
            "the path ends in a string",
            token().claim("realm_access", "admin"),
            403,
        ),
        (
            "the path goes through an array",
            token().claim("realm_access", json!([{ "roles": ["admin"] }])),
            403,
        ),
        ("a number", realm(json!(1)), 401),
        ("an object", realm(json!({ "admin": true })), 401),
        ("a number among names", realm(json!(["admin", 1])), 401),
    ] {
        let answer = app.get("/", Some(&token.sign())).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        if status == 401 {
            assert_eq!(answer.body, invalid, "{what}");
        }
    }
}

#[tokio::test]
async fn a_string_in_place_of_groups_is_refused_and_never_its_letters() {
    let app = serve(Policy::require(Requirement::any_group(&["a"]))).await;
    for groups in [
        json!("abc"),
        json!("a"),
        json!({ "a": 1 }),
        json!(["a", 1]),
        json!(1),
    ] {
        let token = token().claim("groups", groups.clone()).sign();
        let answer = app.get("/", Some(&token)).await;
        answer.is_invalid(&groups.to_string(), "Invalid token: Invalid claim 'groups'");
    }
}

#[tokio::test]
async fn a_rule_without_names_admits_nobody() {
    const ANY_OF_NOTHING: Requirement = Requirement::any(&[Requirement::all(&[])]);
    let everything = token().role("admin").groups(["", "*"]).scope("*").sign();
    let nobody = "Nobody may do this";
    for (requirement, detail) in [
        (Requirement::any(&[]), nobody),
        (Requirement::all(&[]), nobody),
        (ANY_OF_NOTHING, "Requires any of (what nobody has)"),
        (Requirement::any_role(&[]), nobody),
        (Requirement::any_group(&[]), nobody),
        (Requirement::any_scope(&[]), nobody),
        (Requirement::all_scopes(&[]), nobody),
    ] {
        let app = serve(Policy::require(requirement)).await;
        let answer = app.get("/", Some(&everything)).await;
        answer.refuses(
            &format!("{requirement:?}"),
            403,
            detail,
            Some(INSUFFICIENT_SCOPE),
        );
        app.get("/", None).await.is_missing("nobody at all");
    }
}

/// `POST /` reads a body and counts how often its extractor and its handler ran.
fn counting() -> (SecureRouter, Arc<AtomicUsize>) {
    struct Counted;
    impl FromRequestParts<Arc<AtomicUsize>> for Counted {
        type Rejection = std::convert::Infallible;
        async fn from_request_parts(
            _: &mut Parts,
            runs: &Arc<AtomicUsize>,
        ) -> Result<Self, Self::Rejection> {
            runs.fetch_add(1, Ordering::SeqCst);
            Ok(Self)
        }
    }
    let runs = Arc::new(AtomicUsize::new(0));
    let handler = |_: Counted, body: Bytes| async move { format!("{} bytes", body.len()) };
    let app = SecureRouter::new()
        .route("/", post(ADMIN.guard(handler)))
        .with_state(Arc::clone(&runs));
    (app, runs)
}

#[tokio::test]
async fn the_rule_is_checked_before_any_extractor() {
    let (app, runs) = counting();
    let app = App::secured(app.secured_by(ISSUER.authenticator())).await;
    for token in [None, Some(viewer()), Some(token().expired().sign())] {
        let answer = app.call(reqwest::Method::POST, "/", token.as_deref()).await;
        assert!(matches!(answer.status, 401 | 403), "{answer:?}");
    }
    assert_eq!(
        runs.load(Ordering::SeqCst),
        0,
        "an extractor ran for a refused caller"
    );
    let answer = app.call(reqwest::Method::POST, "/", Some(&admin())).await;
    answer.is_ok("admitted", "0 bytes");
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_body_of_a_refused_caller_is_never_read() {
    let (app, _) = counting();
    let app = App::secured(app.secured_by(ISSUER.authenticator())).await;
    let head = |token: &str, more: &str| {
        format!(
            "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
             Authorization: Bearer {token}\r\nContent-Length: 1000000\r\n{more}\r\n"
        )
    };
    for token in [viewer(), token().expired().sign(), "x".to_owned()] {
        // The promised body never comes. An extractor would wait for it for ever.
        let answer = app.raw(head(&token, "")).await;
        assert!(answer.starts_with("HTTP/1.1 40"), "{answer}");
        let answer = app.raw(head(&token, "Expect: 100-continue\r\n")).await;
        assert!(
            answer.starts_with("HTTP/1.1 40"),
            "the body was asked for: {answer}"
        );
        let answer = app.raw(head(&token, "") + "partial").await;
        assert!(answer.starts_with("HTTP/1.1 40"), "{answer}");
    }
    let head = head(&admin(), "Expect: 100-continue\r\n").replace("1000000", "3");
    let answer = app.raw(head + "abc").await;
    assert!(
        answer.starts_with("HTTP/1.1 100"),
        "an admitted caller's is: {answer}"
    );
    assert!(answer.contains("3 bytes"), "{answer}");
}

#[tokio::test]
async fn a_refused_caller_does_not_learn_what_a_body_must_look_like() {
    let handler = |Json(body): Json<Vec<u32>>| async move { format!("{}", body.len()) };
    let router = SecureRouter::new().route("/", post(ADMIN.guard(handler)));
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    let send = async |token: String| {
        let request = app.request(reqwest::Method::POST, "/").bearer_auth(token);
        super::support::send(request.body("not json")).await.status
    };
    assert_eq!(send(viewer()).await, 403);
    assert_eq!(send(admin()).await, 415);
}

#[tokio::test]
async fn a_guard_checks_also_inside_a_weaker_one() {
    // The outer policy decides whether the token is looked at; the inner one still refuses.
    let inner = || ADMIN.guard(whoami);
    let router = SecureRouter::new()
        .route("/open", get(Policy::AllowAnonymous.guard(inner())))
        .route("/some", get(Policy::Authenticated.guard(inner())));
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    app.get("/open", Some(&admin()))
        .await
        .is_missing("token not looked at");
    assert_eq!(app.get("/some", Some(&viewer())).await.status, 403);
    app.get("/some", Some(&admin())).await.is_ok("admin", "ada");
}
