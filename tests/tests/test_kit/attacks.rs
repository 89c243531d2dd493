//! Every hostile token is refused by a service, with its own words; the same token without the attack is not.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Request, Response};
use http_body_util::BodyExt;
use pico_auth::routing::get;
use pico_auth::test_kit::{Attack, ManualClock, RequestTokens, TestIssuer, TestKey};
use pico_auth::{Algorithm, Policy, Requirement, SecureRouter, SecuredService};
use tower::ServiceExt;

fn service(issuer: &TestIssuer) -> SecuredService {
    let admin = Policy::require(Requirement::any_role(&["admin"]));
    let agent = Policy::require(Requirement::any_agent_scope(&["orders:read"]));
    SecureRouter::new()
        .route("/admin", get(admin.guard(|| async { "admin" })))
        .route("/agent", get(agent.guard(|| async { "agent" })))
        .route(
            "/optional",
            get(Policy::OptionalAuthentication.guard(|| async { "optional" })),
        )
        .route(
            "/open",
            get(Policy::AllowAnonymous.guard(|| async { "open" })),
        )
        .secured_by(issuer.authenticator())
}

async fn send(service: &SecuredService, request: Request<Body>) -> (u16, String) {
    let answer: Response<Body> = service.clone().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn asked(service: &SecuredService, path: &str, token: &str) -> (u16, String) {
    let request = Request::get(path).bearer(token).body(Body::empty());
    send(service, request.unwrap()).await
}

/// With a key of each kind: what is signed by an elliptic curve is attacked as what is signed by RSA.
#[tokio::test]
async fn every_attack_is_refused_with_401_and_its_own_words() {
    for algorithm in [
        Algorithm::RS256,
        Algorithm::ES256,
        Algorithm::EdDSA,
        Algorithm::MlDsa44,
    ] {
        let issuer = TestIssuer::in_memory().with_keys_of([algorithm]);
        let service = service(&issuer);
        let token = || issuer.token("u1").role("admin");
        let admitted = (200, "admin".to_owned());
        assert_eq!(asked(&service, "/admin", &token().sign()).await, admitted);
        for attack in Attack::ALL {
            let hostile = token().attack(*attack);
            let refused = (401, format!(r#"{{"detail":"{}"}}"#, attack.detail()));
            for path in ["/admin", "/optional", "/unknown"] {
                let answer = asked(&service, path, &hostile).await;
                assert_eq!(answer, refused, "{algorithm}, {attack}, {path}");
            }
            let open = (200, "open".to_owned());
            assert_eq!(asked(&service, "/open", &hostile).await, open, "{attack}");
        }
    }
}

#[tokio::test]
async fn every_attack_by_an_agent_is_refused() {
    let issuer = TestIssuer::in_memory();
    let service = service(&issuer);
    let agent = || issuer.token("bot").agent_scopes(["orders:read"]);
    let request = |agent: String| {
        let request = Request::get("/agent").bearer(issuer.token("u1").sign());
        request.agent(agent).body(Body::empty()).unwrap()
    };
    assert_eq!(send(&service, request(agent().sign())).await.0, 200);
    for attack in Attack::ALL {
        let (status, body) = send(&service, request(agent().attack(*attack))).await;
        let detail = match attack {
            Attack::Expired => "Agent token has expired".to_owned(),
            _ => attack
                .detail()
                .replacen("Invalid token", "Invalid agent token", 1),
        };
        assert_eq!(
            (status, body),
            (401, format!(r#"{{"detail":"{detail}"}}"#)),
            "{attack}"
        );
    }
}

/// The attack is the only thing that is wrong: the claims are those of the token it was made of.
#[test]
fn an_attack_changes_nothing_but_itself() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let issuer = TestIssuer::in_memory().with_clock(ManualClock::new());
    for attack in Attack::ALL {
        let token = issuer
            .token("u1")
            .role("admin")
            .claim("nested", serde_json::json!({ "a": {} }));
        let hostile = token.attack(*attack);
        let claims = URL_SAFE_NO_PAD
            .decode(hostile.split('.').nth(1).unwrap())
            .unwrap();
        let claims = String::from_utf8(claims).unwrap();
        assert!(claims.contains(r#""role":"admin""#), "{attack}: {claims}");
        assert!(
            claims.contains(r#""nested":{"a":{}}"#),
            "{attack}: {claims}"
        );
        let twice = claims.matches(r#""sub":"#).count() == 2;
        assert_eq!(
            twice,
            *attack == Attack::DuplicateClaim,
            "{attack}: {claims}"
        );
    }
}

#[test]
fn every_attack_has_a_name_of_its_own() {
    let names: BTreeSet<String> = Attack::ALL.iter().map(ToString::to_string).collect();
    assert_eq!(names.len(), Attack::ALL.len());
}

/// Time is the issuer's: what has not expired by its clock is good.
#[tokio::test]
async fn attacks_of_time_go_by_the_clock_of_the_issuer() {
    let clock = ManualClock::new();
    let issuer = TestIssuer::in_memory().with_clock(clock.clone());
    let service = service(&issuer);
    let early = issuer.token("u1").role("admin").attack(Attack::NotYetValid);
    assert_eq!(asked(&service, "/admin", &early).await.0, 401);
    clock.advance(std::time::Duration::from_secs(3600));
    assert_eq!(asked(&service, "/admin", &early).await.0, 200);
}

/// A key of the attacker's own, of any kind, under the `kid` of the issuer's.
#[tokio::test]
async fn a_key_of_another_kind_under_the_same_kid_is_refused() {
    let issuer = TestIssuer::in_memory();
    let service = service(&issuer);
    let attacker = TestKey::generate(issuer.key().kid(), Algorithm::EdDSA);
    let token = issuer.token("u1").role("admin").with_key(&attacker).sign();
    let (status, body) = asked(&service, "/admin", &token).await;
    assert_eq!(
        (status, &*body),
        (
            401,
            r#"{"detail":"Invalid token: Algorithm is not accepted"}"#
        )
    );
}
