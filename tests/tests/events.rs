//! What a service under attack writes to its log. A binary of its own: the limits count for a whole
//! process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::error::Error;
use std::time::Instant;

use axum::routing::get;
use pico_auth::{
    Authentication, AuthenticatorBuilder, Policy, RoleResolver, SecureRouter, TokenClaims,
    TokenCookie, optional_authentication, routing,
};
use reqwest::Method;
use tokio::sync::Mutex as TurnTaking;
use tracing::subscriber::set_default;

#[path = "log/capture.rs"]
#[allow(dead_code, reason = "shared with other binaries")]
mod capture;
#[path = "waiting/soon.rs"]
mod soon;
#[path = "http/support.rs"]
#[allow(dead_code, reason = "shared with the other stages")]
mod support;

use capture::Capture;
use soon::soon;
use support::{ADMIN, App, ISSUER, admin, whoami};

/// One test at a time: they share the limits.
static TURN: TurnTaking<()> = TurnTaking::const_new(());

/// Asks until something of it is logged: the flood of another test may have used up this second.
async fn until_logged(capture: &Capture, mut ask: impl AsyncFnMut()) {
    soon("logged", async {
        while capture.lines().is_empty() {
            ask().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_flood_of_bad_tokens_writes_few_events_and_no_secret() {
    let _turn = TURN.lock().await;
    let capture = Capture::default();
    let router = SecureRouter::new()
        .route("/admin", routing::get(ADMIN.guard(whoami)))
        .route("/any", routing::get(Policy::Authenticated.guard(whoami)));
    let app = App::secured(router.secured_by(ISSUER.authenticator())).await;
    let secretive = || ISSUER.token("u1").role("held-role").groups(["held-group"]);
    let tokens = [
        secretive().scope("held-scope").sign(),
        secretive().expired().header("kid", "key-1").sign(),
        secretive().claim("aud", "x").sign(),
        secretive().with_signature(b"0123456789"),
        "AAAABBBBCCCC".to_owned(),
    ];

    let _guard = set_default(capture.clone());
    let started = Instant::now();
    for token in tokens.iter().cycle().take(1000) {
        assert!(matches!(
            app.get("/admin", Some(token)).await.status,
            401 | 403
        ));
    }
    let windows = started.elapsed().as_secs() + 2;

    let lines = capture.lines();
    assert!(!lines.is_empty(), "silence is no log");
    let reasons = 5;
    let most = usize::try_from(windows * 20 * reasons).unwrap();
    assert!(lines.len() <= most, "{} events in {windows} s", lines.len());
    let log = lines.join("\n");
    for token in &tokens {
        for part in token.split('.') {
            assert!(
                !log.contains(part),
                "a part of a token is in the log:\n{log}"
            );
        }
    }
    assert!(
        !log.contains("held-"),
        "what the caller holds is in the log:\n{log}"
    );
    assert!(log.contains("Requires one of roles: ['admin']"), "{log}");
    assert!(
        log.contains(r#"auth.reason="expired""#) && log.contains(r#"jwt.kid="key-1""#),
        "{log}"
    );
}

#[tokio::test]
async fn hostile_ids_reach_the_log_short_and_as_fields() {
    let _turn = TURN.lock().await;
    let app = support::serve(Policy::Authenticated).await;
    let kid = format!("x\n2027-01-15 ERROR forged line{}", "y".repeat(5000));
    let token = ISSUER.token("u1").header("kid", kid).sign();
    let capture = Capture::default();
    let _guard = set_default(capture.clone());
    until_logged(&capture, async || {
        assert_eq!(app.get("/", Some(&token)).await.status, 401);
    })
    .await;
    for line in capture.lines() {
        assert!(
            !line.contains('\n'),
            "an attacker wrote a line of the log: {line}"
        );
        assert!(line.len() < 300, "{} bytes: {line}", line.len());
    }
}

#[tokio::test]
async fn a_rule_that_nobody_enforces_is_said_loudly_and_once_per_call() {
    let _turn = TURN.lock().await;
    let app = axum::Router::new().route("/", get(ADMIN.guard(whoami)));
    let app = App::serve(app).await;
    let capture = Capture::default();
    let _guard = set_default(capture.clone());

    app.get("/", Some(&admin()))
        .await
        .is_missing("no layer at all");
    let lines = capture.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("ERROR"), "{lines:?}");
    assert!(
        lines[0].contains("secured_by") && lines[0].contains("AuthLayer"),
        "{lines:?}"
    );

    let started = Instant::now();
    for _ in 0..200 {
        app.get("/", None).await.is_missing("again");
    }
    let most = usize::try_from((started.elapsed().as_secs() + 2) * 20).unwrap();
    assert!(capture.lines().len() <= most, "it is rate-limited");
}

/// A resolver that puts what it should not into its error.
struct Talkative;

impl RoleResolver for Talkative {
    async fn resolve(&self, _: &TokenClaims) -> Result<Vec<String>, Box<dyn Error + Send + Sync>> {
        Err("down\n2027-01-15 INFO refused: nothing happened".into())
    }
}

#[tokio::test]
async fn every_refusal_says_which_key_and_token_it_was() {
    let _turn = TURN.lock().await;
    let talkative = |parts: AuthenticatorBuilder| parts.role_resolver(Talkative);
    let outage = ISSUER.authenticator_with(ISSUER.settings(), talkative);
    for (what, authenticator, aud) in [
        ("audience", ISSUER.authenticator(), "other"),
        (
            "insufficient_permissions",
            ISSUER.authenticator(),
            "test-api",
        ),
        ("roles", outage, "test-api"),
    ] {
        let app = App::secured(support::behind(ADMIN, authenticator)).await;
        let token = ISSUER
            .token("u1")
            .claim("aud", aud)
            .claim("jti", "token-of-u1")
            .sign();
        let capture = Capture::default();
        let _guard = set_default(capture.clone());
        until_logged(&capture, async || {
            assert_ne!(app.get("/", Some(&token)).await.status, 200);
        })
        .await;
        let line = &capture.lines()[0];
        assert!(line.contains(&format!("auth.reason={what:?}")), "{line}");
        assert!(line.contains(r#"jwt.kid="key-1""#), "{line}");
        assert!(line.contains(r#"jwt.jti="token-of-u1""#), "{line}");
        assert!(
            !line.contains('\n'),
            "a cause wrote a line of the log: {line}"
        );
    }
}

#[tokio::test]
async fn a_cross_site_request_is_logged_without_its_cookie() {
    let _turn = TURN.lock().await;
    let authentication =
        Authentication::with_extractor(ISSUER.authenticator(), TokenCookie::default());
    let app = App::secured(support::behind(ADMIN, authentication)).await;
    let token = admin();
    for (site, reason) in [
        (Some("cross-site"), "cross_site"),
        (None, "cross_site_unknown"),
    ] {
        let capture = Capture::default();
        let _guard = set_default(capture.clone());
        until_logged(&capture, async || {
            let mut request = app.request(Method::POST, "/");
            request = request.header("Cookie", format!("__Host-token={token}"));
            if let Some(site) = site {
                request = request.header("Sec-Fetch-Site", site);
            }
            assert_eq!(support::send(request).await.status, 403);
        })
        .await;
        let line = &capture.lines()[0];
        assert!(line.contains(&format!("reason={reason:?}")), "{line}");
        assert!(line.contains("Cross-site request refused: "), "{line}");
        for part in token.split('.') {
            assert!(
                !line.contains(part),
                "a part of the token is in the log: {line}"
            );
        }
    }
}

#[tokio::test]
async fn a_flood_of_one_kind_does_not_hide_another() {
    let _turn = TURN.lock().await;
    let app = support::serve(ADMIN).await;
    let capture = Capture::default();
    let _guard = set_default(capture.clone());
    for _ in 0..100 {
        app.get("/", None).await;
    }
    let forged = ISSUER.token("u1").with_signature(b"0123456789");
    // Its own limit may be used up by another test, for a second at most.
    let of_forgery = |line: &String| line.contains(r#"auth.reason="signature""#);
    soon("seen beside the flood", async {
        while !capture.lines().iter().any(of_forgery) {
            app.get("/", None).await;
            app.get("/", Some(&forged)).await;
        }
    })
    .await;
}

#[optional_authentication]
async fn maybe() -> &'static str {
    "whoever"
}

#[tokio::test]
async fn optional_authentication_without_a_layer_is_said_loudly() {
    let _turn = TURN.lock().await;
    let app = App::serve(axum::Router::new().route("/", get(maybe))).await;
    let capture = Capture::default();
    let _guard = set_default(capture.clone());
    until_logged(&capture, async || {
        assert_eq!(app.get("/", Some("bad")).await.status, 200);
    })
    .await;
    assert!(
        capture.lines()[0].starts_with("ERROR"),
        "{:?}",
        capture.lines()
    );
}

#[tokio::test]
async fn one_refusal_is_one_event() {
    let _turn = TURN.lock().await;
    let app = support::serve(ADMIN).await;
    let capture = Capture::default();
    let _guard = set_default(capture.clone());
    let viewer = support::viewer();
    let mut requests = 0;
    until_logged(&capture, async || {
        assert_eq!(app.get("/", Some(&viewer)).await.status, 403);
        requests += 1;
    })
    .await;
    let lines = capture.lines();
    assert_eq!(lines.len(), 1, "after {requests} requests: {lines:?}");
    assert!(lines[0].starts_with("INFO"), "{lines:?}");
    app.get("/", Some(&admin())).await.is_ok("admitted", "ada");
    let lines = capture.lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[1].starts_with("DEBUG"), "an admission: {lines:?}");
}
