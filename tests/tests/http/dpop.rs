//! Stage 2: tokens that are bound to a key of their client (DPoP, RFC 9449). A thief has the token, has
//! seen proofs, and does not have the key.

use std::sync::LazyLock;
use std::time::Duration;

use aws_lc_rs::hmac;
use pico_auth::routing::{any, get};
use pico_auth::test_kit::{ManualClock, TestIssuer, TestKey, TokenBuilder};
use pico_auth::{Algorithm, AuthenticatorBuilder, Dpop, Policy, SecureRouter};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::support::{ADMIN, Answer, App, ISSUER, base64url, behind, send, whoami};

/// The client's key, and one of somebody else.
static KEY: LazyLock<TestKey> = LazyLock::new(|| TestKey::generate("client", Algorithm::ES256));
static OTHER: LazyLock<TestKey> = LazyLock::new(|| TestKey::generate("other", Algorithm::ES256));

const URL: &str = "https://api.example/";
const DPOP: &str = r#"DPoP algs="ES256 ES384 EdDSA PS256 RS256""#;
const INVALID_TOKEN: &str = r#"DPoP error="invalid_token", algs="ES256 ES384 EdDSA PS256 RS256""#;
const INVALID_PROOF: &str =
    r#"DPoP error="invalid_dpop_proof", algs="ES256 ES384 EdDSA PS256 RS256""#;
const USE_NONCE: &str = r#"DPoP error="use_dpop_nonce", algs="ES256 ES384 EdDSA PS256 RS256""#;
const NEED_NONCE: &str = "Invalid token: The DPoP proof must hold the nonce of this answer";

fn dpop() -> Dpop {
    Dpop::new(["https://api.example"])
}

/// A service whose time stands still.
struct Service {
    issuer: TestIssuer,
    clock: ManualClock,
    app: App,
}

impl Service {
    async fn with(parts: impl FnOnce(AuthenticatorBuilder) -> AuthenticatorBuilder) -> Self {
        let clock = ManualClock::new();
        let issuer = ISSUER.clone().with_clock(clock.clone());
        let authenticator = issuer.authenticator_with(issuer.settings(), parts);
        let app = App::secured(behind(Policy::Authenticated, authenticator)).await;
        Self { issuer, clock, app }
    }

    async fn start() -> Self {
        Self::with(|builder| builder.dpop(dpop())).await
    }

    fn token(&self) -> TokenBuilder {
        self.issuer.token("ada").bound_to(&KEY)
    }

    /// The client's proof for `GET /`.
    fn proof(&self, token: &str) -> TokenBuilder {
        self.issuer.proof(&KEY, "GET", URL, token)
    }

    async fn get(&self, token: &str, proofs: &[&str]) -> Answer {
        let authorization = format!("DPoP {token}");
        let mut headers = vec![("Authorization", authorization.as_str())];
        headers.extend(proofs.iter().map(|proof| ("DPoP", *proof)));
        self.app.get_with(&headers).await
    }

    fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

impl Answer {
    #[track_caller]
    fn is_bad_proof(&self, what: &str, problem: &str) {
        let detail = format!("Invalid token: The DPoP proof {problem}");
        self.refuses(what, 401, &detail, Some(INVALID_PROOF));
    }

    #[track_caller]
    fn is_not_the_sender(&self, what: &str, problem: &str) {
        let detail = format!("Invalid token: Token {problem}");
        self.refuses(what, 401, &detail, Some(INVALID_TOKEN));
    }
}

#[tokio::test]
async fn a_bound_token_with_its_proof_is_accepted() {
    let service = Service::start().await;
    let token = service.token().sign();
    let proof = || service.proof(&token).sign();
    service.get(&token, &[&proof()]).await.is_ok("DPoP", "ada");
    for scheme in ["dpop", "DPOP", "DpOp  "] {
        let authorization = format!("{scheme} {token}");
        let headers = [("authorization", &*authorization), ("dpop", &proof())];
        service.app.get_with(&headers).await.is_ok(scheme, "ada");
    }
    for algorithm in [
        Algorithm::ES384,
        Algorithm::EdDSA,
        Algorithm::PS256,
        Algorithm::RS256,
    ] {
        let key = TestKey::generate("client", algorithm);
        let token = service.issuer.token("ada").bound_to(&key).sign();
        let proof = service.issuer.proof(&key, "GET", URL, &token).sign();
        let answer = service.get(&token, &[&proof]).await;
        answer.is_ok(algorithm.name(), "ada");
    }
    // What issuers write about such a token (RFC 9449 §5, Keycloak).
    for name in ["typ", "token_type"] {
        let token = service.token().claim(name, "DPoP").sign();
        let proof = service.proof(&token).sign();
        service.get(&token, &[&proof]).await.is_ok(name, "ada");
    }
    // A bearer token is one as ever, also beside a proof that nobody asked for.
    let bearer = service.issuer.token("bea").sign();
    service
        .app
        .get("/", Some(&bearer))
        .await
        .is_ok("Bearer", "bea");
}

#[tokio::test]
async fn a_stolen_token_without_the_key_is_refused() {
    let service = Service::start().await;
    let token = service.token().sign();

    let missing = service.get(&token, &[]).await;
    missing.is_bad_proof("no proof", "is missing");

    let downgraded = service.app.get("/", Some(&token)).await;
    let detail =
        "Invalid token: Token is bound to a DPoP key; send it by the scheme DPoP, with a proof";
    let challenge = format!(r#"Bearer error="invalid_token", {DPOP}"#);
    downgraded.refuses("downgrade to Bearer", 401, detail, Some(&challenge));
    let proof = service.proof(&token).sign();
    let authorization = format!("Bearer {token}");
    let headers = [("Authorization", &*authorization), ("DPoP", &*proof)];
    let downgraded = service.app.get_with(&headers).await;
    downgraded.refuses("downgrade beside a proof", 401, detail, Some(&challenge));

    let thief = service.issuer.proof(&OTHER, "GET", URL, &token);
    let answer = service.get(&token, &[&thief.clone().sign()]).await;
    answer.is_not_the_sender(
        "the thief's key",
        "is bound to another key than that of its DPoP proof",
    );
    let named = thief.header("kid", KEY.kid()).sign();
    let answer = service.get(&token, &[&named]).await;
    answer.is_not_the_sender(
        "kid of the owner",
        "is bound to another key than that of its DPoP proof",
    );

    // The owner's public key is in every proof that the thief has seen.
    let forged = service.proof(&token).signed_by(&OTHER).sign();
    let answer = service.get(&token, &[&forged]).await;
    answer.is_bad_proof("signed by another key", "is not signed by its `jwk`");
    let named = service
        .proof(&token)
        .header("kid", ISSUER.key().kid())
        .signed_by(ISSUER.key());
    let answer = service.get(&token, &[&named.sign()]).await;
    answer.is_bad_proof("kid of the issuer's key", "is not signed by its `jwk`");
}

#[tokio::test]
async fn a_proof_is_good_for_one_request() {
    let service = Service::start().await;
    let token = service.token().sign();
    let proof = service.proof(&token).sign();
    service.get(&token, &[&proof]).await.is_ok("first", "ada");
    for seconds in [0, 1, 59] {
        service.wait(seconds);
        let answer = service.get(&token, &[&proof]).await;
        answer.is_bad_proof("replayed", "was used before");
    }
    service.wait(1);
    let answer = service.get(&token, &[&proof]).await;
    answer.is_bad_proof("replayed after its life", "is too old");

    // A new proof with the id of an old one is the same proof.
    let again = service.proof(&token).claim("jti", "an id");
    service
        .get(&token, &[&again.clone().sign()])
        .await
        .is_ok("new", "ada");
    let answer = service
        .get(&token, &[&again.claim("extra", 1).sign()])
        .await;
    answer.is_bad_proof("same jti", "was used before");
}

#[tokio::test]
async fn of_many_requests_with_one_proof_at_once_one_is_accepted() {
    let service = Service::start().await;
    let token = service.token().sign();
    let proof = service.proof(&token).sign();
    let mut requests = JoinSet::new();
    for _ in 0..20 {
        let request = service.app.request(Method::GET, "/").header("DPoP", &proof);
        requests.spawn(send(
            request.header("Authorization", format!("DPoP {token}")),
        ));
    }
    let answers = requests.join_all().await;
    let accepted = answers.iter().filter(|answer| answer.status == 200);
    assert_eq!(accepted.count(), 1);
}

#[tokio::test]
async fn a_forged_proof_does_not_use_up_the_id_of_a_good_one() {
    let service = Service::start().await;
    let token = service.token().sign();
    let good = service.proof(&token).claim("jti", "an id");
    for forged in [
        good.clone().signed_by(&OTHER),
        good.clone().claim("htm", "PUT"),
    ] {
        let answer = service.get(&token, &[&forged.sign()]).await;
        assert_eq!(answer.status, 401);
    }
    service
        .get(&token, &[&good.sign()])
        .await
        .is_ok("good", "ada");
}

#[tokio::test]
async fn a_proof_for_another_request_is_refused() {
    let service = Service::start().await;
    let token = service.token().sign();
    let other = service.token().sign();
    let proof = || service.proof(&token);
    let htu = |uri: &str| proof().claim("htu", uri);
    let url = "is for another URL";
    for (what, proof, problem) in [
        (
            "method",
            proof().claim("htm", "POST"),
            "is for another method",
        ),
        (
            "method in lower case",
            proof().claim("htm", "get"),
            "is for another method",
        ),
        ("no method", proof().without_claim("htm"), "has no `htm`"),
        (
            "two methods",
            proof().claim("htm", json!(["GET"])),
            "has no `htm`",
        ),
        ("path", htu("https://api.example/other"), url),
        ("path below", htu("https://api.example//"), url),
        ("host", htu("https://evil.example/"), url),
        ("host below", htu("https://api.example.evil.example/"), url),
        ("port", htu("https://api.example:8443/"), url),
        ("scheme", htu("http://api.example/"), url),
        (
            "user",
            htu("https://api.example@evil.example/"),
            "has an `htu` that is not a URL",
        ),
        ("only a path", htu("/"), "has an `htu` that is not a URL"),
        ("where it is served", htu("http://127.0.0.1/"), url),
        ("no URL", proof().without_claim("htu"), "has no `htu`"),
        (
            "another token",
            service.proof(&other),
            "is for another token",
        ),
        (
            "token itself",
            proof().claim("ath", token.as_str()),
            "is for another token",
        ),
        (
            "no token, as at the issuer",
            proof().without_claim("ath"),
            "has no `ath`",
        ),
        ("empty token", proof().claim("ath", ""), "has no `ath`"),
    ] {
        let answer = service.get(&token, &[&proof.sign()]).await;
        answer.is_bad_proof(what, problem);
    }
    for same in [
        "https://api.example",
        "HTTPS://API.example:443/",
        "https://api.example/?q=1#f",
        "https://api.example/a/..",
    ] {
        let answer = service.get(&token, &[&htu(same).sign()]).await;
        answer.is_ok(same, "ada");
    }
}

#[tokio::test]
async fn the_url_of_a_proof_is_the_public_one_and_no_header_changes_it() {
    let clock = ManualClock::new();
    let issuer = ISSUER.clone().with_clock(clock);
    let authenticator = issuer.authenticator_with(issuer.settings(), |builder| {
        builder.dpop(Dpop::new([
            "https://a.example",
            "https://b.example/behind/",
        ]))
    });
    let inner = SecureRouter::new().route("/{id}", any(Policy::Authenticated.guard(whoami)));
    let router = SecureRouter::new().nest("/orders", SecureRouter::new().nest("/eu", inner));
    let outer = axum::Router::new().nest_service("/api", router.secured_by(authenticator));
    let app = App::serve(outer).await;
    let token = issuer.token("ada").bound_to(&KEY).sign();
    let call = |method: Method, path: &str, url: &str| {
        let proof = issuer.proof(&KEY, method.as_str(), url, &token).sign();
        let request = app.request(method, path).header("DPoP", proof);
        request.header("Authorization", format!("DPoP {token}"))
    };
    for (path, url) in [
        ("/api/orders/eu/7", "https://a.example/api/orders/eu/7"),
        ("/api/orders/eu/7?x=/y", "https://a.example/api/orders/eu/7"),
        (
            "/api/orders/eu/7",
            "https://b.example/behind/api/orders/eu/7",
        ),
        (
            "/api/orders/eu/%7e%2f",
            "https://a.example/api/orders/eu/~%2F",
        ),
    ] {
        for method in [Method::GET, Method::DELETE, Method::PATCH] {
            send(call(method, path, url)).await.is_ok(url, "ada");
        }
    }
    for (path, url) in [
        // What is left of the path inside the nested routers.
        ("/api/orders/eu/7", "https://a.example/7"),
        ("/api/orders/eu/7", "https://a.example/orders/eu/7"),
        ("/api/orders/eu/7", "https://b.example/api/orders/eu/7"),
        ("/api/orders/eu/7", "https://a.example/api/orders/eu/8"),
    ] {
        let answer = send(call(Method::GET, path, url)).await;
        answer.is_bad_proof(url, "is for another URL");
    }
    for (name, value) in [
        ("Host", "evil.example"),
        ("X-Forwarded-Host", "evil.example"),
        ("Forwarded", "host=evil.example;proto=https"),
    ] {
        let request = call(
            Method::GET,
            "/api/orders/eu/7",
            "https://evil.example/api/orders/eu/7",
        );
        let answer = send(request.header(name, value)).await;
        answer.is_bad_proof(name, "is for another URL");
    }
}

#[tokio::test]
async fn a_proof_made_long_ago_or_for_later_is_refused() {
    let service = Service::start().await;
    let token = service.token().sign();
    let now = 1_800_000_000_i64;
    let at = |iat: Value| service.proof(&token).claim("iat", iat);
    for (iat, problem) in [
        (json!(now - 61), "is too old"),
        (json!(0), "is too old"),
        (json!(now + 6), "was made in the future"),
        (json!(now * 1000), "has no `iat`"),
        (json!(-1), "has no `iat`"),
        (json!(now.to_string()), "has no `iat`"),
        (json!(null), "has no `iat`"),
    ] {
        let answer = service.get(&token, &[&at(iat.clone()).sign()]).await;
        answer.is_bad_proof(&iat.to_string(), problem);
    }
    let without = service.proof(&token).without_claim("iat").sign();
    service
        .get(&token, &[&without])
        .await
        .is_bad_proof("none", "has no `iat`");
    for iat in [now - 60, now, now + 5] {
        let answer = service.get(&token, &[&at(json!(iat)).sign()]).await;
        answer.is_ok(&iat.to_string(), "ada");
    }
}

#[tokio::test]
async fn a_proof_of_another_form_is_refused() {
    let service = Service::start().await;
    let token = service.token().sign();
    let proof = || service.proof(&token);
    let good = proof().sign();
    let key = |change: fn(&mut serde_json::Map<String, Value>)| {
        let mut jwk = KEY.jwk();
        change(jwk.as_object_mut().unwrap());
        proof().header("jwk", jwk).sign()
    };
    let hs256 = {
        let proof = proof().header("alg", "HS256").with_signature(b"");
        let message = proof.trim_end_matches('.');
        let secret = hmac::Key::new(hmac::HMAC_SHA256, KEY.public_pem().as_bytes());
        let signature = base64url(hmac::sign(&secret, message.as_bytes()));
        format!("{message}.{signature}")
    };
    let alg = "has an `alg` that is not accepted";
    let jwk = "has a `jwk` that is not a public key";
    for (what, proof, problem) in [
        (
            "alg none",
            proof().header("alg", "none").with_signature(b""),
            alg,
        ),
        ("HS256 with the public key", hs256, alg),
        ("no alg", proof().without_header("alg").sign(), alg),
        (
            "an algorithm that is not accepted",
            proof().header("alg", "RS512").sign(),
            alg,
        ),
        (
            "an algorithm of another key",
            proof().header("alg", "RS256").sign(),
            "is not signed by its `jwk`",
        ),
        (
            "no jwk",
            proof().without_header("jwk").sign(),
            "brings no `jwk`",
        ),
        (
            "jwk by its kid",
            proof().header("jwk", "client").sign(),
            jwk,
        ),
        (
            "a private key",
            key(|jwk| drop(jwk.insert("d".into(), "AAAA".into()))),
            jwk,
        ),
        (
            "a key to encrypt",
            key(|jwk| drop(jwk.insert("use".into(), "enc".into()))),
            jwk,
        ),
        (
            "a symmetric key",
            proof()
                .header("jwk", json!({ "kty": "oct", "k": "AAAA" }))
                .sign(),
            jwk,
        ),
        (
            "a jku",
            proof()
                .without_header("jwk")
                .header("jku", "https://evil.example/")
                .sign(),
            "brings no `jwk`",
        ),
        (
            "a token's type",
            proof().header("typ", "at+jwt").sign(),
            "has not the `typ` dpop+jwt",
        ),
        (
            "no type",
            proof().without_header("typ").sign(),
            "has not the `typ` dpop+jwt",
        ),
        (
            "the token as its proof",
            token.clone(),
            "has not the `typ` dpop+jwt",
        ),
        (
            "an extension",
            proof().header("crit", json!(["x"])).sign(),
            "asks for an extension",
        ),
        ("no id", proof().without_claim("jti").sign(), "has no `jti`"),
        (
            "an empty id",
            proof().claim("jti", "").sign(),
            "has no `jti`",
        ),
        (
            "a number as id",
            proof().claim("jti", 7).sign(),
            "has no `jti`",
        ),
        (
            "no signature",
            proof().with_signature(b""),
            "has a signature that is not base64url",
        ),
        (
            "a cut signature",
            proof().with_signature(&[0; 63]),
            "is not signed by its `jwk`",
        ),
        ("garbage", "garbage".to_owned(), "has not three parts"),
        ("empty", String::new(), "has not three parts"),
        (
            "two in one header",
            format!("{good}, {good}"),
            "has not three parts",
        ),
        (
            "oversize",
            proof().claim("x", "x".repeat(20_000)).sign(),
            "is too large",
        ),
    ] {
        let answer = service.get(&token, &[&proof]).await;
        answer.is_bad_proof(what, problem);
    }
    for other in [good.as_str(), "", "garbage"] {
        let answer = service.get(&token, &[&good, other]).await;
        answer.is_bad_proof("two headers", "is not the only one");
        let answer = service.get(&token, &[other, &good]).await;
        answer.is_bad_proof("two headers", "is not the only one");
    }
    let answer = service.get(&good, &[&good]).await;
    answer.refuses(
        "a proof as a token",
        401,
        "Invalid token: Algorithm is not accepted",
        Some(INVALID_TOKEN),
    );
    service.get(&token, &[&good]).await.is_ok("good", "ada");
}

#[tokio::test]
async fn a_weak_key_is_refused_though_a_token_is_bound_to_it() {
    let service = Service::start().await;
    let n = base64url([0xC1; 128]);
    let jwk = json!({ "kty": "RSA", "n": n, "e": "AQAB" });
    let canonical = format!(r#"{{"e":"AQAB","kty":"RSA","n":"{n}"}}"#);
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, canonical.as_bytes());
    let cnf = json!({ "jkt": base64url(hash) });
    let token = service.issuer.token("ada").claim("cnf", cnf).sign();
    let proof = service
        .proof(&token)
        .header("jwk", jwk)
        .header("alg", "RS256");
    let answer = service
        .get(&token, &[&proof.with_signature(&[1; 128])])
        .await;
    answer.is_bad_proof("1024 bits", "has a `jwk` that is not a public key");
}

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
    answer.refuses("none", 401, super::support::MISSING, Some(DPOP));
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
async fn challenges_name_the_schemes_that_are_accepted() {
    let clock = ManualClock::new();
    let issuer = ISSUER.clone().with_clock(clock.clone());
    let authenticator =
        issuer.authenticator_with(issuer.settings(), |builder| builder.dpop(dpop()));
    let scope = Policy::require(pico_auth::Requirement::any_scope(&["write"]));
    let router = SecureRouter::new()
        .route("/", get(Policy::Authenticated.guard(whoami)))
        .route("/admin", get(ADMIN.guard(whoami)))
        .route("/scope", get(scope.guard(whoami)))
        .route(
            "/inside",
            get(Policy::OptionalAuthentication.guard(|| async {
                Err::<(), _>(pico_auth::SecurityContext::require().unwrap_err())
            })),
        );
    let app = App::secured(router.secured_by(authenticator)).await;
    let both = format!("Bearer, {DPOP}");
    for path in ["/", "/admin", "/inside", "/no-such-path"] {
        let answer = app.get(path, None).await;
        answer.refuses(path, 401, super::support::MISSING, Some(&both));
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

#[tokio::test]
async fn an_issuer_without_dpop_beside_one_with_it() {
    let clock = ManualClock::new();
    let with = ISSUER.clone().with_clock(clock.clone());
    let plain = TestIssuer::in_memory().with_clock(clock);
    // Both are `https://issuer.test`, so the second takes another name.
    let settings =
        |issuer: &TestIssuer, name: &str| issuer.settings().issuer(name).build().unwrap();
    let keys =
        |issuer: &TestIssuer| pico_auth::StaticKeys::from_jwks(issuer.jwks().to_string()).unwrap();
    let clock = ManualClock::new();
    let authenticator = pico_auth::Authenticator::trusting([
        pico_auth::Authenticator::builder(settings(&with, with.url()))
            .key_source(keys(&with))
            .clock(clock.clone())
            .dpop(dpop())
            .require_bound_tokens(),
        pico_auth::Authenticator::builder(settings(&plain, "https://plain.test"))
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

#[test]
fn wrong_settings_are_told_at_start_up() {
    let build = |dpop: Dpop| {
        let settings = ISSUER.settings().build().unwrap();
        let error = pico_auth::Authenticator::builder(settings)
            .dpop(dpop)
            .build();
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
