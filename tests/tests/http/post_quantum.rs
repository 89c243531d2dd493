//! ML-DSA (RFC 9964) on the wire: tokens of kilobytes, in one header and in two.

use pico_auth::routing::get;
use pico_auth::test_kit::{TestIssuer, TestKey};
use pico_auth::{AgentContext, Algorithm, Policy, SecureRouter, SecurityContext};
use reqwest::Method;

use super::support::{App, behind, send};

const SETS: [Algorithm; 3] = [Algorithm::MlDsa44, Algorithm::MlDsa65, Algorithm::MlDsa87];

#[tokio::test]
async fn a_published_set_of_rsa_and_ml_dsa_keys_serves_both() {
    let issuer = TestIssuer::start().await;
    let mut tokens = vec![issuer.token("ada").sign()];
    let issuer = SETS.into_iter().fold(issuer, |issuer, algorithm| {
        let issuer = issuer.with_key(TestKey::generate(algorithm.name(), algorithm));
        tokens.push(issuer.token("ada").sign());
        issuer
    });
    let app = App::secured(behind(Policy::Authenticated, issuer.authenticator())).await;
    for token in &tokens {
        let what = format!("{} bytes", token.len());
        app.get("/", Some(token)).await.is_ok(&what, "ada");
        let (message, _) = token.rsplit_once('.').unwrap();
        let answer = app.get("/", Some(&format!("{message}.AAAA"))).await;
        answer.is_invalid(&what, "Invalid token: Signature verification failed");
    }
    // One fetch is enough for all of them.
    assert_eq!(issuer.jwks_requests(), 1);
}

#[tokio::test]
async fn the_two_largest_tokens_fit_in_one_request() {
    let issuer = TestIssuer::in_memory().with_key(TestKey::generate("pq", Algorithm::MlDsa87));
    let who = |caller: SecurityContext, agent: AgentContext| async move {
        format!("{}/{}", caller.subject(), agent.subject())
    };
    let router = SecureRouter::new().route("/", get(Policy::Authenticated.guard(who)));
    let app = App::secured(router.secured_by(issuer.authenticator())).await;
    let bearer = issuer.token("ada").role("admin").sign();
    let agent = issuer
        .token("agent-7")
        .agent_scopes(["treasury:write"])
        .claim("user_id", "ada")
        .claim("task_type", "audit")
        .sign();
    // hyper takes 400 KiB of headers over HTTP/1; over HTTP/2, 16 KiB unless it is told otherwise.
    let both = bearer.len() + agent.len();
    assert!((12_800..14_000).contains(&both), "{both}");
    let request = app
        .request(Method::GET, "/")
        .bearer_auth(bearer)
        .header("X-Agent-Authorization", format!("Bearer {agent}"));
    send(request).await.is_ok("both", "ada/agent-7");
}

#[tokio::test]
async fn ml_dsa_that_no_setting_names_is_refused() {
    let issuer = TestIssuer::in_memory();
    let settings = issuer.settings();
    for algorithm in SETS {
        let issuer = issuer.clone().with_key(TestKey::generate("pq", algorithm));
        // The key is known, the algorithm is not accepted.
        let authenticator = issuer.authenticator_with(settings.clone(), |builder| builder);
        let app = App::secured(behind(Policy::Authenticated, authenticator)).await;
        let answer = app.get("/", Some(&issuer.token("ada").sign())).await;
        answer.is_invalid(algorithm.name(), "Invalid token: Algorithm is not accepted");
    }
}
