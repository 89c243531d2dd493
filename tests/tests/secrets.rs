//! No `Debug` output shows a token, a key, a role or any other thing a caller holds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs
)]

use std::fmt::Debug;
use std::sync::Arc;

use pico_auth::test_kit::{TestIssuer, TestKey};
use pico_auth::{
    AgentClaims, AgentContext, Algorithm, AuthClientError, Authentication, Credentials, Dpop,
    InsufficientPermissionsError, KeyLookup, KeyQuery, Permission, Policy, RawToken, SecureRouter,
    SecurityContext, StaticKeys, SystemClock, TokenClaims, TokenCookie, TokenKind, TokenValidator,
    ValidationRules,
};
use serde_json::json;

/// In every claim that is nobody's business.
const SECRET: &str = "s3cret";

fn raw() -> pico_auth::RawClaims {
    let claims = json!({
        "sub": "u1",
        "jti": "id-1",
        "email": SECRET,
        "role": SECRET,
        "org_id": SECRET,
        "groups": [SECRET],
        "scopes": [SECRET],
        "task_type": SECRET,
        "spend_limit": SECRET,
        "parent_chain": [SECRET],
        "custom": { "nested": SECRET },
    });
    claims.as_object().unwrap().clone()
}

const EXPIRES: std::time::Duration = std::time::Duration::from_secs(4_102_444_800);

#[track_caller]
fn keeps(value: &dyn Debug, secrets: &[&str]) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        for secret in secrets {
            assert!(!shown.contains(secret), "`{secret}` is shown: {shown}");
        }
    }
}

#[test]
fn claims_and_contexts_show_who_and_not_what() {
    let claims = TokenClaims::from_raw(raw(), EXPIRES).unwrap();
    let agent = AgentClaims::from_raw(raw(), EXPIRES).unwrap();
    let context = SecurityContext::new(claims.clone(), [SECRET]);
    let agent_context = AgentContext::new(agent.clone());
    let both = context.with_agent(agent_context.clone());
    keeps(&claims, &[SECRET]);
    keeps(&agent, &[SECRET]);
    keeps(&context, &[SECRET]);
    keeps(&agent_context, &[SECRET]);
    keeps(&both, &[SECRET]);
    let shown = format!("{both:?}");
    assert!(
        shown.contains("u1") && shown.contains("id-1"),
        "an operator needs these: {shown}"
    );
}

#[tokio::test]
async fn what_handles_tokens_shows_none() {
    let issuer = TestIssuer::in_memory();
    let token = issuer.token("u1").role(SECRET).sign();
    let parts: Vec<_> = token.split('.').chain([SECRET]).collect();
    keeps(&RawToken::from_bytes(token.as_bytes()).unwrap(), &parts);
    keeps(
        &RawToken::from_header_value(format!("Bearer {token}").as_bytes()),
        &parts,
    );

    let keys = StaticKeys::from_jwks(issuer.jwks().to_string()).unwrap();
    let modulus = issuer.jwks()["keys"][0]["n"].as_str().unwrap().to_owned();
    keeps(&keys, &[&modulus]);
    let query = KeyQuery {
        kid: Some("key-1"),
        algorithm: Algorithm::RS256,
    };
    let found = keys.lookup(query);
    assert!(matches!(found, KeyLookup::Found(_)));
    keeps(&found, &[&modulus]);

    let rules = ValidationRules::new(issuer.url(), [issuer.audience()]);
    let validator =
        TokenValidator::new(rules, Arc::new(keys), Arc::new(SystemClock::new())).unwrap();
    let verified = validator.verify(&token, TokenKind::Bearer).await.unwrap();
    keeps(&validator, &[&modulus]);
    keeps(&verified, &parts);

    let authenticator = issuer.authenticator();
    let context = authenticator.authenticate(&token, None).await.unwrap();
    assert!(context.has_role(SECRET));
    keeps(&context, &parts);
    keeps(&authenticator, &[&modulus]);
    let cookie = TokenCookie::new("session").unwrap();
    keeps(
        &Authentication::with_extractor(authenticator.clone(), cookie),
        &[&modulus],
    );
    let credentials = Credentials::dpop(&token, SECRET, "GET", SECRET).agent(token.as_str());
    keeps(&credentials, &parts);
    let dpop = Dpop::new(["https://a.example"]).require_shared_nonce([b's'; 32]);
    keeps(&dpop, &["115", "ssss"]);
    let guarded = Policy::Authenticated.guard(|| async { "ok" });
    let router = SecureRouter::new().route("/", pico_auth::routing::get(guarded));
    keeps(&router.secured_by(authenticator), &[&modulus]);
}

#[tokio::test]
async fn errors_show_neither_the_token_nor_what_the_caller_has() {
    let issuer = TestIssuer::in_memory();
    let token = || issuer.token("u1").role(SECRET).groups([SECRET]);
    let authenticator = issuer.authenticator();
    for bad in [
        token().expired().sign(),
        token().claim("aud", SECRET).sign(),
        token().claim("iss", SECRET).sign(),
        token().claim("exp", SECRET).sign(),
        token().claim("type", SECRET).sign(),
        token().with_signature(SECRET.as_bytes()),
        format!("{SECRET}.{SECRET}.{SECRET}"),
    ] {
        let error = authenticator.authenticate(&bad, None).await.unwrap_err();
        let parts: Vec<_> = bad.split('.').chain([SECRET]).collect();
        keeps(&error, &parts);
        keeps(&error.to_string(), &parts);
    }
    let context = SecurityContext::new(TokenClaims::from_raw(raw(), EXPIRES).unwrap(), [SECRET]);
    let error = context.require_role("admin").unwrap_err();
    keeps(&error, &[SECRET]);
    let error = AuthClientError::from(InsufficientPermissionsError::of(Permission::Role, "a"));
    keeps(&error, &[SECRET]);
}

#[test]
fn signing_keys_of_the_test_kit_stay_out_of_logs() {
    for (algorithm, member) in [
        (Algorithm::ES256, "x"),
        (Algorithm::EdDSA, "x"),
        (Algorithm::MlDsa44, "pub"),
    ] {
        let key = TestKey::generate("k", algorithm);
        let x = key.jwk()[member].as_str().unwrap().to_owned();
        keeps(&key, &[&x]);
        assert!(format!("{key:?}").len() < 80, "{key:?}");
    }
}
