//! What cannot work is said at start-up.

use std::time::Duration;

use pico_auth::{AuthClientSettings, Authenticator, IntrospectionClient, TokenKind, TokenVerifier};

use crate::endpoint::{Endpoint, ask};
use crate::support::ISSUER;

#[test]
fn mistakes_are_named() {
    let settings = ISSUER.settings().build().unwrap();
    let at = |url: &str| IntrospectionClient::builder(url);
    let good = || at("https://id.example/introspect").client_secret_basic("id", "secret");
    good().build(&settings).unwrap();
    at("http://127.0.0.1:1/introspect")
        .bearer_token("t")
        .build(&settings)
        .unwrap();
    let day = Duration::from_secs(24 * 60 * 60);
    good().max_age(day).build(&settings).unwrap();
    let table = [
        (at("https://id.example"), "introspection_credentials"),
        (
            good().client_secret_basic("", "secret"),
            "introspection_credentials",
        ),
        (
            good().client_secret_basic("id", ""),
            "introspection_credentials",
        ),
        (
            good().client_secret_post("id", ""),
            "introspection_credentials",
        ),
        (good().bearer_token(""), "introspection_credentials"),
        (
            good().bearer_token("a\r\nb: c"),
            "introspection_credentials",
        ),
        (
            good().max_age(day + Duration::from_nanos(1)),
            "introspection_max_age",
        ),
        (
            good().refused_max_age(Duration::MAX),
            "introspection_refused_max_age",
        ),
        (good().max_remembered(1), "introspection_max_remembered"),
        (good().max_calls(0), "introspection_max_calls"),
    ];
    for (builder, key) in table {
        assert_eq!(builder.build(&settings).unwrap_err().key(), key);
    }
    for url in [
        "",
        "id.example",
        "http://id.example/introspect",
        "https://user:password@id.example/introspect",
        "https://id.example/introspect#a",
        "https://id.example/intro spect",
        "file:///introspect",
    ] {
        let error = at(url)
            .client_secret_basic("id", "secret")
            .build(&settings)
            .unwrap_err();
        assert_eq!(error.key(), "introspection_endpoint", "{url}");
        assert!(!error.to_string().contains("password"), "{error}");
    }
    let empty = AuthClientSettings::default();
    assert_eq!(good().build(&empty).unwrap_err().key(), "issuer");
}

#[test]
fn a_verifier_beside_introspection_is_a_mistake() {
    let settings = ISSUER.settings().build().unwrap();
    let client = IntrospectionClient::builder("https://id.example/introspect")
        .client_secret_basic("id", "secret")
        .build(&settings)
        .unwrap();
    let both = Authenticator::builder(settings)
        .introspection(client.clone())
        .token_verifier(client);
    assert_eq!(both.build().unwrap_err().key(), "token_verifier");
}

#[tokio::test]
async fn a_disabled_service_starts_without_introspection_and_refuses() {
    let endpoint = Endpoint::start().await;
    let disabled = AuthClientSettings::builder()
        .enabled(false)
        .build()
        .unwrap();
    let client = IntrospectionClient::builder("").build(&disabled).unwrap();
    let authenticator = Authenticator::builder(disabled)
        .introspection(client.clone())
        .build()
        .unwrap();
    assert!(!authenticator.is_enabled());
    assert_eq!(
        ask(&authenticator, "opaque")
            .await
            .unwrap_err()
            .status_code(),
        401
    );
    // The settings of an enabled service that meet it are a mistake.
    let settings = endpoint.issuer.settings().build().unwrap();
    let builder = || Authenticator::builder(settings.clone());
    let opaque = builder().introspection(client.clone()).build();
    assert_eq!(opaque.unwrap_err().key(), "introspection");
    let all = builder().token_verifier(client.clone()).build();
    assert_eq!(all.unwrap_err().key(), "token_verifier");
    // Nor does it let anybody in by itself.
    let verified = client.verify("opaque", TokenKind::Bearer).await;
    assert_eq!(verified.unwrap_err().status_code(), 401);
}
