//! Which tokens go to the issuer, and to which one.

use pico_auth::test_kit::{TestIssuer, TestKey};
use pico_auth::{
    Algorithm, AuthClientError, Authenticator, IntrospectionClient, MemoryRevocationList,
    RawClaims, StaticKeys, TokenInvalidError, TokenInvalidReason, TokenKind, TokenValidator,
    TokenVerifier, ValidationRules, VerifiedToken, VerifyFuture,
};
use serde_json::json;

use crate::endpoint::{Endpoint, SECOND, ask, reason};
use crate::support::base64url;

/// An issuer of its own name, in memory.
fn other_issuer() -> (String, TestIssuer) {
    ("https://other.test".to_owned(), TestIssuer::in_memory())
}

#[tokio::test]
async fn a_jwt_is_never_sent_to_the_introspection_endpoint() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator();
    let token = || endpoint.issuer.token("grace");
    assert_eq!(
        ask(&authenticator, &token().sign())
            .await
            .unwrap()
            .subject(),
        "grace"
    );
    let header = |text: &str| format!("{}.{}.c2ln", base64url(text), base64url("{}"));
    for bad in [
        token().expired().sign(),
        token().claim("aud", "another-api").sign(),
        token().with_signature(b"0123456789"),
        token().with_signature(b""),
        token().header("alg", "none").with_signature(b""),
        token().header("kid", "unknown").sign(),
        token().without_header("alg").sign(),
        header("{}"),
        header("{ }"),
        header(r#"{"alg":"RS256","alg":"none"}"#),
        format!("{}..", base64url("{}")),
    ] {
        // Even if its issuer would vouch for it.
        endpoint.activate(&bad, json!({}));
        let error = ask(&authenticator, &bad).await.unwrap_err();
        assert_eq!(error.status_code(), 401, "{bad}: {error}");
    }
    assert_eq!(endpoint.calls(), 0);
}

#[tokio::test]
async fn whatever_is_not_a_jws_is_asked_about() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator();
    let json = base64url("{}");
    let three = |header: &str| format!("{header}.{json}.c2ln");
    for token in [
        "2YotnFZFEjr1zCsicMWpAA".to_owned(),
        "a.b".to_owned(),
        "a.b.c".to_owned(),
        three(&base64url("[]")),
        three(&base64url("\"alg\"")),
        three("e30x"),
        // A JWE has five parts (RFC 7516 §7.1): only its issuer can read it.
        format!("{json}.a.b.c.d"),
    ] {
        endpoint.activate(&token, json!({}));
        assert_eq!(
            ask(&authenticator, &token).await.unwrap().subject(),
            "ada",
            "{token}"
        );
        assert_eq!(endpoint.asked().len(), 1, "{token}");
    }
}

#[tokio::test]
async fn as_token_verifier_it_is_asked_about_jwts_too() {
    let endpoint = Endpoint::start().await;
    let client = endpoint.client(|client| client);
    let settings = endpoint.issuer.settings();
    let authenticator = endpoint
        .issuer
        .authenticator_with(settings, |builder| builder.token_verifier(client));
    let token = endpoint.issuer.token("grace").sign();
    let revoked = ask(&authenticator, &token).await;
    assert_eq!(
        reason(revoked),
        TokenInvalidReason::Inactive,
        "its signature is good"
    );
    endpoint.clock.advance(10 * SECOND);
    endpoint.activate(&token, json!({ "sub": "grace" }));
    assert_eq!(
        ask(&authenticator, &token).await.unwrap().subject(),
        "grace"
    );
    assert_eq!(endpoint.calls(), 2);
}

#[tokio::test]
async fn an_opaque_agent_token_is_refused_and_nobody_is_asked_about_it() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator();
    endpoint.activate("user", json!({}));
    endpoint.activate("agent", json!({ "scopes": ["pay"] }));
    let error = authenticator
        .authenticate("user", Some("agent"))
        .await
        .unwrap_err();
    let AuthClientError::TokenInvalid(error) = error else {
        panic!("{error}")
    };
    assert_eq!(error.token(), TokenKind::Agent);
    assert_eq!(error.reason().code(), "malformed");
    assert_eq!(endpoint.calls(), 1, "the bearer token's");
    // Nor by a client that is asked itself.
    let client = endpoint.client(|client| client);
    let error = client.verify("agent", TokenKind::Agent).await.unwrap_err();
    assert_eq!(error.status_code(), 401, "{error}");
    assert_eq!(endpoint.calls(), 1);

    let agent = endpoint
        .issuer
        .token("agent-7")
        .agent_scopes(["pay"])
        .sign();
    let caller = authenticator
        .authenticate("user", Some(&agent))
        .await
        .unwrap();
    assert_eq!(
        caller
            .agent()
            .map(|agent| agent.subject().to_owned())
            .as_deref(),
        Some("agent-7")
    );
}

#[tokio::test]
async fn an_agent_token_without_keys_to_verify_it_is_refused() {
    let endpoint = Endpoint::start().await;
    endpoint.activate("user", json!({}));
    let settings = endpoint.issuer.settings().build().unwrap();
    let authenticator = Authenticator::builder(settings)
        .token_verifier(endpoint.client(|client| client))
        .clock(endpoint.clock.clone())
        .build()
        .unwrap();
    ask(&authenticator, "user").await.unwrap();
    let agent = endpoint
        .issuer
        .token("agent-7")
        .agent_scopes(["pay"])
        .sign();
    let error = authenticator
        .authenticate("user", Some(&agent))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Invalid agent token: Unknown signing key"
    );
}

#[tokio::test]
async fn of_several_issuers_one_takes_opaque_tokens() {
    let endpoint = Endpoint::start().await;
    let (name, other) = other_issuer();
    let keys = |issuer: &TestIssuer| StaticKeys::from_jwks(issuer.jwks().to_string()).unwrap();
    let jwts = || {
        let settings = other.settings().issuer(&name).build().unwrap();
        Authenticator::builder(settings).key_source(keys(&other))
    };
    let mixed = || {
        let settings = endpoint.issuer.settings().build().unwrap();
        Authenticator::builder(settings)
            .key_source(keys(&endpoint.issuer))
            .clock(endpoint.clock.clone())
            .introspection(endpoint.client(|client| client))
    };
    let authenticator = Authenticator::trusting([jwts(), mixed()]).unwrap();
    endpoint.activate("opaque", json!({}));
    let caller = ask(&authenticator, "opaque").await.unwrap();
    assert_eq!(
        (caller.subject(), caller.issuer()),
        ("ada", endpoint.issuer.url())
    );
    let theirs = other.token("bob").claim("iss", name.as_str()).sign();
    assert_eq!(ask(&authenticator, &theirs).await.unwrap().issuer(), name);
    let ours = endpoint.issuer.token("grace").sign();
    assert_eq!(
        ask(&authenticator, &ours).await.unwrap().issuer(),
        endpoint.issuer.url()
    );
    assert_eq!(endpoint.calls(), 1);
    let nameless = endpoint.issuer.token("x").without_claim("iss").sign();
    assert_eq!(
        reason(ask(&authenticator, &nameless).await).code(),
        "missing_claim"
    );

    assert!(authenticator.distrust(endpoint.issuer.url()));
    ask(&authenticator, "opaque")
        .await
        .expect_err("its issuer is trusted no more");
    let without = Authenticator::trusting([jwts()]).unwrap();
    assert_eq!(reason(ask(&without, "opaque").await).code(), "malformed");
}

#[tokio::test]
async fn two_issuers_that_take_opaque_tokens_are_a_mistake() {
    let endpoint = Endpoint::start().await;
    let issuer = |name: &str| {
        let settings = endpoint.issuer.settings().issuer(name).build().unwrap();
        let client = endpoint.builder().build(&settings).unwrap();
        (Authenticator::builder(settings), client)
    };
    let (first, first_client) = issuer("https://a.test");
    let (second, second_client) = issuer("https://b.test");
    let first = first.introspection(first_client);
    let error = Authenticator::trusting([first, second.token_verifier(second_client)]).unwrap_err();
    assert_eq!(error.key(), "token_verifier");
    assert!(error.to_string().contains("`https://a.test`"), "{error}");
    assert!(error.to_string().contains("`https://b.test`"), "{error}");
}

#[tokio::test]
async fn a_token_of_one_issuer_is_not_answered_from_the_memory_of_another() {
    let (a, b) = (Endpoint::start().await, Endpoint::start().await);
    let (first, second) = (a.authenticator(), b.authenticator());
    a.activate("opaque", json!({}));
    ask(&first, "opaque").await.unwrap();
    assert_eq!(
        reason(ask(&second, "opaque").await),
        TokenInvalidReason::Inactive
    );
    ask(&first, "opaque").await.unwrap();
    assert_eq!((a.calls(), b.calls()), (1, 1));
}

/// A client that no longer looks like one.
struct Wrapped(IntrospectionClient);

impl TokenVerifier for Wrapped {
    fn verify<'a>(&'a self, token: &'a str, kind: TokenKind) -> VerifyFuture<'a> {
        self.0.verify(token, kind)
    }
}

#[tokio::test]
async fn a_client_that_was_built_for_one_issuer_vouches_for_no_other() {
    let endpoint = Endpoint::start().await;
    let client = endpoint.client(|client| client);
    endpoint.activate("named", json!({}));
    endpoint.activate("nameless", json!({ "iss": null }));
    let settings = endpoint
        .issuer
        .settings()
        .issuer("https://other.test")
        .build()
        .unwrap();
    let builder = || Authenticator::builder(settings.clone());
    let error = builder().introspection(client.clone()).build().unwrap_err();
    assert_eq!(error.key(), "introspection");
    let error = builder().token_verifier(client.clone()).build();
    assert_eq!(error.unwrap_err().key(), "token_verifier");
    let other = builder().token_verifier(Wrapped(client)).build().unwrap();
    for token in ["named", "nameless"] {
        assert_eq!(
            reason(ask(&other, token).await),
            TokenInvalidReason::Issuer,
            "{token}"
        );
    }
}

/// API keys, known to the service itself.
struct ApiKeys;

impl TokenVerifier for ApiKeys {
    fn verify<'a>(&'a self, token: &'a str, kind: TokenKind) -> VerifyFuture<'a> {
        Box::pin(async move {
            let mut claims = RawClaims::new();
            match token {
                "key-1" => claims.insert("sub".into(), "robot".into()),
                "foreign" => claims.insert("iss".into(), "https://evil.example".into()),
                "odd" => claims.insert("iss".into(), 1.into()),
                "nobody" => None,
                _ => return Err(TokenInvalidError::new(kind, TokenInvalidReason::Revoked).into()),
            };
            Ok(VerifiedToken::new(
                claims,
                std::time::Duration::from_secs(4_102_444_800),
            ))
        })
    }
}

#[tokio::test]
async fn a_verifier_of_the_application_decides() {
    let (_, issuer) = other_issuer();
    let settings = issuer.settings().max_token_bytes(10);
    let authenticator =
        issuer.authenticator_with(settings, |builder| builder.token_verifier(ApiKeys));
    let caller = ask(&authenticator, "key-1").await.unwrap();
    assert_eq!((caller.subject(), caller.issuer()), ("robot", issuer.url()));
    for (token, why) in [
        ("key-2", TokenInvalidReason::Revoked),
        ("foreign", TokenInvalidReason::Issuer),
        ("odd", TokenInvalidReason::InvalidClaim("iss".into())),
        ("nobody", TokenInvalidReason::MissingClaim("sub".into())),
        ("key-1-longer", TokenInvalidReason::TooLarge),
    ] {
        assert_eq!(reason(ask(&authenticator, token).await), why, "{token}");
    }
}

#[tokio::test]
async fn a_validator_is_a_verifier() {
    let (_, issuer) = other_issuer();
    let keys = StaticKeys::from_jwks(issuer.jwks().to_string()).unwrap();
    let rules = ValidationRules::new(issuer.url(), [issuer.audience()]);
    let clock = std::sync::Arc::new(pico_auth::SystemClock::new());
    let validator = TokenValidator::new(rules, std::sync::Arc::new(keys), clock).unwrap();
    let authenticator = issuer.authenticator_with(issuer.settings(), |builder| {
        builder.token_verifier(validator)
    });
    let caller = ask(&authenticator, &issuer.token("ada").sign())
        .await
        .unwrap();
    assert_eq!(caller.subject(), "ada");
    assert_eq!(
        reason(ask(&authenticator, "opaque").await).code(),
        "malformed"
    );
}

/// A thief has the token, and not the key that it is bound to. RFC 7662 leaves most members of an answer
/// to the issuer; what it has signed into the token holds all the same.
#[tokio::test]
async fn a_bound_jwt_is_no_bearer_token_where_the_answer_leaves_its_binding_out() {
    let endpoint = Endpoint::start().await;
    let client = endpoint.client(|client| client);
    let authenticator = endpoint
        .issuer
        .authenticator_with(endpoint.issuer.settings(), |builder| {
            builder.token_verifier(client)
        });
    let key = TestKey::generate("client", Algorithm::ES256);
    let token = endpoint.issuer.token("ada").bound_to(&key).sign();
    endpoint.activate(&token, json!({}));
    assert_eq!(
        reason(ask(&authenticator, &token).await).code(),
        "sender_constraint"
    );
}

#[tokio::test]
async fn a_listed_jwt_is_refused_where_the_answer_leaves_its_id_out() {
    let endpoint = Endpoint::start().await;
    let client = endpoint.client(|client| client);
    let revoked = MemoryRevocationList::with_clock(endpoint.clock.clone());
    let list = revoked.clone();
    let authenticator = endpoint
        .issuer
        .authenticator_with(endpoint.issuer.settings(), |builder| {
            builder.token_verifier(client).revocation_list(list)
        });
    let token = endpoint.issuer.token("ada").claim("jti", "stolen").sign();
    endpoint.activate(&token, json!({ "jti": null }));
    let caller = ask(&authenticator, &token).await.unwrap();
    revoked.revoke(endpoint.issuer.url(), "stolen", caller.expires_at());
    assert_eq!(
        reason(ask(&authenticator, &token).await),
        TokenInvalidReason::Revoked
    );
}

/// A client of laxer settings would accept tokens that the issuer's own settings refuse.
#[tokio::test]
async fn a_client_with_laxer_rules_does_not_decide_for_this_issuer() {
    let endpoint = Endpoint::start().await;
    let settings = || endpoint.issuer.settings();
    for strict in [
        settings().audience("another-api"),
        settings().require_token_use(true),
        settings().require_rfc9068(true),
        settings().audience_claim("client_id"),
        settings().leeway_seconds(1),
    ] {
        let strict = strict.build().unwrap();
        let builder = || Authenticator::builder(strict.clone());
        let client = endpoint.client(|client| client);
        let opaque = builder().introspection(client.clone()).build();
        assert_eq!(opaque.unwrap_err().key(), "introspection");
        // Asked about every token, it would admit those that are made out to another service.
        let all = builder().token_verifier(client.clone()).build();
        assert_eq!(all.unwrap_err().key(), "token_verifier");
        // The last verifier decides.
        let other = builder().token_verifier(client).token_verifier(ApiKeys);
        assert!(other.build().is_ok());
    }
}
