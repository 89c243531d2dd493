//! What an answer of the issuer must say.

use pico_auth::test_kit::TestKey;
use pico_auth::{
    Algorithm, AuthClientError, Claims, Credentials, Dpop, TokenInvalidReason, danger,
};
use serde_json::{Value, json};

use crate::endpoint::{Endpoint, NOW, Reply, SECOND, active, ask, reason};
use crate::support::{ADMIN, App, INVALID_TOKEN, behind};

#[derive(Claims)]
struct Tenant {
    tenant: String,
    #[claim(roles, path = "realm_access.roles")]
    roles: Vec<String>,
}

fn missing(claim: &'static str) -> TokenInvalidReason {
    TokenInvalidReason::MissingClaim(claim.into())
}

fn invalid(claim: &'static str) -> TokenInvalidReason {
    TokenInvalidReason::InvalidClaim(claim.into())
}

#[tokio::test]
async fn the_members_of_the_answer_are_the_claims_of_the_caller() {
    let endpoint = Endpoint::start().await;
    endpoint.activate(
        "opaque",
        json!({
            "tenant": "acme", "groups": ["staff"], "username": "ada@example",
            "realm_access": { "roles": ["admin"] },
        }),
    );
    let client = endpoint.client(|client| client);
    let settings = endpoint.issuer.settings();
    let authenticator = endpoint.issuer.authenticator_with(settings, |builder| {
        builder.introspection(client).claims::<Tenant>()
    });
    let caller = ask(&authenticator, "opaque").await.unwrap();
    assert_eq!(
        (caller.subject(), caller.issuer()),
        ("ada", endpoint.issuer.url())
    );
    assert!(caller.has_role("admin") && caller.has_group("staff"));
    assert!(caller.has_scope("read") && caller.has_scope("write"));
    let tenant = caller.claims::<Tenant>().unwrap();
    assert_eq!((tenant.tenant.as_str(), tenant.roles.len()), ("acme", 1));
    let claims = caller.token_claims();
    assert_eq!(claims.get("username"), Some(&json!("ada@example")));
    assert_eq!(
        claims.get("active"),
        None,
        "it is said of the token, not of the caller"
    );
    assert_eq!(claims.kid(), None);
}

/// Remembered or not: the answer is kept, and the proof is asked for with each request.
#[tokio::test]
async fn a_stolen_bound_token_is_refused_without_the_proof_of_its_key() {
    const URL: &str = "https://api.example/";
    let endpoint = Endpoint::start().await;
    let key = TestKey::generate("client", Algorithm::ES256);
    let members = json!({ "cnf": { "jkt": key.thumbprint() }, "token_type": "DPoP" });
    endpoint.activate("opaque", members);
    let client = endpoint.client(|client| client);
    let settings = endpoint.issuer.settings();
    let authenticator = endpoint.issuer.authenticator_with(settings, |builder| {
        let dpop = Dpop::new(["https://api.example"]);
        builder.introspection(client).dpop(dpop)
    });

    let stolen = reason(ask(&authenticator, "opaque").await);
    assert_eq!(stolen.code(), "sender_constraint");
    for _ in 0..2 {
        let proof = endpoint.issuer.proof(&key, "GET", URL, "opaque").sign();
        let credentials = Credentials::dpop("opaque", &proof, "GET", "/");
        let caller = authenticator.authenticate_with(credentials).await;
        assert_eq!(caller.unwrap().subject(), "ada");
        let replayed = reason(authenticator.authenticate_with(credentials).await);
        assert_eq!(replayed.code(), "dpop_proof");
    }
    assert_eq!(endpoint.calls(), 1);
}

#[tokio::test]
async fn an_answer_that_names_no_issuer_is_of_the_one_that_was_asked() {
    let endpoint = Endpoint::start().await;
    endpoint.activate("opaque", json!({ "iss": null }));
    let caller = ask(&endpoint.authenticator(), "opaque").await.unwrap();
    assert_eq!(caller.issuer(), endpoint.issuer.url());
}

#[tokio::test]
async fn an_inactive_token_is_refused() {
    let endpoint = Endpoint::start().await;
    let app = App::secured(behind(ADMIN, endpoint.authenticator())).await;
    endpoint.put(
        "mine",
        Reply::Json(active(&json!({ "active": false, "role": "admin" }))),
    );
    for token in ["never-issued", "mine"] {
        let answer = app.get("/", Some(token)).await;
        answer.refuses(
            token,
            401,
            "Invalid token: Token is not active",
            Some(INVALID_TOKEN),
        );
    }
    endpoint.activate("good", json!({ "role": "admin" }));
    app.get("/", Some("good")).await.is_ok("good", "ada");
}

#[tokio::test]
async fn an_active_token_that_is_not_for_us_is_refused() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator();
    let table: Vec<(Value, TokenInvalidReason)> = vec![
        (
            json!({ "iss": "https://evil.example" }),
            TokenInvalidReason::Issuer,
        ),
        (json!({ "iss": [endpoint.issuer.url()] }), invalid("iss")),
        (json!({ "iss": 1 }), invalid("iss")),
        (
            json!({ "aud": "another-api" }),
            TokenInvalidReason::Audience,
        ),
        (
            json!({ "aud": ["another-api"] }),
            TokenInvalidReason::Audience,
        ),
        (json!({ "aud": [] }), TokenInvalidReason::Audience),
        (json!({ "aud": 1 }), invalid("aud")),
        (json!({ "aud": null }), missing("aud")),
        (json!({ "sub": null }), missing("sub")),
        (json!({ "sub": 7 }), invalid("sub")),
        (json!({ "exp": null }), missing("exp")),
        (json!({ "exp": (NOW + 60).to_string() }), invalid("exp")),
        (json!({ "nbf": NOW + 1 }), TokenInvalidReason::NotYetValid),
        (json!({ "scope": ["read"] }), invalid("scope")),
        (json!({ "jti": 7 }), invalid("jti")),
        (
            json!({ "token_type": "refresh_token" }),
            TokenInvalidReason::NotAnAccessToken,
        ),
        (
            json!({ "token_use": "refresh_token" }),
            TokenInvalidReason::NotAnAccessToken,
        ),
        (
            json!({ "typ": "Refresh" }),
            TokenInvalidReason::NotAnAccessToken,
        ),
        (json!({ "typ": "ID" }), TokenInvalidReason::NotAnAccessToken),
    ];
    for (number, (members, why)) in table.into_iter().enumerate() {
        let token = format!("token-{number}");
        endpoint.activate(&token, &members);
        for _ in 0..2 {
            assert_eq!(reason(ask(&authenticator, &token).await), why, "{members}");
        }
        assert_eq!(
            endpoint.asked().len(),
            1,
            "a refusal is remembered: {members}"
        );
    }
}

#[tokio::test]
async fn an_expired_token_is_refused_though_its_issuer_says_that_it_is_active() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator();
    for (token, exp) in [("at", NOW), ("before", NOW - 1), ("long-before", 0)] {
        endpoint.activate(token, json!({ "exp": exp }));
        let error = ask(&authenticator, token).await.unwrap_err();
        assert!(
            matches!(error, AuthClientError::TokenExpired(_)),
            "{token}: {error}"
        );
    }
    endpoint.activate("left", json!({ "exp": NOW + 1 }));
    ask(&authenticator, "left").await.unwrap();
}

#[tokio::test]
async fn the_leeway_of_the_settings_holds_for_introspected_tokens() {
    let endpoint = Endpoint::start().await;
    let settings = endpoint.issuer.settings().leeway_seconds(30);
    let client = endpoint
        .builder()
        .build(&settings.clone().build().unwrap())
        .unwrap();
    let authenticator = endpoint
        .issuer
        .authenticator_with(settings, |builder| builder.introspection(client));
    endpoint.activate("within", json!({ "exp": NOW - 29, "nbf": NOW + 30 }));
    ask(&authenticator, "within").await.unwrap();
    endpoint.activate("beyond", json!({ "exp": NOW - 30 }));
    let error = ask(&authenticator, "beyond").await.unwrap_err();
    assert!(matches!(error, AuthClientError::TokenExpired(_)), "{error}");
}

#[tokio::test]
async fn a_missing_audience_is_accepted_only_where_the_code_says_danger() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint.authenticator_with(|client| {
        client.accept_missing_audience(danger::allow_missing_audience())
    });
    endpoint.activate("none", json!({ "aud": null }));
    ask(&authenticator, "none").await.unwrap();
    endpoint.activate("another", json!({ "aud": "another-api" }));
    assert_eq!(
        reason(ask(&authenticator, "another").await),
        TokenInvalidReason::Audience,
        "one that is there must be ours"
    );
}

#[tokio::test]
async fn another_claim_can_name_the_audience() {
    let endpoint = Endpoint::start().await;
    let settings = endpoint.issuer.settings().audience_claim("client_id");
    let client = endpoint
        .builder()
        .build(&settings.clone().build().unwrap())
        .unwrap();
    let authenticator = endpoint
        .issuer
        .authenticator_with(settings, |builder| builder.introspection(client));
    let ours = endpoint.issuer.audience();
    endpoint.activate("ours", json!({ "aud": null, "client_id": ours }));
    ask(&authenticator, "ours").await.unwrap();
    endpoint.activate("theirs", json!({ "aud": null, "client_id": "app" }));
    assert_eq!(
        reason(ask(&authenticator, "theirs").await),
        TokenInvalidReason::Audience
    );
    endpoint.activate("both", json!({ "aud": "another-api", "client_id": ours }));
    assert_eq!(
        reason(ask(&authenticator, "both").await),
        TokenInvalidReason::Audience
    );
}

#[tokio::test]
async fn a_missing_expiry_is_accepted_only_where_the_code_says_danger() {
    let endpoint = Endpoint::start().await;
    let authenticator = endpoint
        .authenticator_with(|client| client.accept_missing_expiry(danger::allow_missing_expiry()));
    endpoint.activate("for-ever", json!({ "exp": null }));
    let caller = ask(&authenticator, "for-ever").await.unwrap();
    let expires = caller.token_claims().expires_at();
    let expires = expires.duration_since(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(
        expires.as_secs(),
        NOW + 60,
        "when its issuer is asked again"
    );
    endpoint.clock.advance(60 * SECOND);
    endpoint.revoke("for-ever");
    assert_eq!(
        reason(ask(&authenticator, "for-ever").await),
        TokenInvalidReason::Inactive
    );
    endpoint.activate("expired", json!({ "exp": NOW }));
    let error = ask(&authenticator, "expired").await.unwrap_err();
    assert!(matches!(error, AuthClientError::TokenExpired(_)), "{error}");
}

#[tokio::test]
async fn what_rfc_9068_demands_is_demanded_of_the_answer() {
    let endpoint = Endpoint::start().await;
    let settings = endpoint.issuer.settings().require_rfc9068(true);
    let client = endpoint
        .builder()
        .build(&settings.clone().build().unwrap())
        .unwrap();
    let authenticator = endpoint
        .issuer
        .authenticator_with(settings, |builder| builder.introspection(client));
    endpoint.activate("all", json!({}));
    ask(&authenticator, "all").await.unwrap();
    endpoint.activate("no-jti", json!({ "jti": null }));
    assert_eq!(reason(ask(&authenticator, "no-jti").await), missing("jti"));
}
