//! Conditions on the request over HTTP: before the extractors, only who cannot pass is refused.

use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use pico_auth::routing::get;
use pico_auth::{
    Policy, PolicyDecider, Requirement, Role, SecureRouter, SecurityContext, authorize,
    requires_agent_scope, requires_role, requires_scope,
};

use super::support::{App, INSUFFICIENT_SCOPE, ISSUER, behind};

#[derive(Role)]
#[role(rename_all = "lowercase")]
enum AppRole {
    #[role(implies(Editor))]
    Admin,
    #[role(implies(Viewer))]
    Editor,
    Viewer,
}

/// Counts how often something was extracted.
struct Counted;

static EXTRACTED: AtomicUsize = AtomicUsize::new(0);

impl<S: Sync> FromRequestParts<S> for Counted {
    type Rejection = Response;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Response> {
        EXTRACTED.fetch_add(1, Ordering::SeqCst);
        Ok(Self)
    }
}

/// The owner of the path; `locked` cannot be decided.
#[derive(Clone)]
struct Grants;

impl PolicyDecider<str> for Grants {
    async fn decide(
        &self,
        caller: &SecurityContext,
        action: &str,
        owner: &str,
    ) -> Result<bool, Box<dyn Error + Send + Sync>> {
        if owner == "locked" {
            return Err("the database is down".into());
        }
        Ok(action == "view" && caller.subject() == owner)
    }
}

#[authorize(all(role(AppRole::Viewer), any(role(AppRole::Admin), when(ctx.subject() == owner))))]
async fn own(_: Counted, Path(owner): Path<String>) -> String {
    owner
}

#[authorize(when(grants.permits(ctx, "view", owner.as_str()).await))]
async fn external(State(grants): State<Grants>, Path(owner): Path<String>) -> String {
    owner
}

#[authorize(after = |ctx, owner: &String| owner == ctx.subject())]
async fn result(Path(owner): Path<String>) -> String {
    owner
}

#[requires_role(AppRole::Viewer)]
async fn view() -> &'static str {
    "seen"
}

fn router() -> SecureRouter {
    SecureRouter::new()
        .route("/own/{owner}", get(own))
        .route("/external/{owner}", get(external))
        .route("/result/{owner}", get(result))
        .route("/view", get(view))
        .with_state(Grants)
}

async fn app() -> App {
    let authenticator = ISSUER.authenticator_with(ISSUER.settings(), |builder| {
        builder.role_hierarchy::<AppRole>()
    });
    App::secured(router().secured_by(authenticator)).await
}

#[tokio::test]
async fn only_a_definite_no_refuses_before_the_extractors() {
    let app = app().await;
    let token = |subject: &str, role: &str| ISSUER.token(subject).role(role).sign();
    let cases = [
        // No role: whatever the condition comes to, nobody may pass.
        ("/own/vic", token("vic", "x"), 403, 0),
        // It depends on the request.
        ("/own/ada", token("vic", "viewer"), 403, 1),
        ("/own/vic", token("vic", "viewer"), 200, 1),
        // The hierarchy makes an admin a viewer, and the condition does not matter.
        ("/own/vic", token("ada", "admin"), 200, 1),
    ];
    for (path, token, status, extracted) in cases {
        let before = EXTRACTED.load(Ordering::SeqCst);
        let answer = app.get(path, Some(&token)).await;
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        let after = EXTRACTED.load(Ordering::SeqCst);
        assert_eq!(after - before, extracted, "{path}: {answer:?}");
    }
    let nobody = app.get("/own/vic", None).await;
    assert_eq!(nobody.status, 401);

    // The refusal does not tell the condition.
    let token = ISSUER.token("vic").role("viewer").sign();
    let refusal = app.get("/own/ada", Some(&token)).await;
    assert_eq!(
        refusal.body,
        r#"{"detail":"Requires any of (one of roles: ['admin']; a condition on the request)"}"#
    );
    assert_eq!(refusal.headers["www-authenticate"], INSUFFICIENT_SCOPE);
}

#[tokio::test]
async fn decisions_made_elsewhere() {
    let app = app().await;
    let vic = || ISSUER.token("vic").sign();
    for (path, status) in [
        ("/external/vic", 200),
        ("/external/ada", 403),
        ("/external/locked", 503),
        ("/result/vic", 200),
        ("/result/ada", 403),
    ] {
        let answer = app.get(path, Some(&vic())).await;
        assert_eq!(answer.status, status, "{path}: {answer:?}");
        assert_eq!(answer.headers.contains_key("retry-after"), status == 503);
        assert!(!answer.body.contains("database"), "{answer:?}");
    }
}

#[tokio::test]
async fn the_authenticator_applies_the_hierarchy() {
    let app = app().await;
    for (role, status) in [("admin", 200), ("viewer", 200), ("Admin", 403), ("x", 403)] {
        let token = ISSUER.token("u").role(role).sign();
        assert_eq!(
            app.get("/view", Some(&token)).await.status,
            status,
            "{role}"
        );
    }
    let token = ISSUER.token("u").role(AppRole::Admin).sign();
    assert_eq!(app.get("/view", Some(&token)).await.status, 200);
    let without = App::secured(router().secured_by(ISSUER.authenticator())).await;
    let token = ISSUER.token("u").role("admin").sign();
    assert_eq!(without.get("/view", Some(&token)).await.status, 403);
}

#[authorize(when(ctx.subject() == owner))]
#[requires_scope("pay")]
async fn paid(Path(owner): Path<String>) -> String {
    owner
}

#[authorize(all(when(ctx.subject() == owner), role("admin")))]
async fn administered(Path(owner): Path<String>) -> String {
    owner
}

#[authorize(when(ctx.subject() == owner))]
#[requires_agent_scope("orders:read")]
async fn delegated(Path(owner): Path<String>) -> String {
    owner
}

/// Of what must all hold, a condition is not blamed before it was asked.
#[tokio::test]
async fn what_fails_beside_a_condition_is_what_the_refusal_names() {
    let router = SecureRouter::new()
        .route("/paid/{owner}", get(paid))
        .route("/administered/{owner}", get(administered))
        .route("/delegated/{owner}", get(delegated));
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    let of_scope = format!(r#"{INSUFFICIENT_SCOPE}, scope="pay""#);
    let no_agent = "Endpoint requires X-Agent-Authorization header (agent token)";
    let plain = ISSUER.token("vic").sign();
    for (path, status, detail, challenge) in [
        (
            "/paid",
            403,
            "Requires one of scopes: ['pay']",
            of_scope.as_str(),
        ),
        (
            "/administered",
            403,
            "Requires one of roles: ['admin']",
            INSUFFICIENT_SCOPE,
        ),
        ("/delegated", 401, no_agent, "Bearer"),
    ] {
        // Whatever the condition would come to.
        for owner in ["vic", "ada"] {
            let path = format!("{path}/{owner}");
            let answer = app.get(&path, Some(&plain)).await;
            answer.refuses(&path, status, detail, Some(challenge));
        }
    }
    let full = ISSUER.token("vic").role("admin").scope("pay").sign();
    for path in ["/paid", "/administered"] {
        let answer = app.get(&format!("{path}/vic"), Some(&full)).await;
        answer.is_ok(path, "vic");
        let answer = app.get(&format!("{path}/ada"), Some(&full)).await;
        let detail = "Requires a condition on the request";
        answer.refuses(path, 403, detail, Some(INSUFFICIENT_SCOPE));
    }
}

/// A rule that depends on the request, where no function decides it.
#[tokio::test]
async fn undecided_is_refused() {
    const OPEN: Policy = Policy::require(Requirement::When(0));

    #[authorize(when(true))]
    async fn decided() -> &'static str {
        "seen"
    }

    let token = ISSUER.token("u").sign();
    let required = SecureRouter::new().route("/", get(decided)).require(OPEN);
    let apps = [
        behind(OPEN, ISSUER.authenticator()),
        required.secured_by(ISSUER.authenticator()),
    ];
    for app in apps {
        let app = App::secured(app).await;
        assert_eq!(app.get("/", Some(&token)).await.status, 403);
    }
}
