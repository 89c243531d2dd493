//! When a token is looked up, and what its owner is told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use pico_auth::test_kit::TestKey;
use pico_auth::{
    Algorithm, AuthClientError, AuthUnavailableError, Authenticator, Dependency,
    MemoryRevocationList, Policy, RevocationList, RevocationQuery, SecureRouter, StaticKeys,
    TokenInvalidReason, TokenKind, routing,
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::support::{ISSUER, refused_for};

/// Authenticators of the issuer with this list.
fn with(list: impl RevocationList) -> Authenticator {
    ISSUER.authenticator_with(ISSUER.settings(), |parts| parts.revocation_list(list))
}

fn revoking(ids: &[&str]) -> MemoryRevocationList {
    let list = MemoryRevocationList::new();
    for id in ids {
        let until = std::time::SystemTime::now() + Duration::from_secs(3600);
        list.revoke(ISSUER.url(), id, until);
    }
    list
}

/// Issuer, id, kind, expiry.
type Question = (String, String, TokenKind, Duration);

/// Answers as it was told, later, and keeps the questions.
#[derive(Clone)]
struct Remote {
    answer: Result<bool, AuthUnavailableError>,
    asked: Arc<Mutex<Vec<Question>>>,
}

impl Remote {
    fn answering(answer: Result<bool, AuthUnavailableError>) -> Self {
        Self {
            answer,
            asked: Arc::default(),
        }
    }
}

impl RevocationList for Remote {
    async fn is_revoked(&self, token: RevocationQuery<'_>) -> Result<bool, AuthUnavailableError> {
        tokio::task::yield_now().await;
        let RevocationQuery {
            kind, expires_at, ..
        } = token;
        let (issuer, jti) = (token.issuer.to_owned(), token.jti.to_owned());
        self.asked
            .lock()
            .unwrap()
            .push((issuer, jti, kind, expires_at));
        self.answer.clone()
    }
}

#[tokio::test]
async fn a_revoked_token_is_refused_with_its_own_detail() {
    let guarded = Policy::Authenticated.guard(|| async { "in" });
    let app = SecureRouter::new()
        .route("/", routing::get(guarded))
        .secured_by(with(revoking(&["gone", "gone-agent"])));
    let call = async |bearer: &str, agent: Option<&str>| {
        let mut request = axum::http::Request::get("/");
        for (name, token) in [
            ("authorization", Some(bearer)),
            ("x-agent-authorization", agent),
        ] {
            if let Some(token) = token {
                request = request.header(name, format!("Bearer {token}"));
            }
        }
        let request = request.body(axum::body::Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let challenge = response.headers().get("www-authenticate").cloned();
        let body = http_body_util::BodyExt::collect(response.into_body()).await;
        let body = String::from_utf8(body.unwrap().to_bytes().to_vec()).unwrap();
        (
            status,
            body,
            challenge.map(|value| value.to_str().unwrap().to_owned()),
        )
    };
    let token = |jti: &str| {
        ISSUER
            .token("u1")
            .claim("jti", jti)
            .agent_scopes(["a"])
            .sign()
    };

    let (good, gone) = (token("good"), token("gone"));
    assert_eq!(call(&good, None).await, (200, "in".to_owned(), None));
    assert_eq!(call(&good, Some(&token("x"))).await.0, 200);
    let challenge = Some(r#"Bearer error="invalid_token""#.to_owned());
    let detail = r#"{"detail":"Invalid token: Token has been revoked"}"#.to_owned();
    assert_eq!(call(&gone, None).await, (401, detail, challenge.clone()));
    let detail = r#"{"detail":"Invalid agent token: Token has been revoked"}"#.to_owned();
    let answer = call(&good, Some(&token("gone-agent"))).await;
    assert_eq!(answer, (401, detail, challenge));
}

#[tokio::test]
async fn a_list_that_cannot_answer_is_a_503_and_never_a_yes() {
    let broken = AuthUnavailableError::new(Dependency::RevocationList);
    let authenticator = with(Remote::answering(Err(broken)));
    let token = ISSUER.token("u1").claim("jti", "id-1").sign();
    match authenticator.authenticate(&token, None).await {
        Err(AuthClientError::AuthUnavailable(error)) => {
            assert_eq!(error.what(), Dependency::RevocationList);
            assert_eq!(
                error.jti(),
                Some("id-1"),
                "the operator wants to know which"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn both_tokens_are_asked_about_by_issuer_id_kind_and_expiry() {
    let list = Remote::answering(Ok(false));
    let authenticator = with(list.clone());
    let token = |jti: &str| {
        let token = ISSUER
            .token("u1")
            .claim("jti", jti)
            .claim("exp", 4_102_444_800_u64);
        token.agent_scopes(["a"]).sign()
    };
    let outcome = authenticator
        .authenticate(&token("b"), Some(&token("a")))
        .await;
    assert!(outcome.is_ok());
    let asked = |jti: &str, kind| {
        let expires_at = Duration::from_secs(4_102_444_800);
        (ISSUER.url().to_owned(), jti.to_owned(), kind, expires_at)
    };
    assert_eq!(
        *list.asked.lock().unwrap(),
        [asked("b", TokenKind::Bearer), asked("a", TokenKind::Agent)]
    );
}

/// Which ids are listed is nobody's business who cannot show a valid token.
#[tokio::test]
async fn forged_and_expired_tokens_learn_nothing_of_the_list() {
    let list = Remote::answering(Ok(true));
    let authenticator = with(list.clone());
    let revoked = || ISSUER.token("u1").claim("jti", "gone");
    let expired = authenticator
        .authenticate(&revoked().expired().sign(), None)
        .await;
    assert!(
        matches!(expired, Err(AuthClientError::TokenExpired(_))),
        "{expired:?}"
    );
    for (token, reason) in [
        (
            revoked().with_signature(b"forged"),
            TokenInvalidReason::Signature,
        ),
        (
            revoked().claim("aud", "x").sign(),
            TokenInvalidReason::Audience,
        ),
        (
            revoked().claim("token_use", "id").sign(),
            TokenInvalidReason::NotAnAccessToken,
        ),
        (
            revoked().claim("nbf", 4_102_444_800_u64).sign(),
            TokenInvalidReason::NotYetValid,
        ),
    ] {
        let outcome = authenticator.authenticate(&token, None).await;
        refused_for(outcome, TokenKind::Bearer, &reason);
    }
    assert!(list.asked.lock().unwrap().is_empty(), "nobody asked");
}

/// A number or an array is on no list: such a token could not be revoked.
#[tokio::test]
async fn a_jti_that_is_not_a_string_is_refused() {
    let bearer = with(revoking(&["1"]));
    for jti in [json!(1), json!(["1"]), json!({"1": 1}), json!(true)] {
        let token = ISSUER.token("u1").claim("jti", jti).sign();
        let reason = TokenInvalidReason::InvalidClaim("jti".into());
        let outcome = bearer.authenticate(&token, None).await;
        refused_for(outcome, TokenKind::Bearer, &reason);
        let good = ISSUER.token("u1").sign();
        let outcome = bearer.authenticate(&good, Some(&token)).await;
        refused_for(outcome, TokenKind::Agent, &reason);
    }
}

#[tokio::test]
async fn a_token_that_cannot_be_listed_is_accepted_or_refused_as_configured() {
    let nameless = || {
        [
            ISSUER
                .token("u1")
                .without_claim("jti")
                .agent_scopes(["a"])
                .sign(),
            ISSUER
                .token("u1")
                .claim("jti", Value::Null)
                .agent_scopes(["a"])
                .sign(),
            ISSUER
                .token("u1")
                .claim("jti", "")
                .agent_scopes(["a"])
                .sign(),
        ]
    };
    let lenient = with(revoking(&["gone"]));
    let strict = ISSUER
        .authenticator_with(ISSUER.settings().revocation_requires_jti(true), |parts| {
            parts.revocation_list(revoking(&["gone"]))
        });
    let named = ISSUER.token("u1").claim("jti", "x").sign();
    let reason = TokenInvalidReason::MissingClaim("jti".into());
    for token in nameless() {
        let outcome = lenient.authenticate(&token, Some(&token)).await;
        assert!(outcome.is_ok(), "{outcome:?}");
        refused_for(
            strict.authenticate(&token, None).await,
            TokenKind::Bearer,
            &reason,
        );
        let outcome = strict.authenticate(&named, Some(&token)).await;
        refused_for(outcome, TokenKind::Agent, &reason);
    }
    assert!(strict.authenticate(&named, None).await.is_ok());
}

/// An issuer chooses its ids: one must not be able to hide or refuse tokens of another.
#[tokio::test]
async fn an_id_of_another_issuer_is_not_confused() {
    let key = TestKey::generate("other", Algorithm::ES256);
    let other = "https://other.test";
    let keys = StaticKeys::from_jwk(key.jwk().to_string()).unwrap();
    // One list for both.
    let list = revoking(&["7"]);
    let settings = pico_auth::AuthClientSettings::builder()
        .issuer(other)
        .audience(ISSUER.audience())
        .accepted_algorithms(["ES256"]);
    let own_keys = StaticKeys::from_jwks(ISSUER.jwks().to_string()).unwrap();
    let authenticator = Authenticator::trusting([
        Authenticator::builder(ISSUER.settings().build().unwrap())
            .key_source(own_keys)
            .revocation_list(list.clone()),
        Authenticator::builder(settings.build().unwrap())
            .key_source(keys)
            .revocation_list(list),
    ])
    .unwrap();
    let ours = ISSUER.token("u1").claim("jti", "7").sign();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let theirs = pico_auth::test_kit::TokenBuilder::new(other, ISSUER.audience(), "u1", &key, now)
        .claim("jti", "7")
        .sign();
    let revoked = TokenInvalidReason::Revoked;
    refused_for(
        authenticator.authenticate(&ours, None).await,
        TokenKind::Bearer,
        &revoked,
    );
    assert!(authenticator.authenticate(&theirs, None).await.is_ok());
}

#[test]
fn contradictions_name_their_setting() {
    let error = |settings: pico_auth::AuthClientSettingsBuilder, list: bool| {
        let builder = Authenticator::builder(settings.build().unwrap());
        let keys = StaticKeys::from_jwks(ISSUER.jwks().to_string()).unwrap();
        let mut builder = builder.key_source(keys);
        if list {
            builder = builder.revocation_list(MemoryRevocationList::new());
        }
        builder
            .build()
            .map(|_| ())
            .map_err(|error| error.key().to_owned())
    };
    let settings = || ISSUER.settings();
    let endpoint = || settings().revocation_endpoint("https://issuer.test/revoked");
    assert_eq!(error(settings(), true), Ok(()));
    assert_eq!(error(endpoint(), false), Ok(()));
    assert_eq!(
        error(endpoint().revocation_requires_jti(true), false),
        Ok(())
    );
    assert_eq!(error(endpoint(), true), Err("revocation_endpoint".into()));
    assert_eq!(
        error(settings().revocation_requires_jti(true), false),
        Err("revocation_requires_jti".into())
    );
}
