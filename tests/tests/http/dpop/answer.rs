//! What refusals say, nonces, limits and settings.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pico_auth::routing::get;
use pico_auth::test_kit::ManualClock;
use pico_auth::{
    AuthClientError, Authentication, Authenticator, AuthorizationHeader, Dpop, Policy, RawToken,
    RequestHead, Requirement, SecureRouter, SecurityContext, TokenExtractor,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::super::support::{ADMIN, App, ISSUER, MISSING, behind, send, whoami};
use super::{DPOP, INVALID_TOKEN, KEY, OTHER, Service, URL, dpop};

const USE_NONCE: &str = r#"DPoP error="use_dpop_nonce", algs="ES256 ES384 EdDSA PS256 RS256""#;
const NEED_NONCE: &str = "Invalid token: The DPoP proof must hold the nonce of this answer";

#[tokio::test]
async fn challenges_name_the_schemes_that_are_accepted() {
    let clock = ManualClock::new();
    let issuer = ISSUER.clone().with_clock(clock.clone());
    let authenticator =
        issuer.authenticator_with(issuer.settings(), |builder| builder.dpop(dpop()));
    let scope = Policy::require(Requirement::any_scope(&["write"]));
    let router = SecureRouter::new()
        .route("/", get(Policy::Authenticated.guard(whoami)))
        .route("/admin", get(ADMIN.guard(whoami)))
        .route("/scope", get(scope.guard(whoami)))
        .route(
            "/inside",
            get(Policy::OptionalAuthentication
                .guard(|| async { Err::<(), _>(SecurityContext::require().unwrap_err()) })),
        );
    let app = App::secured(router.secured_by(authenticator)).await;
    let both = format!("Bearer, {DPOP}");
    for path in ["/", "/admin", "/inside", "/no-such-path"] {
        let answer = app.get(path, None).await;
        answer.refuses(path, 401, MISSING, Some(&both));
    }
    let token = issuer.token("ada").bound_to(&KEY).sign();
    let call = |path: &'static str, token: &str| {
        let url = format!("https://api.example{path}");
        let proof = issuer.proof(&KEY, "GET", &url, token).sign();
        let request = app.request(Method::GET, path).header("DPoP", proof);
        send(request.header("Authorization", format!("DPoP {token}")))
    };
    let answer = call("/admin", &token).await;
    let lacking = r#"DPoP error="insufficient_scope", algs="ES256 ES384 EdDSA PS256 RS256""#;
    answer.refuses(
        "role",
        403,
        "Requires one of roles: ['admin']",
        Some(lacking),
    );
    let answer = call("/scope", &token).await;
    let lacking =
        r#"DPoP error="insufficient_scope", scope="write", algs="ES256 ES384 EdDSA PS256 RS256""#;
    answer.refuses(
        "scope",
        403,
        "Requires one of scopes: ['write']",
        Some(lacking),
    );
    let expired = issuer.token("ada").bound_to(&KEY).expired().sign();
    let answer = call("/", &expired).await;
    answer.refuses("expired", 401, "Token has expired", Some(INVALID_TOKEN));
    let answer = app.get("/admin", Some(&issuer.token("ada").sign())).await;
    let lacking = format!(r#"Bearer error="insufficient_scope", {DPOP}"#);
    answer.refuses(
        "bearer",
        403,
        "Requires one of roles: ['admin']",
        Some(&lacking),
    );
}

/// Counts how often a token is looked for.
struct Counting(Arc<AtomicUsize>);

impl TokenExtractor for Counting {
    fn extract<'r>(
        &self,
        request: RequestHead<'r>,
    ) -> Result<Option<RawToken<'r>>, AuthClientError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        AuthorizationHeader.extract(request)
    }
}

/// Answers depend on the scheme by which the token came; nobody looks at it for their sake alone.
#[tokio::test]
async fn a_token_is_looked_for_once_and_for_open_routes_never() {
    let looks = Arc::new(AtomicUsize::new(0));
    let authenticator =
        ISSUER.authenticator_with(ISSUER.settings(), |builder| builder.dpop(dpop()));
    let counting = Counting(Arc::clone(&looks));
    let authentication = Authentication::with_extractor(authenticator, counting).problem_details();
    let router = SecureRouter::new()
        .route("/open", get(Policy::AllowAnonymous.guard(whoami)))
        .route("/", get(Policy::Authenticated.guard(whoami)))
        .route("/admin", get(ADMIN.guard(whoami)));
    let app = App::secured(router.secured_by(authentication)).await;
    let token = ISSUER.token("ada").sign();
    for (path, token, expected) in [
        ("/open", None, 0),
        ("/open", Some(&*token), 0),
        ("/open", Some("garbage"), 0),
        ("/", None, 1),
        ("/", Some(&*token), 1),
        ("/", Some("garbage"), 1),
        ("/admin", Some(&*token), 1),
        ("/no-such-path", Some(&*token), 1),
    ] {
        app.get(path, token).await;
        assert_eq!(
            looks.swap(0, Ordering::SeqCst),
            expected,
            "{path} {token:?}"
        );
    }
}

#[tokio::test]
async fn a_broken_proof_does_not_make_an_anonymous_caller() {
    let issuer = ISSUER.clone().with_clock(ManualClock::new());
    let authenticator =
        issuer.authenticator_with(issuer.settings(), |builder| builder.dpop(dpop()));
    let app = App::secured(behind(Policy::OptionalAuthentication, authenticator)).await;
    let token = issuer.token("ada").bound_to(&KEY).sign();
    let authorization = format!("DPoP {token}");
    let answer = app.get_with(&[("Authorization", &authorization)]).await;
    answer.is_bad_proof("missing", "is missing");
    let answer = app
        .get_with(&[("Authorization", &authorization), ("DPoP", "x")])
        .await;
    answer.is_bad_proof("garbage", "has not three parts");
    app.get_with(&[("DPoP", "x")])
        .await
        .is_ok("no token at all", "nobody");
}

#[tokio::test]
async fn a_nonce_is_demanded_and_only_the_service_makes_one() {
    let service = Service::with(|builder| builder.dpop(dpop().require_nonce())).await;
    let token = service.token().sign();
    let with = |nonce: Value| service.proof(&token).claim("nonce", nonce).sign();
    let challenge = service.get(&token, &[&service.proof(&token).sign()]).await;
    challenge.refuses("no nonce", 401, NEED_NONCE, Some(USE_NONCE));
    let nonce = challenge.header("dpop-nonce").unwrap().to_owned();
    assert!(!challenge.body.contains(&nonce));
    let answer = service.get(&token, &[&with(json!(nonce))]).await;
    answer.is_ok("with the nonce", "ada");
    assert_eq!(answer.header("dpop-nonce"), None);

    let other = Service::with(|builder| builder.dpop(dpop().require_nonce())).await;
    let proof = other.proof(&token).sign();
    let foreign = other.get(&token, &[&proof]).await;
    let foreign = foreign.header("dpop-nonce").unwrap();
    for forged in [
        json!(foreign),
        json!(""),
        json!("AAAA"),
        json!([nonce]),
        json!(null),
        json!(1),
    ] {
        let answer = service.get(&token, &[&with(forged.clone())]).await;
        answer.refuses(&forged.to_string(), 401, NEED_NONCE, Some(USE_NONCE));
        assert!(answer.header("dpop-nonce").is_some());
    }

    service.wait(300);
    let token = service.token().sign();
    let with = |nonce: &str| service.proof(&token).claim("nonce", nonce).sign();
    service
        .get(&token, &[&with(&nonce)])
        .await
        .is_ok("5 minutes later", "ada");
    service.wait(1);
    let answer = service.get(&token, &[&with(&nonce)]).await;
    answer.refuses("expired", 401, NEED_NONCE, Some(USE_NONCE));
    let fresh = answer.header("dpop-nonce").unwrap();
    service
        .get(&token, &[&with(fresh)])
        .await
        .is_ok("fresh", "ada");
    // A nonce is no replacement for what else a proof must be.
    let replayed = with(fresh);
    service.get(&token, &[&replayed]).await.is_ok("once", "ada");
    let answer = service.get(&token, &[&replayed]).await;
    answer.is_bad_proof("twice", "was used before");
}

#[tokio::test]
async fn instances_with_one_secret_accept_the_nonces_of_each_other() {
    let secret = [7; 32];
    let instance = || Service::with(|builder| builder.dpop(dpop().require_shared_nonce(secret)));
    let (one, two) = (instance().await, instance().await);
    let token = one.token().sign();
    let challenge = one.get(&token, &[&one.proof(&token).sign()]).await;
    let nonce = challenge.header("dpop-nonce").unwrap();
    let proof = two.proof(&token).claim("nonce", nonce).sign();
    two.get(&token, &[&proof])
        .await
        .is_ok("the other instance", "ada");
}

#[tokio::test]
async fn a_flood_of_proofs_is_not_accepted_unrecorded() {
    let service = Service::with(|builder| builder.dpop(dpop().replay_capacity(8))).await;
    let token = service.token().sign();
    let mut refused = Vec::new();
    for _ in 0..10 {
        let proof = service.proof(&token).sign();
        let answer = service.get(&token, &[&proof]).await;
        if answer.status != 200 {
            answer.refuses(
                "full",
                503,
                "The check of DPoP proofs is temporarily unavailable",
                None,
            );
            assert_eq!(answer.header("retry-after"), Some("70"));
            refused.push(proof);
        }
    }
    // A quarter for one key; others have their room.
    assert_eq!(refused.len(), 8);
    let other = service.issuer.token("eve").bound_to(&OTHER).sign();
    let proof = service.issuer.proof(&OTHER, "GET", URL, &other).sign();
    service
        .get(&other, &[&proof])
        .await
        .is_ok("another client", "eve");
    // A refused proof was not used.
    service.wait(30);
    let answer = service.get(&token, &[&refused[0]]).await;
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (503, Some("40"))
    );
    service.wait(40);
    let proof = service.proof(&token).sign();
    service
        .get(&token, &[&proof])
        .await
        .is_ok("room again", "ada");
}

#[test]
fn wrong_settings_are_told_at_start_up() {
    let build = |dpop: Dpop| {
        let settings = ISSUER.settings().build().unwrap();
        let error = Authenticator::builder(settings).dpop(dpop).build();
        let error = error.unwrap_err();
        assert_eq!(error.key(), "dpop");
        error.problem().to_owned()
    };
    let none: [&str; 0] = [];
    assert!(build(Dpop::new(none)).starts_with("names no public URL"));
    for url in [
        "",
        "api.example",
        "/api",
        "ftp://a.example",
        "https://u:pw@a.example",
        "https://a.example?q",
    ] {
        let problem = build(Dpop::new([url]));
        assert!(
            problem.starts_with("a public URL is not"),
            "{url}: {problem}"
        );
        assert!(!problem.contains("pw"));
    }
    assert!(build(dpop().algorithms([])).contains("algorithm"));
    assert!(build(dpop().max_age(Duration::ZERO)).contains("max_age"));
    assert!(build(dpop().max_age(Duration::from_secs(3601))).contains("max_age"));
    assert!(build(dpop().leeway(Duration::from_secs(301))).contains("leeway"));
    assert!(build(dpop().replay_capacity(0)).contains("replay_capacity"));
    assert!(build(dpop().nonce_lifetime(Duration::ZERO)).contains("nonce_lifetime"));
    assert!(build(dpop().require_shared_nonce([1; 31])).contains("32"));
    let shown = format!(
        "{:?}",
        dpop().require_shared_nonce(b"a secret that must not be shown!")
    );
    assert!(
        !shown.contains("secret") && !shown.contains("115"),
        "{shown}"
    );
}
