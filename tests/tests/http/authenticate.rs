//! Stage 2: who is believed. Every token an attacker can make is refused with its own words.

use std::error::Error;
use std::time::Duration;

use aws_lc_rs::hmac;
use pico_auth::test_kit::{ManualClock, TestKey, TokenBuilder};
use pico_auth::{
    Algorithm, AuthUnavailableError, Authenticator, Dependency, KeyFuture, KeyQuery, KeySource,
    Policy, RoleResolver, TokenClaims,
};
use serde_json::{Value, json};

use super::support::{ADMIN, Answer, App, ISSUER, base64url, behind, serve};

/// A token with this payload, whatever it is, and the issuer's own signature.
fn signed_payload(payload: &str) -> String {
    let key = ISSUER.key();
    let header = json!({ "alg": key.algorithm().name(), "kid": key.kid() }).to_string();
    signed(&header, payload)
}

fn signed(header: &str, payload: &str) -> String {
    let message = format!("{}.{}", base64url(header), base64url(payload));
    let signature = base64url(ISSUER.key().sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// HS256 with the public key as the secret: what a confused verifier accepts.
fn hs256(secret: &[u8]) -> String {
    let token = token().header("alg", "HS256").with_signature(b"");
    let message = token.trim_end_matches('.');
    let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let signature = base64url(hmac::sign(&secret, message.as_bytes()));
    format!("{message}.{signature}")
}

fn token() -> TokenBuilder {
    ISSUER.token("u1").role("admin")
}

/// Sends each token to an endpoint for everybody, one for admins and one where a token is optional:
/// a bad token is told the same thing everywhere.
async fn all_are_told<const N: usize>(cases: [(&str, String, &str); N]) {
    for policy in [Policy::Authenticated, Policy::OptionalAuthentication, ADMIN] {
        let app = serve(policy).await;
        for (what, token, detail) in &cases {
            app.get("/", Some(token)).await.is_invalid(what, detail);
        }
    }
}

#[tokio::test]
async fn a_good_token_is_accepted_and_a_missing_one_is_not() {
    let app = serve(Policy::Authenticated).await;
    app.get("/", Some(&token().sign()))
        .await
        .is_ok("good", "u1");
    app.get("/", None).await.is_missing("none");
}

#[tokio::test]
async fn what_is_not_a_token_is_malformed() {
    let good = token().sign();
    let [header, payload, signature] = [0, 1, 2].map(|i| good.split('.').nth(i).unwrap());
    let parts = "Invalid token: Malformed token, not three parts";
    let header_base64 = "Invalid token: Malformed token, the header is not unpadded base64url";
    let header_json =
        "Invalid token: Malformed token, the header is not a JSON object with unique members";
    let base64 = "Invalid token: Malformed token, a part is not unpadded base64url";
    let extension = "Invalid token: Malformed token, the header asks for an extension";
    let extended = |name: &str, value: Value| token().header(name, value).sign();
    all_are_told([
        ("one part", "abc".to_owned(), parts),
        ("two parts", format!("{header}.{payload}"), parts),
        ("four parts", format!("{good}.{signature}"), parts),
        ("five parts, a JWE", format!("{good}.a.b"), parts),
        ("only dots", "..".to_owned(), header_json),
        (
            "padding inside",
            format!("{header}=.{payload}.{signature}").replace('=', "~"),
            header_base64,
        ),
        (
            "the base64 alphabet",
            format!("{header}.{payload}.++//"),
            base64,
        ),
        ("no signature", format!("{header}.{payload}."), base64),
        ("no payload", format!("{header}..{signature}"), base64),
        (
            "a header that is an array",
            format!("{}.{payload}.{signature}", base64url("[]")),
            header_json,
        ),
        (
            "deep nesting in the header",
            format!("{}.{payload}.{signature}", base64url("[".repeat(5000))),
            header_json,
        ),
        (
            "critical extension",
            extended("crit", json!(["x"])),
            extension,
        ),
        ("empty crit", extended("crit", json!([])), extension),
        (
            "unencoded payload (RFC 7797)",
            extended("b64", json!(false)),
            extension,
        ),
        (
            "kid is a number",
            extended("kid", json!(1)),
            "Invalid token: Malformed token, the header's `kid` is not a string",
        ),
    ])
    .await;
}

#[tokio::test]
async fn forged_signatures() {
    let attacker = TestKey::generate(ISSUER.key().kid(), ISSUER.key().algorithm());
    let elliptic = TestKey::generate(ISSUER.key().kid(), Algorithm::ES256);
    let good = token().sign();
    let (message, _) = good.rsplit_once('.').unwrap();
    let (_, other_signature) = good.rsplit_once('.').unwrap();
    let other_payload = token().claim("sub", "root").sign();
    let (other_message, _) = other_payload.rsplit_once('.').unwrap();
    let signature = "Invalid token: Signature verification failed";
    let algorithm = "Invalid token: Algorithm is not accepted";
    all_are_told([
        (
            "another key under the same kid",
            token().signed_by(&attacker).sign(),
            signature,
        ),
        (
            "the signature of another token",
            format!("{other_message}.{other_signature}"),
            signature,
        ),
        (
            "a signature of one byte",
            format!("{message}.AA"),
            signature,
        ),
        (
            "a forged token that has expired",
            token().expired().signed_by(&attacker).sign(),
            signature,
        ),
        (
            "a forged token of another issuer",
            token().claim("iss", "x").signed_by(&attacker).sign(),
            signature,
        ),
        (
            "alg none",
            token().header("alg", "none").with_signature(b""),
            algorithm,
        ),
        (
            "alg None",
            token().header("alg", "None").with_signature(b""),
            algorithm,
        ),
        (
            "alg none, signed",
            token().header("alg", "none").sign(),
            algorithm,
        ),
        ("alg empty", token().header("alg", "").sign(), algorithm),
        (
            "alg missing",
            token().without_header("alg").sign(),
            algorithm,
        ),
        (
            "alg is an array",
            token().header("alg", json!(["RS256"])).sign(),
            algorithm,
        ),
        (
            "alg in lower case",
            token().header("alg", "rs256").sign(),
            algorithm,
        ),
        (
            "HS256 with the public key (PEM)",
            hs256(ISSUER.key().public_pem().as_bytes()),
            algorithm,
        ),
        (
            "HS256 with the public key (JWK)",
            hs256(ISSUER.key().jwk().to_string().as_bytes()),
            algorithm,
        ),
        (
            "an algorithm that is not on the list",
            token().header("alg", "ES256").signed_by(&elliptic).sign(),
            algorithm,
        ),
        (
            "a sibling of the listed algorithm",
            token().header("alg", "RS512").sign(),
            algorithm,
        ),
    ])
    .await;
}

#[tokio::test]
async fn keys_that_the_token_brings_along_are_not_followed() {
    let attacker = TestKey::generate("evil", ISSUER.key().algorithm());
    let forged = || token().signed_by(&attacker);
    let unknown = "Invalid token: Unknown signing key";
    all_are_told([
        (
            "unknown kid",
            forged().header("kid", "evil").sign(),
            unknown,
        ),
        ("empty kid", forged().header("kid", "").sign(), unknown),
        (
            "a path as kid",
            forged().header("kid", "../../dev/null").sign(),
            unknown,
        ),
        (
            "SQL as kid",
            forged().header("kid", "' UNION SELECT 'x").sign(),
            unknown,
        ),
        (
            "jwk",
            forged()
                .header("kid", "evil")
                .header("jwk", attacker.jwk())
                .sign(),
            unknown,
        ),
        (
            "jku",
            forged()
                .header("kid", "evil")
                .header("jku", "http://127.0.0.1:9/")
                .sign(),
            unknown,
        ),
        (
            "jwk under the issuer's kid",
            forged().header("jwk", attacker.jwk()).sign(),
            "Invalid token: Signature verification failed",
        ),
        (
            "jwk without a kid",
            forged()
                .without_header("kid")
                .header("jwk", attacker.jwk())
                .sign(),
            "Invalid token: Signature verification failed",
        ),
    ])
    .await;
}

#[tokio::test]
async fn claims_that_do_not_hold() {
    let issuer = "Invalid token: Invalid issuer";
    let audience = "Invalid token: Invalid audience";
    all_are_told([
        (
            "wrong issuer",
            token().claim("iss", "https://evil.test").sign(),
            issuer,
        ),
        (
            "issuer with a slash",
            token().claim("iss", "https://issuer.test/").sign(),
            issuer,
        ),
        (
            "issuer in upper case",
            token().claim("iss", "HTTPS://ISSUER.TEST").sign(),
            issuer,
        ),
        (
            "no issuer",
            token().without_claim("iss").sign(),
            "Invalid token: Missing claim 'iss'",
        ),
        (
            "issuers",
            token().claim("iss", json!([ISSUER.url()])).sign(),
            "Invalid token: Invalid claim 'iss'",
        ),
        (
            "wrong audience",
            token().claim("aud", "other-api").sign(),
            audience,
        ),
        (
            "no audience among many",
            token().claim("aud", json!(["a", "b"])).sign(),
            audience,
        ),
        (
            "empty audience",
            token().claim("aud", json!([])).sign(),
            audience,
        ),
        (
            "no audience",
            token().without_claim("aud").sign(),
            "Invalid token: Missing claim 'aud'",
        ),
        (
            "null audience",
            token().claim("aud", Value::Null).sign(),
            "Invalid token: Missing claim 'aud'",
        ),
        (
            "audience is a number",
            token().claim("aud", 1).sign(),
            "Invalid token: Invalid claim 'aud'",
        ),
        (
            "audience is an object",
            token().claim("aud", json!({ "test-api": true })).sign(),
            "Invalid token: Invalid claim 'aud'",
        ),
        (
            "no subject",
            token().without_claim("sub").sign(),
            "Invalid token: Missing claim 'sub'",
        ),
        (
            "empty subject",
            token().claim("sub", "").sign(),
            "Invalid token: Invalid claim 'sub'",
        ),
        (
            "subject is a number",
            token().claim("sub", 1).sign(),
            "Invalid token: Invalid claim 'sub'",
        ),
        (
            "scope is a number",
            token().claim("scope", 1).sign(),
            "Invalid token: Invalid claim 'scope'",
        ),
    ])
    .await;
}

#[tokio::test]
async fn times_that_do_not_hold() {
    let exp = "Invalid token: Invalid claim 'exp'";
    let year_9999_in_milliseconds = 253_402_300_799_000_u64;
    let future = 4_102_444_800_u64;
    all_are_told([
        ("expired", token().expired().sign(), "Token has expired"),
        (
            "expired in 1970",
            token().claim("exp", 0).sign(),
            "Token has expired",
        ),
        (
            "not yet valid",
            token().claim("nbf", future).sign(),
            "Invalid token: Token is not yet valid",
        ),
        (
            "no expiry",
            token().without_claim("exp").sign(),
            "Invalid token: Missing claim 'exp'",
        ),
        (
            "null expiry",
            token().claim("exp", Value::Null).sign(),
            "Invalid token: Missing claim 'exp'",
        ),
        (
            "expiry is a string",
            token().claim("exp", "4102444800").sign(),
            exp,
        ),
        ("expiry is true", token().claim("exp", true).sign(), exp),
        ("expiry is negative", token().claim("exp", -1).sign(), exp),
        (
            "expiry is enormous",
            token().claim("exp", 1e300).sign(),
            exp,
        ),
        (
            "expiry is in milliseconds",
            token().claim("exp", year_9999_in_milliseconds).sign(),
            exp,
        ),
        (
            "nbf is a string",
            token().claim("nbf", "0").sign(),
            "Invalid token: Invalid claim 'nbf'",
        ),
        (
            "iat is a string",
            token().claim("iat", "0").sign(),
            "Invalid token: Invalid claim 'iat'",
        ),
    ])
    .await;
}

#[tokio::test]
async fn tokens_that_are_for_something_else() {
    let other = "Invalid token: Not an access token";
    all_are_told([
        (
            "refresh token by type",
            token().claim("type", "refresh").sign(),
            other,
        ),
        (
            "refresh token by typ",
            token().claim("typ", "Refresh").sign(),
            other,
        ),
        (
            "ID token by token_use",
            token().claim("token_use", "id").sign(),
            other,
        ),
        (
            "ID token by at_hash",
            token().claim("at_hash", "x").sign(),
            other,
        ),
        ("ID token by typ", token().claim("typ", "ID").sign(), other),
        (
            "logout token by header",
            token().header("typ", "logout+jwt").sign(),
            other,
        ),
        (
            "logout token by claim",
            token().claim("events", json!({})).sign(),
            other,
        ),
        (
            "DPoP proof",
            token().header("typ", "dpop+jwt").sign(),
            other,
        ),
        (
            "security event",
            token().header("typ", "application/secevent+jwt").sign(),
            other,
        ),
        (
            "type is an array",
            token().claim("type", json!(["access"])).sign(),
            "Invalid token: Invalid claim 'type'",
        ),
    ])
    .await;
}

#[tokio::test]
async fn duplicate_members_are_refused_whatever_they_say() {
    let claims = |extra: &str| {
        let (iss, aud) = (ISSUER.url(), ISSUER.audience());
        format!(r#"{{"iss":"{iss}","aud":"{aud}","sub":"u1","exp":4102444800{extra}}}"#)
    };
    let payload =
        "Invalid token: Malformed token, the claims are not a JSON object with unique members";
    let header =
        "Invalid token: Malformed token, the header is not a JSON object with unique members";
    let app = serve(Policy::Authenticated).await;
    let good = signed_payload(&claims(""));
    app.get("/", Some(&good))
        .await
        .is_ok("the same without a duplicate", "u1");
    all_are_told([
        (
            "two subjects",
            signed_payload(&claims(r#","sub":"root""#)),
            payload,
        ),
        (
            "the same subject twice",
            signed_payload(&claims(r#","sub":"u1""#)),
            payload,
        ),
        (
            "a duplicate by escape",
            signed_payload(&claims(r#","\u0073ub":"root""#)),
            payload,
        ),
        (
            "two roles",
            signed_payload(&claims(r#","role":"a","role":"admin""#)),
            payload,
        ),
        (
            "text after the claims",
            signed_payload(&format!("{}x", claims(""))),
            payload,
        ),
        (
            "a byte order mark",
            signed_payload(&format!("\u{feff}{}", claims(""))),
            payload,
        ),
        ("claims are an array", signed_payload("[]"), payload),
        (
            "two algorithms",
            signed(r#"{"alg":"RS256","alg":"none"}"#, &claims("")),
            header,
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_token_is_valid_until_the_second_it_expires() {
    let clock = ManualClock::new();
    let issuer = ISSUER.clone().with_clock(clock.clone());
    let app = App::secured(behind(Policy::Authenticated, issuer.authenticator())).await;
    let token = issuer
        .token("u1")
        .expires_in(Duration::from_secs(60))
        .sign();
    let early = issuer.token("u1").claim("nbf", 1_800_000_060).sign();

    app.get("/", Some(&token)).await.is_ok("issued", "u1");
    let answer = app.get("/", Some(&early)).await;
    answer.is_invalid("before nbf", "Invalid token: Token is not yet valid");
    clock.advance(Duration::from_millis(59_999));
    app.get("/", Some(&token))
        .await
        .is_ok("just before exp", "u1");
    clock.advance(Duration::from_millis(1));
    let answer = app.get("/", Some(&token)).await;
    answer.is_invalid("at exp (RFC 7519 §4.1.4)", "Token has expired");
    app.get("/", Some(&early)).await.is_ok("at nbf", "u1");
}

#[tokio::test]
async fn leeway_moves_both_ends_and_no_further() {
    let clock = ManualClock::new();
    let issuer = ISSUER.clone().with_clock(clock.clone());
    let settings = issuer.settings().leeway_seconds(5);
    let authenticator = issuer.authenticator_with(settings, |builder| builder);
    let app = App::secured(behind(Policy::Authenticated, authenticator)).await;
    let token = issuer
        .token("u1")
        .expires_in(Duration::from_secs(10))
        .sign();
    let early = |seconds: u64| {
        issuer
            .token("u1")
            .claim("nbf", 1_800_000_000 + seconds)
            .sign()
    };

    app.get("/", Some(&early(5)))
        .await
        .is_ok("nbf within the leeway", "u1");
    let answer = app.get("/", Some(&early(6))).await;
    answer.is_invalid("nbf beyond it", "Invalid token: Token is not yet valid");
    clock.advance(Duration::from_millis(14_999));
    app.get("/", Some(&token))
        .await
        .is_ok("exp within the leeway", "u1");
    clock.advance(Duration::from_millis(1));
    app.get("/", Some(&token))
        .await
        .is_invalid("exp beyond it", "Token has expired");
}

/// An issuer that is down.
struct Down;

impl KeySource for Down {
    fn find<'a>(&'a self, _: KeyQuery<'a>) -> KeyFuture<'a> {
        let outage = AuthUnavailableError::new(Dependency::SigningKeys)
            .with_retry_after(Duration::from_secs(7))
            .with_cause("connection refused by 10.0.0.1");
        Box::pin(std::future::ready(Err(outage)))
    }
}

fn is_unavailable(answer: &Answer, what: &str, detail: &str, retry_after: &str) {
    answer.refuses(what, 503, detail, None);
    assert_eq!(answer.header("retry-after"), Some(retry_after), "{what}");
}

#[tokio::test]
async fn unavailable_keys_are_not_the_caller_s_fault() {
    let authenticator =
        || ISSUER.authenticator_with(ISSUER.settings(), |builder| builder.key_source(Down));
    for policy in [Policy::Authenticated, Policy::OptionalAuthentication, ADMIN] {
        let app = App::secured(behind(policy, authenticator())).await;
        let detail = "Signing keys are temporarily unavailable";
        for token in [token().sign(), token().expired().sign()] {
            is_unavailable(&app.get("/", Some(&token)).await, "a token", detail, "7");
        }
        let none = token().header("alg", "none").with_signature(b"");
        let answer = app.get("/", Some(&none)).await;
        answer.is_invalid(
            "form is checked first",
            "Invalid token: Algorithm is not accepted",
        );
    }
    let app = App::secured(behind(Policy::Authenticated, authenticator())).await;
    app.get("/", None).await.is_missing("no token needs no key");
    let app = App::secured(behind(Policy::AllowAnonymous, authenticator())).await;
    let answer = app.get("/", Some(&token().sign())).await;
    answer.is_ok("an outage does not touch anonymous endpoints", "nobody");
}

/// Roles from a database that is down, for all but one.
struct BrokenRoles;

impl RoleResolver for BrokenRoles {
    async fn resolve(
        &self,
        claims: &TokenClaims,
    ) -> Result<Vec<String>, Box<dyn Error + Send + Sync>> {
        match claims.sub() {
            "ok" => Ok(vec!["admin".to_owned(), String::new()]),
            _ => Err("password=hunter2 rejected by db.internal".into()),
        }
    }
}

fn broken_roles() -> Authenticator {
    ISSUER.authenticator_with(ISSUER.settings(), |builder| {
        builder.role_resolver(BrokenRoles)
    })
}

#[tokio::test]
async fn a_failing_role_resolver_is_an_outage_and_never_no_roles() {
    // Also where no role is needed: "no roles" would be a lie to the handler.
    for policy in [Policy::Authenticated, Policy::OptionalAuthentication, ADMIN] {
        let app = App::secured(behind(policy, broken_roles())).await;
        let answer = app.get("/", Some(&token().sign())).await;
        is_unavailable(&answer, "failing", "Roles are temporarily unavailable", "5");
        let ok = ISSUER.token("ok").sign();
        app.get("/", Some(&ok)).await.is_ok("not failing", "ok");
        let answer = app.get("/", Some(&token().expired().sign())).await;
        answer.is_invalid("a bad token is told so first", "Token has expired");
    }
}

/// Panics for one caller.
struct PanickingRoles;

impl RoleResolver for PanickingRoles {
    async fn resolve(
        &self,
        claims: &TokenClaims,
    ) -> Result<Vec<String>, Box<dyn Error + Send + Sync>> {
        assert_ne!(claims.sub(), "bug", "a bug in a role resolver");
        Ok(vec!["admin".to_owned()])
    }
}

#[tokio::test]
async fn a_panicking_role_resolver_admits_nobody_and_harms_nobody_else() {
    let authenticator = ISSUER.authenticator_with(ISSUER.settings(), |builder| {
        builder.role_resolver(PanickingRoles)
    });
    let app = App::secured(behind(ADMIN, authenticator)).await;
    let bug = ISSUER.token("bug").sign();
    let request = format!("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {bug}\r\n\r\n");
    assert_eq!(
        app.raw(request).await,
        "",
        "the connection ends without an answer"
    );
    let good = ISSUER.token("u1").sign();
    app.get("/", Some(&good))
        .await
        .is_ok("the next caller", "u1");
}
