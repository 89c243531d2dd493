//! Stage 2: tokens that are bound to a key of their client (DPoP, RFC 9449). A thief has the token, has
//! seen proofs, and does not have the key.

#[path = "dpop/answer.rs"]
mod answer;
#[path = "dpop/binding.rs"]
mod binding;
#[path = "dpop/proof.rs"]
mod proof;

use std::sync::LazyLock;
use std::time::Duration;

use pico_auth::test_kit::{ManualClock, TestIssuer, TestKey, TokenBuilder};
use pico_auth::{
    Algorithm, Authentication, AuthenticatorBuilder, Dpop, Policy, TokenCookie, TokenHeader,
};
use reqwest::Method;
use tokio::task::JoinSet;

use super::support::{Answer, App, ISSUER, behind, send};

/// The client's key, and one of somebody else.
static KEY: LazyLock<TestKey> = LazyLock::new(|| TestKey::generate("client", Algorithm::ES256));
static OTHER: LazyLock<TestKey> = LazyLock::new(|| TestKey::generate("other", Algorithm::ES256));

const URL: &str = "https://api.example/";
const DPOP: &str = r#"DPoP algs="ES256 ES384 EdDSA PS256 RS256""#;
const INVALID_TOKEN: &str = r#"DPoP error="invalid_token", algs="ES256 ES384 EdDSA PS256 RS256""#;
const INVALID_PROOF: &str =
    r#"DPoP error="invalid_dpop_proof", algs="ES256 ES384 EdDSA PS256 RS256""#;

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
async fn the_scheme_decides_wherever_the_token_is_found() {
    let issuer = ISSUER.clone().with_clock(ManualClock::new());
    let authenticator =
        || issuer.authenticator_with(issuer.settings(), |builder| builder.dpop(dpop()));
    let token = issuer.token("ada").bound_to(&KEY).sign();
    let proof = || issuer.proof(&KEY, "GET", URL, &token).sign();

    let header = TokenHeader::new("x-token").unwrap();
    let authentication = Authentication::with_extractor(authenticator(), header);
    let app = App::secured(behind(Policy::Authenticated, authentication)).await;
    let credential = format!("DPoP {token}");
    let answer = app
        .get_with(&[("x-token", &credential), ("DPoP", &proof())])
        .await;
    answer.is_ok("another header", "ada");

    // A cookie has no scheme, so what is in it is a bearer token.
    let cookie = TokenCookie::new("session").unwrap();
    let authentication = Authentication::with_extractor(authenticator(), cookie);
    let app = App::secured(behind(Policy::Authenticated, authentication)).await;
    let credential = format!("session={token}");
    let answer = app
        .get_with(&[("Cookie", &credential), ("DPoP", &proof())])
        .await;
    assert_eq!(answer.status, 401, "{}", answer.body);
}
