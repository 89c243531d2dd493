//! Who gets past the layer, and as whom.

use std::time::Duration;

use pico_auth::test_kit::TestKey;
use pico_auth::{
    Algorithm, AuthClientSettings, AuthLayer, AuthUnavailableError, Authenticator, Dependency,
    Dpop, KeyFuture, KeyQuery, KeySource, SecurityContext, danger,
};
use tonic::{Code, Status};

use super::support::{ISSUER, ORDERS, bearer, call, call_method, layer};

#[tokio::test]
async fn every_call_without_a_valid_token_is_refused() {
    let layer = layer();
    for path in [ORDERS, "/no.such.Service/Method", "/", "/%2F"] {
        call(&layer, path, &[]).await.is_missing();
        call(&layer, path, &[("authorization", "Basic YTpi".to_owned())])
            .await
            .is_missing();
        let answer = call(&layer, path, &[bearer("abc")]).await;
        answer.is_refused(
            Code::Unauthenticated,
            "Invalid token: Malformed token, not three parts",
            "malformed",
        );
        let challenge = answer.header("www-authenticate");
        assert_eq!(challenge, Some(r#"Bearer error="invalid_token""#));
    }
    let expired = ISSUER.token("u1").expired().sign();
    let answer = call(&layer, ORDERS, &[bearer(&expired)]).await;
    answer.is_refused(Code::Unauthenticated, "Token has expired", "expired");
    let other = TestKey::generate("test-key", Algorithm::ES256);
    let forged = ISSUER.token("u1").signed_by(&other).sign();
    let answer = call(&layer, ORDERS, &[bearer(&forged)]).await;
    let status = answer.status.as_ref().unwrap();
    assert_eq!(status.code(), Code::Unauthenticated, "{status:?}");
    assert!(!answer.reached);
}

#[tokio::test]
async fn two_tokens_are_none() {
    let token = ISSUER.token("u1").sign();
    let answer = call(&layer(), ORDERS, &[bearer(&token), bearer(&token)]).await;
    answer.is_missing();
}

#[tokio::test]
async fn a_caller_is_known_to_the_call_the_method_and_the_stream() {
    let layer = layer();
    // The second time, the token is remembered.
    let token = ISSUER.token("u1").sign();
    for _ in 0..2 {
        call(&layer, ORDERS, &[bearer(&token)]).await.is_from("u1");
    }
    let other = ISSUER.token("u2").sign();
    call(&layer, ORDERS, &[bearer(&other)]).await.is_from("u2");
    assert!(SecurityContext::current().is_none());
}

#[tokio::test]
async fn an_agent_has_a_token_of_its_own() {
    let layer = layer();
    let token = ISSUER.token("u1").sign();
    let agent = ISSUER.token("agent").agent_scopes(["a:b"]).sign();
    let answer = call_method(
        &layer,
        ORDERS,
        &[
            bearer(&token),
            ("x-agent-authorization", format!("Bearer {agent}")),
        ],
        async || {
            let caller = SecurityContext::require()?;
            Ok(caller
                .agent()
                .map_or("none", |agent| agent.subject())
                .to_owned())
        },
    )
    .await;
    assert_eq!(answer.body, "u1 agent u1");
    let alone = [("x-agent-authorization", format!("Bearer {agent}"))];
    call(&layer, ORDERS, &alone).await.is_missing();
}

/// An issuer that is down.
struct Down;

impl KeySource for Down {
    fn find<'a>(&'a self, _: KeyQuery<'a>) -> KeyFuture<'a> {
        let outage = AuthUnavailableError::new(Dependency::SigningKeys)
            .with_retry_after(Duration::from_millis(1500))
            .with_cause("connection refused by 10.0.0.1");
        Box::pin(std::future::ready(Err(outage)))
    }
}

#[tokio::test]
async fn an_outage_is_unavailable_and_says_when_to_try_again() {
    let authenticator =
        ISSUER.authenticator_with(ISSUER.settings(), |builder| builder.key_source(Down));
    let layer = AuthLayer::new(authenticator).unwrap().grpc();
    let answer = call(&layer, ORDERS, &[bearer(&ISSUER.token("u1").sign())]).await;
    let message = "Signing keys are temporarily unavailable";
    answer.is_refused(Code::Unavailable, message, "signing_keys");
    assert_eq!(answer.header("grpc-retry-pushback-ms"), Some("1500"));
    assert_eq!(answer.header("www-authenticate"), None);
    assert!(!format!("{:?}", answer.headers).contains("10.0.0.1"));
}

#[tokio::test]
async fn a_method_answers_its_own_refusals_and_outer_layers_see_them() {
    let answer = call_method(
        &layer(),
        ORDERS,
        &[bearer(&ISSUER.token("u1").sign())],
        async || {
            SecurityContext::require()?.require_scope("orders:read")?;
            Ok("listed".to_owned())
        },
    )
    .await;
    let status = answer.status.as_ref().unwrap();
    assert_eq!(status.code(), Code::PermissionDenied);
    assert_eq!(status.message(), "Requires one of scopes: ['orders:read']");
    let challenge = r#"Bearer error="insufficient_scope", scope="orders:read""#;
    assert_eq!(answer.header("www-authenticate"), Some(challenge));
    assert_eq!(answer.refusal.unwrap().code(), "insufficient_permissions");
    assert!(answer.reached);
}

#[tokio::test]
async fn a_status_of_the_application_passes_as_it_is() {
    let token = ISSUER.token("u1").sign();
    let answer = call_method(&layer(), ORDERS, &[bearer(&token)], async || {
        Err(Status::not_found("no such order"))
    })
    .await;
    let status = answer.status.unwrap();
    assert_eq!(status.code(), Code::NotFound);
    assert!(answer.refusal.is_none());
    assert!(!answer.headers.contains_key("auth-reason"));
}

#[tokio::test]
async fn challenges_name_dpop_where_it_is_accepted() {
    let authenticator = ISSUER.authenticator_with(ISSUER.settings(), |builder| {
        builder.dpop(Dpop::new(["https://api.example"]))
    });
    let layer = AuthLayer::new(authenticator).unwrap().grpc();
    let both = r#"Bearer, DPoP algs="ES256 ES384 EdDSA PS256 RS256""#;
    let answer = call(&layer, ORDERS, &[]).await;
    assert_eq!(answer.header("www-authenticate"), Some(both));

    let key = TestKey::generate("client", Algorithm::ES256);
    let token = ISSUER.token("ada").bound_to(&key).sign();
    let url = format!("https://api.example{ORDERS}");
    let proof = ISSUER.proof(&key, "POST", &url, &token).sign();
    let metadata = [("authorization", format!("DPoP {token}")), ("dpop", proof)];
    call(&layer, ORDERS, &metadata).await.is_from("ada");
    let answer = call(&layer, ORDERS, &metadata).await;
    let status = answer.status.as_ref().unwrap();
    assert_eq!(status.code(), Code::Unauthenticated, "a proof is used once");
    let answer = call_method(
        &layer,
        ORDERS,
        &[
            ("authorization", format!("DPoP {token}")),
            (
                "dpop",
                ISSUER
                    .proof(&key, "POST", &url, &token)
                    .claim("jti", "another")
                    .sign(),
            ),
        ],
        async || {
            SecurityContext::require()?.require_role("admin")?;
            Ok(String::new())
        },
    )
    .await;
    let challenge = r#"DPoP error="insufficient_scope", algs="ES256 ES384 EdDSA PS256 RS256""#;
    assert_eq!(answer.header("www-authenticate"), Some(challenge));
}

#[tokio::test]
async fn an_optional_layer_lets_callers_without_a_token_through_and_no_bad_token() {
    let layer = AuthLayer::new(ISSUER.authenticator())
        .unwrap()
        .optional()
        .grpc();
    call(&layer, ORDERS, &[]).await.is_from("nobody");
    let token = ISSUER.token("u1").sign();
    call(&layer, ORDERS, &[bearer(&token)]).await.is_from("u1");
    let answer = call(&layer, ORDERS, &[bearer("abc")]).await;
    let message = "Invalid token: Malformed token, not three parts";
    answer.is_refused(Code::Unauthenticated, message, "malformed");
}

#[tokio::test]
async fn a_disabled_layer_passes_only_with_danger() {
    let settings = AuthClientSettings::builder().enabled(false).build();
    let disabled = Authenticator::new(settings.unwrap()).unwrap();
    assert!(AuthLayer::new(disabled.clone()).is_err());
    let layer = AuthLayer::disableable(disabled, danger::allow_disabling()).grpc();
    call(&layer, ORDERS, &[]).await.is_from("nobody");
    let layer = AuthLayer::disableable(ISSUER.authenticator(), danger::allow_disabling()).grpc();
    call(&layer, ORDERS, &[]).await.is_missing();
}
