//! What tokens say that they are bound to.

use std::time::Duration;

use pico_auth::test_kit::{ManualClock, TestIssuer};
use pico_auth::{
    Authenticator, AuthenticatorBuilder, Policy, StaticKeys, TokenKind, TokenVerifier,
    VerifiedToken, VerifyFuture,
};
use reqwest::Method;
use serde_json::json;

use super::super::support::{App, ISSUER, MISSING, behind, send};
use super::{DPOP, INVALID_TOKEN, KEY, Service, URL, dpop};

#[tokio::test]
async fn a_binding_that_cannot_be_checked_is_never_ignored() {
    let unconfigured = Service::with(|builder| builder).await;
    let configured = Service::start().await;
    let jkt = KEY.thumbprint();
    let invalid = "Invalid token: Invalid claim 'cnf'";
    let unknown = "Invalid token: Token is bound in a way that this service does not know";
    for (cnf, detail) in [
        (json!(null), invalid),
        (json!({}), invalid),
        (json!([]), invalid),
        (json!(""), invalid),
        (json!(jkt), invalid),
        (json!(false), invalid),
        (json!({ "jkt": null }), invalid),
        (json!({ "jkt": [jkt] }), invalid),
        (json!({ "jkt": "" }), invalid),
        (json!({ "jkt": format!("{jkt}=") }), invalid),
        (json!({ "jkt": jkt, "x5t#S256": null }), invalid),
        (json!({ "jwk": KEY.jwk() }), unknown),
        (json!({ "kid": "client" }), unknown),
        (json!({ "jku": "https://evil.example/" }), unknown),
        (json!({ "osc": {} }), unknown),
        (json!({ "jkt": jkt, "x5t": "AAAA" }), unknown),
        (json!({ "jkt": jkt, "": jkt }), unknown),
    ] {
        for service in [&unconfigured, &configured] {
            let token = service.issuer.token("ada").claim("cnf", cnf.clone()).sign();
            let answer = service.app.get("/", Some(&token)).await;
            assert_eq!(
                (answer.status, answer.body),
                (401, json!({ "detail": detail }).to_string()),
                "{cnf}"
            );
        }
        let token = configured
            .issuer
            .token("ada")
            .claim("cnf", cnf.clone())
            .sign();
        let proof = configured.proof(&token).sign();
        let answer = configured.get(&token, &[&proof]).await;
        answer.refuses(&cnf.to_string(), 401, detail, Some(INVALID_TOKEN));
    }

    // Without the setting, a bound token is refused, and its scheme is none that is known.
    let token = unconfigured.token().sign();
    let proof = unconfigured.proof(&token).sign();
    let answer = unconfigured.app.get("/", Some(&token)).await;
    answer.is_invalid(
        "bound token, DPoP off",
        "Invalid token: Token is bound to a DPoP key; send it by the scheme DPoP, with a proof",
    );
    let answer = unconfigured.get(&token, &[&proof]).await;
    answer.is_missing("DPoP scheme, DPoP off");
}

#[tokio::test]
async fn an_unbound_token_is_not_made_better_by_a_proof() {
    let service = Service::start().await;
    let token = service.issuer.token("ada").sign();
    let proof = service.proof(&token).sign();
    let answer = service.get(&token, &[&proof]).await;
    answer.is_not_the_sender(
        "unbound",
        "is not bound to a DPoP key; send it by the scheme Bearer",
    );
    // It says that it is bound, and not to what.
    let token = service.issuer.token("ada").claim("typ", "DPoP").sign();
    let proof = service.proof(&token).sign();
    let detail = "Invalid token: Not an access token";
    let answer = service.get(&token, &[&proof]).await;
    answer.refuses("typ without cnf", 401, detail, Some(INVALID_TOKEN));
    let answer = service.app.get("/", Some(&token)).await;
    assert_eq!(answer.body, json!({ "detail": detail }).to_string());
}

#[tokio::test]
async fn where_binding_is_required_a_bearer_token_is_refused() {
    let service = Service::with(|builder| builder.dpop(dpop()).require_bound_tokens()).await;
    let bearer = service.issuer.token("ada").sign();
    let answer = service.app.get("/", Some(&bearer)).await;
    answer.is_not_the_sender(
        "bearer",
        "is not bound to its sender, as this service demands",
    );
    let answer = service.app.get("/", None).await;
    answer.refuses("none", 401, MISSING, Some(DPOP));
    let token = service.token().sign();
    let proof = service.proof(&token).sign();
    service.get(&token, &[&proof]).await.is_ok("bound", "ada");

    let service = Service::with(AuthenticatorBuilder::require_bound_tokens).await;
    let answer = service
        .app
        .get("/", Some(&service.issuer.token("ada").sign()))
        .await;
    answer.is_invalid(
        "bearer, without DPoP",
        "Invalid token: Token is not bound to its sender, as this service demands",
    );
}

#[tokio::test]
async fn a_bound_token_of_an_agent_is_refused() {
    let service = Service::start().await;
    let token = service.token().sign();
    let agent = service
        .issuer
        .token("bot")
        .agent_scopes(["read"])
        .bound_to(&KEY)
        .sign();
    for scheme in ["Bearer", "DPoP"] {
        let proof = service.proof(&token).sign();
        let headers = [
            ("Authorization", format!("DPoP {token}")),
            ("X-Agent-Authorization", format!("{scheme} {agent}")),
            ("DPoP", proof),
        ];
        let headers = headers
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let answer = service.app.get_with(&headers).await;
        assert_eq!(answer.status, 401, "{scheme}");
        let told = match scheme {
            "Bearer" => "Invalid agent token: Token is bound to its sender and came alone",
            _ => "Invalid agent token: Malformed token, not one Bearer credential",
        };
        assert_eq!(answer.body, json!({ "detail": told }).to_string());
    }
}

#[tokio::test]
async fn an_issuer_without_dpop_beside_one_with_it() {
    let clock = ManualClock::new();
    let with = ISSUER.clone().with_clock(clock.clone());
    let plain = TestIssuer::in_memory().with_clock(clock);
    // Both are `https://issuer.test`, so the second takes another name.
    let settings =
        |issuer: &TestIssuer, name: &str| issuer.settings().issuer(name).build().unwrap();
    let keys = |issuer: &TestIssuer| StaticKeys::from_jwks(issuer.jwks().to_string()).unwrap();
    let clock = ManualClock::new();
    let authenticator = Authenticator::trusting([
        Authenticator::builder(settings(&with, with.url()))
            .key_source(keys(&with))
            .clock(clock.clone())
            .dpop(dpop())
            .require_bound_tokens(),
        Authenticator::builder(settings(&plain, "https://plain.test"))
            .key_source(keys(&plain))
            .clock(clock),
    ])
    .unwrap();
    let app = App::secured(behind(Policy::Authenticated, authenticator)).await;
    let call = |token: String, proof: String| {
        let request = app.request(Method::GET, "/").header("DPoP", proof);
        send(request.header("Authorization", format!("DPoP {token}")))
    };
    let token = with.token("ada").bound_to(&KEY).sign();
    let proof = with.proof(&KEY, "GET", URL, &token).sign();
    call(token, proof).await.is_ok("bound", "ada");
    let of_plain = || plain.token("bea").claim("iss", "https://plain.test");
    app.get("/", Some(&of_plain().sign()))
        .await
        .is_ok("bearer", "bea");
    let token = of_plain().bound_to(&KEY).sign();
    let proof = plain.proof(&KEY, "GET", URL, &token).sign();
    let answer = call(token, proof).await;
    answer.is_not_the_sender(
        "bound",
        "is bound to a DPoP key, and this service takes no DPoP proofs",
    );
    let answer = app.get("/", Some(&with.token("ada").sign())).await;
    assert_eq!(answer.status, 401, "what the other issuer may is its own");
}

/// Knows one opaque token, bound to the client's key.
struct Opaque;

impl TokenVerifier for Opaque {
    fn verify<'a>(&'a self, _: &'a str, _: TokenKind) -> VerifyFuture<'a> {
        let claims = json!({ "sub": "ada", "cnf": { "jkt": KEY.thumbprint() } });
        let claims = claims.as_object().unwrap().clone();
        let expires_at = Duration::from_secs(4_102_444_800);
        Box::pin(std::future::ready(Ok(VerifiedToken::new(
            claims, expires_at,
        ))))
    }
}

#[tokio::test]
async fn a_stolen_opaque_token_is_refused_as_a_stolen_jwt_is() {
    let service = Service::with(|builder| builder.dpop(dpop()).token_verifier(Opaque)).await;
    let answer = service.app.get("/", Some("opaque")).await;
    assert_eq!(answer.status, 401, "downgrade: {}", answer.body);
    let thief = service
        .issuer
        .proof(&super::OTHER, "GET", URL, "opaque")
        .sign();
    let answer = service.get("opaque", &[&thief]).await;
    answer.is_not_the_sender(
        "the thief's key",
        "is bound to another key than that of its DPoP proof",
    );
    let proof = service.proof("opaque").sign();
    service
        .get("opaque", &[&proof])
        .await
        .is_ok("its owner", "ada");

    let unconfigured = Service::with(|builder| builder.token_verifier(Opaque)).await;
    let answer = unconfigured.app.get("/", Some("opaque")).await;
    assert_eq!(answer.status, 401, "DPoP off: {}", answer.body);
}
