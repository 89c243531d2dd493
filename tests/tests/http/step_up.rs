//! Rules that ask for a strong or recent authentication (RFC 9470).

use std::time::Duration;

use pico_auth::routing::get;
use pico_auth::test_kit::{ManualClock, TestIssuer};
use pico_auth::{
    AuthClientError, AuthLayer, AuthenticationStrength, Policy, Requirement, SecureRouter,
    authorize, requires_authentication, requires_role, requires_scope,
};
use serde_json::{Value, json};

use super::support::{ADMIN, App, INSUFFICIENT_SCOPE};

type TestResult = Result<&'static str, AuthClientError>;

#[requires_authentication(acr("mfa", "phr"), max_age_seconds = 300)]
async fn fresh() -> TestResult {
    Ok("fresh")
}

#[requires_authentication(acr = "mfa")]
#[requires_role("admin")]
#[requires_scope("pay")]
async fn strong_admin() -> TestResult {
    Ok("strong admin")
}

#[authorize(any(role("admin"), authentication(max_age_seconds = 300)))]
async fn admin_or_recent() -> TestResult {
    Ok("admin or recent")
}

#[authorize(any(all(role("admin"), authentication(acr = "mfa")), scope("pay")))]
async fn strong_admin_or_scope() -> TestResult {
    Ok("strong admin or scope")
}

#[authorize(all(authentication(acr = "mfa"), when(ctx.subject() == "alice")))]
async fn strong_alice() -> TestResult {
    Ok("strong alice")
}

#[authorize(any(all(role("admin"), authentication(acr = "mfa")), when(ctx.subject() == "alice")))]
async fn alice_or_strong_admin() -> TestResult {
    Ok("alice or strong admin")
}

const PHR: Policy = Policy::require(Requirement::authentication(
    &AuthenticationStrength::new().acr(&["phr"]),
));
const MFA: Policy = Policy::require(Requirement::authentication(
    &AuthenticationStrength::new().acr(&["mfa"]),
));
const FRESH: &str =
    r#"Bearer error="insufficient_user_authentication", acr_values="mfa phr", max_age="300""#;
const MFA_ASKED: &str = r#"Bearer error="insufficient_user_authentication", acr_values="mfa""#;
const FRESH_DETAIL: &str =
    "Requires authentication with one of acr values: ['mfa', 'phr'] within the last 300 seconds";
const MFA_DETAIL: &str = "Requires authentication with one of acr values: ['mfa']";

struct World {
    issuer: TestIssuer,
    clock: ManualClock,
    app: App,
}

impl World {
    async fn new(leeway_seconds: i64) -> Self {
        let clock = ManualClock::new();
        let issuer = TestIssuer::in_memory().with_clock(clock.clone());
        let settings = issuer.settings().leeway_seconds(leeway_seconds);
        let authenticator = issuer.authenticator_with(settings, |builder| builder);
        let behind = |policy: Policy, path: &str, handler| {
            SecureRouter::new()
                .route(path, get(handler))
                .require(policy)
        };
        let router = SecureRouter::new()
            .route("/fresh", get(fresh))
            .route("/strong-admin", get(strong_admin))
            .route("/admin-or-recent", get(admin_or_recent))
            .route("/strong-admin-or-scope", get(strong_admin_or_scope))
            .route("/strong-alice", get(strong_alice))
            .route("/alice-or-strong-admin", get(alice_or_strong_admin))
            .merge(behind(ADMIN, "/fresh-for-admin", fresh))
            .merge(behind(PHR, "/fresh-and-phr", fresh))
            .merge(behind(MFA, "/both", fresh).require(PHR));
        let app = App::secured(router.secured_by(authenticator)).await;
        Self { issuer, clock, app }
    }

    /// Of alice, with these claims.
    fn token(&self, claims: &Value) -> String {
        let token = self
            .issuer
            .token("alice")
            .expires_in(Duration::from_secs(86_400));
        let members = claims.as_object().unwrap().iter();
        let token = members.fold(token, |token, (name, value)| {
            token.claim(name, value.clone())
        });
        token.sign()
    }

    fn ago(&self, seconds: i64) -> i64 {
        use pico_auth::Clock;
        i64::try_from(self.clock.now().as_secs()).unwrap() - seconds
    }
}

#[tokio::test]
async fn who_has_authenticated_so_is_admitted_until_it_is_too_long_ago() {
    let world = World::new(0).await;
    let token = world.token(&json!({ "acr": "phr", "auth_time": world.ago(0) }));
    world
        .app
        .get("/fresh", Some(&token))
        .await
        .is_ok("now", "fresh");
    world.clock.advance(Duration::from_secs(300));
    world
        .app
        .get("/fresh", Some(&token))
        .await
        .is_ok("at the limit", "fresh");
    // The token is remembered by now; how old it is, is not.
    world.clock.advance(Duration::from_secs(1));
    let answer = world.app.get("/fresh", Some(&token)).await;
    answer.refuses("too old", 401, FRESH_DETAIL, Some(FRESH));
}

#[tokio::test]
async fn a_token_that_does_not_tell_or_tells_lies_steps_up() {
    let world = World::new(0).await;
    for (what, claims) in [
        ("neither claim", json!({})),
        ("no auth_time", json!({ "acr": "mfa" })),
        ("no acr", json!({ "auth_time": world.ago(1) })),
        (
            "another acr",
            json!({ "acr": "pwd", "auth_time": world.ago(1) }),
        ),
        (
            "acr in upper case",
            json!({ "acr": "MFA", "auth_time": world.ago(1) }),
        ),
        (
            "acr with a space",
            json!({ "acr": "mfa ", "auth_time": world.ago(1) }),
        ),
        (
            "several in one acr",
            json!({ "acr": "mfa phr", "auth_time": world.ago(1) }),
        ),
        (
            "acr as a list",
            json!({ "acr": ["mfa"], "auth_time": world.ago(1) }),
        ),
        (
            "acr as null",
            json!({ "acr": null, "auth_time": world.ago(1) }),
        ),
        (
            "amr in place of acr",
            json!({ "amr": ["mfa"], "auth_time": world.ago(1) }),
        ),
        (
            "auth_time in the future",
            json!({ "acr": "mfa", "auth_time": world.ago(-1) }),
        ),
        (
            "auth_time in milliseconds",
            json!({ "acr": "mfa", "auth_time": world.ago(1) * 1000 }),
        ),
        (
            "auth_time as text",
            json!({ "acr": "mfa", "auth_time": world.ago(1).to_string() }),
        ),
        (
            "a negative auth_time",
            json!({ "acr": "mfa", "auth_time": -1 }),
        ),
        (
            "iat in place of auth_time",
            json!({ "acr": "mfa", "iat": world.ago(1) }),
        ),
    ] {
        let token = world.token(&claims);
        let answer = world.app.get("/fresh", Some(&token)).await;
        answer.refuses(what, 401, FRESH_DETAIL, Some(FRESH));
    }
}

#[tokio::test]
async fn the_leeway_is_allowed_for_on_both_sides() {
    let world = World::new(10).await;
    for (seconds_ago, admitted) in [(-11, false), (-10, true), (310, true), (311, false)] {
        let token = world.token(&json!({ "acr": "mfa", "auth_time": world.ago(seconds_ago) }));
        let status = world.app.get("/fresh", Some(&token)).await.status;
        assert_eq!(status == 200, admitted, "{seconds_ago}");
    }
}

#[tokio::test]
async fn nobody_is_sent_to_authenticate_who_would_be_refused_afterwards() {
    let world = World::new(0).await;
    let ago = world.ago(1000);
    let roles = "Requires one of roles: ['admin']";
    for (path, claims, expected) in [
        (
            "/strong-admin",
            json!({ "role": "admin", "scope": "pay" }),
            (401, MFA_DETAIL, MFA_ASKED),
        ),
        (
            "/strong-admin",
            json!({ "scope": "pay" }),
            (403, roles, INSUFFICIENT_SCOPE),
        ),
        (
            "/strong-admin",
            json!({ "role": "admin" }),
            (
                403,
                "Requires one of scopes: ['pay']",
                r#"Bearer error="insufficient_scope", scope="pay""#,
            ),
        ),
        (
            "/admin-or-recent",
            json!({ "auth_time": ago }),
            (
                401,
                "Requires authentication within the last 300 seconds",
                r#"Bearer error="insufficient_user_authentication", max_age="300""#,
            ),
        ),
        (
            "/strong-admin-or-scope",
            json!({ "role": "admin" }),
            (401, MFA_DETAIL, MFA_ASKED),
        ),
        (
            "/strong-admin-or-scope",
            json!({ "acr": "pwd" }),
            (
                403,
                "Requires any of (all of (one of roles: ['admin']; authentication with one of acr values: \
                 ['mfa']); one of scopes: ['pay'])",
                INSUFFICIENT_SCOPE,
            ),
        ),
        // The condition is asked only once the rest can hold.
        ("/strong-alice", json!({}), (401, MFA_DETAIL, MFA_ASKED)),
        (
            "/strong-alice",
            json!({ "sub": "bob" }),
            (401, MFA_DETAIL, MFA_ASKED),
        ),
        (
            "/strong-alice",
            json!({ "sub": "bob", "acr": "mfa" }),
            (
                403,
                "Requires a condition on the request",
                INSUFFICIENT_SCOPE,
            ),
        ),
        (
            "/alice-or-strong-admin",
            json!({ "sub": "bob", "role": "admin" }),
            (401, MFA_DETAIL, MFA_ASKED),
        ),
        // Rules of a router and of the function, together.
        (
            "/fresh-for-admin",
            json!({ "role": "admin" }),
            (401, FRESH_DETAIL, FRESH),
        ),
        (
            "/fresh-for-admin",
            json!({}),
            (403, roles, INSUFFICIENT_SCOPE),
        ),
        (
            "/fresh-and-phr",
            json!({ "acr": "mfa" }),
            (
                401,
                "Requires authentication with one of acr values: ['phr'] within the last 300 seconds",
                r#"Bearer error="insufficient_user_authentication", acr_values="phr", max_age="300""#,
            ),
        ),
        (
            "/both",
            json!({}),
            (403, "Nobody may do this", INSUFFICIENT_SCOPE),
        ),
    ] {
        let token = world.token(&claims);
        let answer = world.app.get(path, Some(&token)).await;
        let (status, detail, challenge) = expected;
        answer.refuses(&format!("{path} {claims}"), status, detail, Some(challenge));
    }
}

#[tokio::test]
async fn the_rest_of_a_rule_admits_without_it() {
    let world = World::new(0).await;
    for (path, claims, body) in [
        (
            "/admin-or-recent",
            json!({ "role": "admin" }),
            "admin or recent",
        ),
        (
            "/admin-or-recent",
            json!({ "auth_time": world.ago(300) }),
            "admin or recent",
        ),
        (
            "/strong-admin",
            json!({ "role": "admin", "scope": "pay", "acr": "mfa" }),
            "strong admin",
        ),
        ("/strong-alice", json!({ "acr": "mfa" }), "strong alice"),
        ("/alice-or-strong-admin", json!({}), "alice or strong admin"),
    ] {
        let token = world.token(&claims);
        world.app.get(path, Some(&token)).await.is_ok(path, body);
    }
}

#[tokio::test]
async fn the_function_itself_asks_behind_a_plain_router() {
    let issuer = TestIssuer::in_memory();
    let router = axum::Router::new()
        .route("/", axum::routing::get(fresh))
        .layer(AuthLayer::new(issuer.authenticator()).unwrap());
    let app = App::serve(router).await;
    let token = issuer.token("alice").claim("acr", "mfa").sign();
    let answer = app.get("/", Some(&token)).await;
    answer.refuses("no auth_time", 401, FRESH_DETAIL, Some(FRESH));
}
