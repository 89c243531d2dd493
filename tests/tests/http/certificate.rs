//! Stage 2: tokens that are bound to a client certificate (RFC 8705), behind a proxy and without one.

use axum::Extension;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use pico_auth::danger::trust_certificate_header;
use pico_auth::test_kit::{TestKey, TokenBuilder};
use pico_auth::{
    Algorithm, AuthConfigurationError, Authentication, CertificateHeader, ClientCertificate, Dpop,
    Policy, SecureRouter,
};
use serde_json::json;

use super::support::{Answer, App, ISSUER, behind, whoami};

/// RFC 8705 appendix A, figure 6.
const PEM: &str = "-----BEGIN CERTIFICATE-----
MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx
ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ
/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID
SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV
bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=
-----END CERTIFICATE-----
";

/// RFC 8705 appendix A, figure 5.
const THUMBPRINT: &str = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0";

/// RFC 9440 appendix A: another certificate, as a proxy sends it.
const CLIENT_CERT: &str = ":MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRo\
ZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVybWVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0x\
CzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5\
F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQYDVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCP\
ct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUu\
Y29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3dFCOOB8TAiEAx/kHSB4urmiZ0NX5r5Xa\
rmPk0wmuydBVoU4hBVZ1yhk=:";

const HEADER: &str = "X-SSL-Client-Cert";
const NONE: &str = "Invalid token: Token is bound to a client certificate, and none was presented";
const ANOTHER: &str = "Invalid token: Token is bound to another client certificate";
const MALFORMED: &str = "Invalid token: Token came with a malformed client certificate header";

fn base64() -> String {
    PEM.lines().filter(|line| !line.starts_with('-')).collect()
}

fn certificate() -> ClientCertificate {
    ClientCertificate::from_der(&STANDARD.decode(base64()).unwrap())
}

fn other() -> ClientCertificate {
    let base64 = CLIENT_CERT.trim_matches(':');
    ClientCertificate::from_der(&STANDARD.decode(base64).unwrap())
}

/// As nginx does it: everything but letters, digits and `-._~`.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped + &char::from(byte).to_string()
        } else {
            format!("{escaped}%{byte:02X}")
        }
    })
}

fn bound() -> TokenBuilder {
    ISSUER.token("ada").bound_to_certificate(&certificate())
}

fn pem_header() -> CertificateHeader {
    CertificateHeader::pem(HEADER, trust_certificate_header()).unwrap()
}

async fn app(header: Option<CertificateHeader>) -> App {
    let authentication = Authentication::from(ISSUER.authenticator());
    let authentication = match header {
        Some(header) => authentication.certificate_header(header),
        None => authentication,
    };
    App::secured(behind(Policy::Authenticated, authentication)).await
}

async fn call(app: &App, token: &str, certificates: &[(&str, &str)]) -> Answer {
    let authorization = format!("Bearer {token}");
    let mut headers = vec![("Authorization", authorization.as_str())];
    headers.extend(certificates);
    app.get_with(&headers).await
}

#[test]
fn the_example_of_rfc_8705() {
    assert_eq!(certificate().thumbprint(), THUMBPRINT);
}

#[tokio::test]
async fn the_certificate_that_a_trusted_proxy_names() {
    let client_cert = app(Some(CertificateHeader::client_cert(
        trust_certificate_header(),
    )))
    .await;
    let pem = app(Some(pem_header())).await;
    let token = bound().sign();
    let sequence = format!(":{}:", base64());
    let answer = call(&client_cert, &token, &[("Client-Cert", &sequence)]).await;
    answer.is_ok("RFC 9440", "ada");
    let of_other = ISSUER.token("eve").bound_to_certificate(&other()).sign();
    let answer = call(&client_cert, &of_other, &[("client-cert", CLIENT_CERT)]).await;
    answer.is_ok("the example of RFC 9440", "eve");
    for (what, value) in [
        ("nginx", escaped(PEM)),
        (
            "plus and slash as they are",
            PEM.replace('\n', "%0A").replace(' ', "%20"),
        ),
        ("lines of Windows", escaped(&PEM.replace('\n', "\r\n"))),
        (
            "one line",
            escaped(&format!(
                "-----BEGIN CERTIFICATE-----{}-----END CERTIFICATE-----",
                base64()
            )),
        ),
    ] {
        call(&pem, &token, &[(HEADER, &value)])
            .await
            .is_ok(what, "ada");
    }
    // A client with a certificate may send a token that is not bound to it.
    let unbound = ISSUER.token("bea").sign();
    let answer = call(&pem, &unbound, &[(HEADER, &escaped(PEM))]).await;
    answer.is_ok("unbound token", "bea");
}

#[tokio::test]
async fn a_stolen_token_without_its_certificate_is_refused() {
    let client_cert = app(Some(CertificateHeader::client_cert(
        trust_certificate_header(),
    )))
    .await;
    let token = bound().sign();
    for (what, headers, detail) in [
        ("no certificate", vec![], NONE),
        (
            "an empty header, as some proxies send it",
            vec![("Client-Cert", "")],
            NONE,
        ),
        (
            "the thief's own certificate",
            vec![("Client-Cert", CLIENT_CERT)],
            ANOTHER,
        ),
        ("another header", vec![(HEADER, "x")], NONE),
    ] {
        call(&client_cert, &token, &headers)
            .await
            .is_invalid(what, detail);
    }
    let own = format!(":{}:", base64());
    let answer = client_cert.get_with(&[("Client-Cert", &own)]).await;
    answer.is_missing("a certificate is no token");
}

#[tokio::test]
async fn a_forged_header_is_ignored_where_no_proxy_is_trusted() {
    let plain = app(None).await;
    let pem = app(Some(pem_header())).await;
    let token = bound().sign();
    let sequence = format!(":{}:", base64());
    let answer = call(
        &plain,
        &token,
        &[("Client-Cert", &sequence), (HEADER, &escaped(PEM))],
    )
    .await;
    answer.is_invalid("none is trusted", NONE);
    let answer = call(&pem, &token, &[("Client-Cert", &sequence)]).await;
    answer.is_invalid("another one is trusted", NONE);
    let unbound = ISSUER.token("bea").sign();
    let answer = call(&plain, &unbound, &[("Client-Cert", "garbage")]).await;
    answer.is_ok("nobody looks at it", "bea");
}

#[tokio::test]
async fn a_malformed_or_second_header_is_refused_for_every_token() {
    let client_cert = app(Some(CertificateHeader::client_cert(
        trust_certificate_header(),
    )))
    .await;
    let pem = app(Some(pem_header())).await;
    let good = format!(":{}:", base64());
    let tokens = [bound().sign(), ISSUER.token("bea").sign()];
    for token in &tokens {
        for value in [
            "garbage",
            ":",
            "::",
            ":AAAA",
            "AAAA:",
            ":AAA:",
            ":AA-_:",
            ":AA AA:",
            "(null)",
            &format!("{good};a=1"),
            &format!("{good}, {good}"),
            &escaped(PEM),
            &base64(),
        ] {
            let answer = call(&client_cert, token, &[("Client-Cert", value)]).await;
            answer.is_invalid(value, MALFORMED);
        }
        for value in [
            "garbage",
            "%",
            "%2",
            "%zz",
            "(null)",
            &good,
            &base64(),
            &escaped(&format!("{PEM}{PEM}")),
            &escaped(&PEM.replace("CERTIFICATE", "PUBLIC KEY")),
            &escaped(&PEM.replace("END", "BEGIN")),
            &escaped(&PEM.replace("MIIB", "M!IB")),
            &escaped("-----BEGIN CERTIFICATE----------END CERTIFICATE-----"),
            // A space in place of a plus: read as a form, not as a URL.
            &escaped(PEM).replace("%2B", "%zz"),
        ] {
            let answer = call(&pem, token, &[(HEADER, value)]).await;
            answer.is_invalid(value, MALFORMED);
        }
        for second in [good.as_str(), CLIENT_CERT, ""] {
            for pair in [[&good, second], [second, &good]] {
                let headers = pair.map(|value| ("Client-Cert", value));
                let answer = call(&client_cert, token, &headers).await;
                answer.is_invalid("the client's own header was not removed", MALFORMED);
            }
        }
    }
}

#[tokio::test]
async fn a_service_that_terminates_tls_itself_puts_the_certificate_beside_the_request() {
    let serve = async |header: Option<CertificateHeader>, peer: ClientCertificate| {
        let mut authentication = Authentication::from(ISSUER.authenticator());
        if let Some(header) = header {
            authentication = authentication.certificate_header(header);
        }
        let service = behind(Policy::Authenticated, authentication);
        App::serve(
            axum::Router::new()
                .fallback_service(service)
                .layer(Extension(peer)),
        )
        .await
    };
    let token = bound().sign();
    let own = serve(None, certificate()).await;
    call(&own, &token, &[]).await.is_ok("its own", "ada");
    let thief = serve(None, other()).await;
    call(&thief, &token, &[])
        .await
        .is_invalid("the thief's", ANOTHER);
    // Behind a proxy, the connection is the proxy's: what it says of the client decides.
    let behind_proxy = serve(Some(pem_header()), certificate()).await;
    call(&behind_proxy, &token, &[])
        .await
        .is_invalid("the proxy's own", NONE);
    let behind_proxy = serve(Some(pem_header()), other()).await;
    let answer = call(&behind_proxy, &token, &[(HEADER, &escaped(PEM))]).await;
    answer.is_ok("the client's", "ada");
}

#[tokio::test]
async fn a_token_bound_to_a_key_and_a_certificate_needs_both() {
    let key = TestKey::generate("client", Algorithm::ES256);
    let authenticator = ISSUER.authenticator_with(ISSUER.settings(), |builder| {
        builder
            .dpop(Dpop::new(["https://api.example"]))
            .require_bound_tokens()
    });
    let authentication = Authentication::from(authenticator).certificate_header(pem_header());
    let router = SecureRouter::new().route(
        "/",
        pico_auth::routing::get(Policy::Authenticated.guard(whoami)),
    );
    let app = App::secured(router.secured_by(authentication)).await;
    let token = bound().bound_to(&key).sign();
    let call = async |scheme: &str, proof: Option<&TestKey>, certificate: Option<&str>| {
        let proof = proof.map(|key| {
            ISSUER
                .proof(key, "GET", "https://api.example/", &token)
                .sign()
        });
        let authorization = format!("{scheme} {token}");
        let mut headers = vec![("Authorization", authorization.as_str())];
        headers.extend(proof.as_deref().map(|proof| ("DPoP", proof)));
        headers.extend(certificate.map(|certificate| (HEADER, certificate)));
        app.get_with(&headers).await
    };
    let own = escaped(PEM);
    call("DPoP", Some(&key), Some(&own))
        .await
        .is_ok("both", "ada");
    let thief = TestKey::generate("thief", Algorithm::ES256);
    for (what, answer) in [
        ("only the proof", call("DPoP", Some(&key), None).await),
        (
            "only the certificate",
            call("Bearer", None, Some(&own)).await,
        ),
        ("no proof", call("DPoP", None, Some(&own)).await),
        ("another key", call("DPoP", Some(&thief), Some(&own)).await),
        ("neither", call("Bearer", None, None).await),
    ] {
        assert_eq!(answer.status, 401, "{what}: {}", answer.body);
    }
    // Where binding is required, either of the two will do.
    let only = bound().sign();
    let headers = [("Authorization", format!("Bearer {only}")), (HEADER, own)];
    let headers = headers
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    app.get_with(&headers)
        .await
        .is_ok("a certificate alone", "ada");
}

#[tokio::test]
async fn the_illustration_of_rfc_8705_is_no_hash_and_fits_nothing() {
    // §3.1 shows a value whose last character has bits that no encoder writes.
    let token = ISSUER.token("ada");
    let cnf = json!({ "x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2" });
    let token = token.claim("cnf", cnf).sign();
    let app = app(Some(pem_header())).await;
    let answer = call(&app, &token, &[(HEADER, &escaped(PEM))]).await;
    answer.is_invalid("another hash", ANOTHER);
}

#[test]
fn a_header_for_something_else_cannot_hold_the_certificate() {
    let named = |name: &str| -> Result<_, AuthConfigurationError> {
        CertificateHeader::pem(name, trust_certificate_header())
    };
    for name in ["", "a b", "Authorization", "x-agent-authorization"] {
        assert_eq!(
            named(name).unwrap_err().key(),
            "certificate_header",
            "{name}"
        );
    }
    assert!(named(HEADER).is_ok());
}
