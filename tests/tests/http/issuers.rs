//! Several trusted issuers: a token is judged by the rules and keys of the one it names, and of no other.

use std::sync::LazyLock;

use pico_auth::providers::Keycloak;
use pico_auth::routing::get;
use pico_auth::test_kit::{TestIssuer, TestKey, TokenBuilder};
use pico_auth::{
    Algorithm, AuthClientSettings, Authenticator, AuthenticatorBuilder, Policy, SecureRouter,
    SecurityContext,
};
use serde_json::json;

use super::support::{ADMIN, App, base64url};

const STAFF_URL: &str = "https://staff.example";
const CUSTOMERS_URL: &str = "https://customers.example/";

static STAFF: LazyLock<TestIssuer> = LazyLock::new(|| TestIssuer::in_memory_at(STAFF_URL));
/// The same `kid`s as the other, and an algorithm of its own.
static CUSTOMERS: LazyLock<TestIssuer> = LazyLock::new(|| {
    let issuer = TestIssuer::in_memory_at(CUSTOMERS_URL);
    issuer.with_key(TestKey::generate("key-2", Algorithm::ES256))
});

fn staff() -> AuthenticatorBuilder {
    STAFF.trusted(STAFF.settings())
}

fn customers() -> AuthenticatorBuilder {
    let settings = CUSTOMERS.settings().audience("shop");
    let settings = settings.accepted_algorithms(["ES256"]);
    CUSTOMERS.trusted(settings).claims::<Keycloak>()
}

fn both() -> Authenticator {
    Authenticator::trusting([staff(), customers()]).unwrap()
}

fn customer(subject: &str) -> TokenBuilder {
    CUSTOMERS.token(subject).claim("aud", "shop")
}

async fn app(authenticator: &Authenticator) -> App {
    let who = |caller: SecurityContext| async move {
        format!("{} of {}", caller.subject(), caller.issuer())
    };
    let app = SecureRouter::new()
        .route("/", get(Policy::Authenticated.guard(who)))
        .route("/admin", get(ADMIN.guard(who)));
    App::secured(app.secured_by(authenticator.clone())).await
}

#[tokio::test]
async fn each_issuer_has_its_audience_algorithms_keys_and_claims() {
    let app = app(&both()).await;
    let of_staff = STAFF.token("ada").role("admin").sign();
    let answer = app.get("/admin", Some(&of_staff)).await;
    answer.is_ok("staff", &format!("ada of {STAFF_URL}"));

    let roles = json!({ "roles": ["admin"] });
    let of_customers = customer("ada").claim("realm_access", roles.clone());
    let answer = app.get("/admin", Some(&of_customers.sign())).await;
    answer.is_ok("customers", &format!("ada of {CUSTOMERS_URL}"));

    // The claims of the one mean nothing at the other.
    let mixed_up = STAFF.token("ada").claim("realm_access", roles).sign();
    assert_eq!(app.get("/admin", Some(&mixed_up)).await.status, 403);
    let mixed_up = customer("ada").role("admin").sign();
    assert_eq!(app.get("/admin", Some(&mixed_up)).await.status, 403);
}

#[tokio::test]
async fn a_token_never_sees_the_keys_and_rules_of_another_issuer() {
    let app = app(&both()).await;
    let signature = "Invalid token: Signature verification failed";
    for (what, token, detail) in [
        (
            "signed by the other's key of the same id",
            STAFF.token("ada").signed_by(&rsa_of_customers()).sign(),
            signature,
        ),
        (
            "in the name of the other",
            CUSTOMERS.token("ada").claim("iss", STAFF_URL).sign(),
            "Invalid token: Algorithm is not accepted",
        ),
        (
            "by a key of the other that only the other has",
            STAFF.token("ada").header("kid", "key-2").sign(),
            "Invalid token: Unknown signing key",
        ),
        (
            "for the audience of the other",
            customer("ada").claim("aud", STAFF.audience()).sign(),
            "Invalid token: Invalid audience",
        ),
        (
            "by an algorithm of the other",
            customer("ada")
                .header("alg", "RS256")
                .header("kid", "key-1")
                .signed_by(&rsa_of_customers())
                .sign(),
            "Invalid token: Algorithm is not accepted",
        ),
    ] {
        app.get("/", Some(&token)).await.is_invalid(what, detail);
    }
}

/// The older key of the customers' issuer, with the `kid` that the staff's key has, too.
fn rsa_of_customers() -> TestKey {
    TestKey::generate("key-1", Algorithm::RS256)
}

#[tokio::test]
async fn an_issuer_is_named_exactly_once_and_exactly() {
    let app = app(&both()).await;
    for (what, token, detail) in [
        (
            "a stranger",
            json!("https://evil.example"),
            "Invalid issuer",
        ),
        (
            "with a slash",
            json!("https://staff.example/"),
            "Invalid issuer",
        ),
        (
            "in capitals",
            json!("HTTPS://STAFF.EXAMPLE"),
            "Invalid issuer",
        ),
        (
            "a list",
            json!([STAFF_URL, CUSTOMERS_URL]),
            "Invalid claim 'iss'",
        ),
        ("nobody", json!(null), "Missing claim 'iss'"),
        ("empty", json!(""), "Invalid issuer"),
    ]
    .map(|(what, iss, detail)| (what, STAFF.token("ada").claim("iss", iss).sign(), detail))
    {
        let detail = format!("Invalid token: {detail}");
        app.get("/", Some(&token)).await.is_invalid(what, &detail);
    }
    // Two of them: a reader that takes the last would choose another issuer than one that takes the
    // first.
    let payload = format!(r#"{{"iss":"{STAFF_URL}","iss":"{CUSTOMERS_URL}"}}"#);
    let header = base64url(r#"{"alg":"RS256","kid":"key-1"}"#);
    let twice = format!("{header}.{}.{}", base64url(payload), base64url([0; 256]));
    let answer = app.get("/", Some(&twice)).await;
    answer.is_invalid(
        "twice",
        "Invalid token: Malformed token, the claims are not a JSON object with unique members",
    );
    let no_form = "Invalid token: Malformed token, not three parts";
    for (what, token) in [("opaque", "abc"), ("five parts", "a.b.c.d.e")] {
        app.get("/", Some(token)).await.is_invalid(what, no_form);
    }
}

#[tokio::test]
async fn an_agent_of_another_issuer_does_not_act_for_this_caller() {
    let authenticator = both();
    let bearer = STAFF.token("ada").sign();
    let agent = STAFF.token("agent-7").agent_scopes(["a"]).sign();
    let caller = authenticator.authenticate(&bearer, Some(&agent)).await;
    assert_eq!(caller.unwrap().agent().unwrap().subject(), "agent-7");
    let foreign = customer("agent-7").agent_scopes(["a"]).sign();
    let refusal = authenticator.authenticate(&bearer, Some(&foreign)).await;
    let refusal = refusal.unwrap_err().to_string();
    assert_eq!(refusal, "Invalid agent token: Algorithm is not accepted");
}

#[tokio::test]
async fn issuers_come_and_go_while_the_service_runs() {
    let authenticator = Authenticator::trusting([staff()]).unwrap();
    let app = app(&authenticator).await;
    let (of_staff, of_customers) = (STAFF.token("ada").sign(), customer("bob").sign());
    let admitted = async |token: &str| app.get("/", Some(token)).await.status == 200;
    assert!(admitted(&of_staff).await && !admitted(&of_customers).await);

    authenticator.trust(customers()).unwrap();
    assert_eq!(authenticator.issuers(), [STAFF_URL, CUSTOMERS_URL]);
    assert!(admitted(&of_staff).await && admitted(&of_customers).await);

    assert!(authenticator.distrust(STAFF_URL));
    assert!(!authenticator.distrust(STAFF_URL));
    assert!(!admitted(&of_staff).await && admitted(&of_customers).await);

    assert!(authenticator.distrust(CUSTOMERS_URL));
    assert!(!admitted(&of_staff).await && !admitted(&of_customers).await);
    assert!(
        authenticator.is_enabled(),
        "nobody trusted is not: switched off"
    );
}

#[test]
fn a_list_of_issuers_that_means_nothing_is_a_configuration_error() {
    let refused = |issuers: Vec<AuthenticatorBuilder>| {
        let error = Authenticator::trusting(issuers).unwrap_err();
        error.key().to_owned()
    };
    assert_eq!(refused(vec![]), "issuer");
    assert_eq!(refused(vec![staff(), customers(), staff()]), "issuer");
    let disabled = || STAFF.trusted(STAFF.settings().enabled(false));
    assert_eq!(refused(vec![customers(), disabled()]), "enabled");
    assert_eq!(both().trust(staff()).unwrap_err().key(), "issuer");

    let nobody = AuthClientSettings::builder()
        .enabled(false)
        .build()
        .unwrap();
    let nobody = Authenticator::new(nobody).unwrap();
    assert_eq!(nobody.trust(staff()).unwrap_err().key(), "enabled");
    assert!(!nobody.distrust(STAFF_URL));
}
