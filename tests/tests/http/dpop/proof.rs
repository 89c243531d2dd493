//! What a proof must be: its form, and for which request it is.

use aws_lc_rs::hmac;
use pico_auth::routing::any;
use pico_auth::test_kit::ManualClock;
use pico_auth::{Dpop, Policy, SecureRouter};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::super::support::{App, ISSUER, base64url, send, whoami};
use super::{INVALID_TOKEN, KEY, Service, dpop};

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

/// HS256 with the client's public key as the secret: what a confused verifier accepts.
fn hs256(service: &Service, token: &str) -> String {
    let proof = service
        .proof(token)
        .header("alg", "HS256")
        .with_signature(b"");
    let message = proof.trim_end_matches('.');
    let secret = hmac::Key::new(hmac::HMAC_SHA256, KEY.public_pem().as_bytes());
    let signature = base64url(hmac::sign(&secret, message.as_bytes()));
    format!("{message}.{signature}")
}

#[tokio::test]
async fn a_proof_by_another_algorithm_or_key_is_refused() {
    let service = Service::start().await;
    let token = service.token().sign();
    let proof = || service.proof(&token);
    let key = |change: fn(&mut Map<String, Value>)| {
        let mut jwk = KEY.jwk();
        change(jwk.as_object_mut().unwrap());
        proof().header("jwk", jwk).sign()
    };
    let private = key(|jwk| drop(jwk.insert("d".into(), "AAAA".into())));
    let for_encryption = key(|jwk| drop(jwk.insert("use".into(), "enc".into())));
    let symmetric = json!({ "kty": "oct", "k": "AAAA" });
    let elsewhere = proof()
        .without_header("jwk")
        .header("jku", "https://evil.example/");
    let alg = "has an `alg` that is not accepted";
    let jwk = "has a `jwk` that is not a public key";
    let signature = "is not signed by its `jwk`";
    for (what, proof, problem) in [
        (
            "alg none",
            proof().header("alg", "none").with_signature(b""),
            alg,
        ),
        ("HS256 with the public key", hs256(&service, &token), alg),
        ("no alg", proof().without_header("alg").sign(), alg),
        ("RS512", proof().header("alg", "RS512").sign(), alg),
        (
            "another key's alg",
            proof().header("alg", "RS256").sign(),
            signature,
        ),
        (
            "no jwk",
            proof().without_header("jwk").sign(),
            "brings no `jwk`",
        ),
        ("a jku", elsewhere.sign(), "brings no `jwk`"),
        (
            "jwk by its kid",
            proof().header("jwk", "client").sign(),
            jwk,
        ),
        (
            "a symmetric key",
            proof().header("jwk", symmetric).sign(),
            jwk,
        ),
        ("a private key", private, jwk),
        ("a key to encrypt", for_encryption, jwk),
    ] {
        let answer = service.get(&token, &[&proof]).await;
        answer.is_bad_proof(what, problem);
    }
}

#[tokio::test]
async fn a_proof_of_another_form_is_refused() {
    let service = Service::start().await;
    let token = service.token().sign();
    let proof = || service.proof(&token);
    let good = proof().sign();
    let typ = "has not the `typ` dpop+jwt";
    let parts = "has not three parts";
    let signature = "is not signed by its `jwk`";
    let oversize = proof().claim("x", "x".repeat(20_000)).sign();
    let extended = proof().header("crit", json!(["x"])).sign();
    for (what, proof, problem) in [
        (
            "a token's type",
            proof().header("typ", "at+jwt").sign(),
            typ,
        ),
        ("no type", proof().without_header("typ").sign(), typ),
        ("the token as its proof", token.clone(), typ),
        ("an extension", extended, "asks for an extension"),
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
            signature,
        ),
        ("garbage", "garbage".to_owned(), parts),
        ("empty", String::new(), parts),
        ("two in one header", format!("{good}, {good}"), parts),
        ("oversize", oversize, "is too large"),
    ] {
        let answer = service.get(&token, &[&proof]).await;
        answer.is_bad_proof(what, problem);
    }
    for other in [good.as_str(), "", "garbage"] {
        for pair in [[good.as_str(), other], [other, &good]] {
            let answer = service.get(&token, &pair).await;
            answer.is_bad_proof("two headers", "is not the only one");
        }
    }
    let answer = service.get(&good, &[&good]).await;
    let detail = "Invalid token: Algorithm is not accepted";
    answer.refuses("a proof as a token", 401, detail, Some(INVALID_TOKEN));
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
async fn a_proof_for_one_route_does_not_open_another_that_dots_lead_through() {
    let issuer = ISSUER.clone().with_clock(ManualClock::new());
    let authenticator =
        issuer.authenticator_with(issuer.settings(), |builder| builder.dpop(dpop()));
    let other = Policy::Authenticated.guard(|| async { "the other route" });
    let app = SecureRouter::new()
        .route("/me", any(Policy::Authenticated.guard(whoami)))
        .route("/files/{*path}", any(other));
    let app = App::secured(app.secured_by(authenticator)).await;
    let token = issuer.token("ada").bound_to(&KEY).sign();
    for path in [
        "/files/../me",
        "/files/x/../../me",
        "/files/%2e%2E/me",
        "/files/.%2e/me",
        "/files/./../me?x",
        "http://api.example/files/../me",
    ] {
        // The client signed this for `/me`; a thief repeats it before it arrives there.
        let url = "https://api.example/me";
        let proof = issuer.proof(&KEY, "GET", url, &token).sign();
        let answer = app
            .raw(format!(
                "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                 Authorization: DPoP {token}\r\nDPoP: {proof}\r\n\r\n"
            ))
            .await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{path}: {answer}");
        assert!(answer.contains("is for another URL"), "{path}: {answer}");
    }
}
