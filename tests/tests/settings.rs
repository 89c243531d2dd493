//! Settings that are wrong are an error at start-up that names the key.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs
)]

use pico_auth::test_kit::TestKey;
use pico_auth::{
    Algorithm, AuthClientSettings, AuthClientSettingsBuilder, AuthConfigurationError,
    Authenticator, RoleResolver, StaticKeys, TokenClaims,
};
use serde_json::{Value, json};

fn good() -> Value {
    json!({ "issuer": "https://issuer.test", "audience": "api" })
}

fn with(key: &str, value: Value) -> Value {
    let mut settings = good();
    settings[key] = value;
    settings
}

fn parsed(settings: Value) -> AuthClientSettings {
    serde_json::from_value(settings).unwrap()
}

fn keys() -> StaticKeys {
    let key = TestKey::generate("key-1", Algorithm::ES256);
    StaticKeys::from_jwk(key.jwk().to_string()).unwrap()
}

#[test]
fn serde_and_the_builder_agree_on_names_and_defaults() {
    let built = AuthClientSettings::builder()
        .issuer("https://issuer.test")
        .audience("api")
        .build()
        .unwrap();
    assert_eq!(parsed(good()), built);
    assert!(built.enabled, "on by default");
    assert_eq!(built.audience_claim, "aud");
    assert!(!built.require_token_use);
    assert_eq!(built.accepted_algorithms, ["RS256"]);
    assert_eq!((built.leeway_seconds, built.jwks_ttl_seconds), (0, 300));
    assert_eq!(built.max_token_bytes, 16 * 1024);
    assert_eq!(built.revocation_ttl_seconds, 15);
    assert!(!built.revocation_fail_open, "closed by default");

    let all = AuthClientSettings::builder()
        .enabled(true)
        .issuer("https://issuer.test")
        .audience("api")
        .audience_claim("client_id")
        .jwks_endpoint("https://issuer.test/jwks")
        .jwks_ttl_seconds(60)
        .jwks_timeout_seconds(2)
        .accepted_algorithms(["ES256", "EdDSA"])
        .leeway_seconds(5)
        .roles_claim("realm_access.roles")
        .max_token_bytes(4096)
        .require_token_use(true)
        .agent_audience("agents")
        .agent_required_claims(["task_type"])
        .agent_user_must_match_subject(true)
        .revocation_endpoint("https://issuer.test/revoked")
        .revocation_ttl_seconds(20)
        .revocation_bearer("abc")
        .revocation_fail_open(true)
        .revocation_requires_jti(true)
        .build()
        .unwrap();
    let same = json!({
        "enabled": true,
        "issuer": "https://issuer.test",
        "audience": "api",
        "audience_claim": "client_id",
        "jwks_endpoint": "https://issuer.test/jwks",
        "jwks_ttl_seconds": 60,
        "jwks_timeout_seconds": 2,
        "accepted_algorithms": ["ES256", "EdDSA"],
        "leeway_seconds": 5,
        "roles_claim": "realm_access.roles",
        "max_token_bytes": 4096,
        "require_token_use": true,
        "agent_audience": "agents",
        "agent_required_claims": ["task_type"],
        "agent_user_must_match_subject": true,
        "revocation_endpoint": "https://issuer.test/revoked",
        "revocation_ttl_seconds": 20,
        "revocation_bearer": "abc",
        "revocation_fail_open": true,
        "revocation_requires_jti": true,
    });
    assert_eq!(parsed(same), all);
}

#[test]
fn unknown_keys_and_wrong_types_do_not_parse() {
    for (key, value) in [
        ("issuers", json!("https://issuer.test")),
        ("Issuer", json!("https://issuer.test")),
        ("verify_signature", json!(false)),
        ("enabled", json!("false")),
        ("enabled", json!(0)),
        ("enabled", Value::Null),
        ("issuer", json!(["https://issuer.test"])),
        ("audience", Value::Null),
        ("audience_claim", Value::Null),
        ("audience_claim", json!(["aud"])),
        ("require_token_use", json!("access")),
        ("jwks_ttl_seconds", json!("300")),
        ("jwks_ttl_seconds", json!(1.5)),
        ("jwks_ttl_seconds", json!(u64::MAX)),
        ("leeway_seconds", json!(true)),
        ("accepted_algorithms", json!("RS256")),
        ("accepted_algorithms", json!([1])),
        ("agent_required_claims", json!("user_id")),
        (
            "revocation_endpoint",
            json!(["https://issuer.test/revoked"]),
        ),
        ("revocation_fail_open", json!("true")),
        ("revocation_requires_jti", json!(1)),
    ] {
        let settings = with(key, value.clone());
        let parsed = serde_json::from_value::<AuthClientSettings>(settings);
        assert!(parsed.is_err(), "{key}: {value}");
    }
    let twice = r#"{"issuer":"https://a.test","issuer":"https://b.test","audience":"api"}"#;
    assert!(serde_json::from_str::<AuthClientSettings>(twice).is_err());
}

#[test]
fn values_that_cannot_be_meant_name_their_key() {
    for (key, value) in [
        ("issuer", json!("")),
        ("issuer", json!("  ")),
        ("audience", json!("")),
        ("audience", json!("\t\n")),
        ("accepted_algorithms", json!([])),
        ("accepted_algorithms", json!(["none"])),
        ("accepted_algorithms", json!(["None"])),
        ("accepted_algorithms", json!([""])),
        ("accepted_algorithms", json!(["HS256"])),
        ("accepted_algorithms", json!(["HS384"])),
        ("accepted_algorithms", json!(["HS512"])),
        ("accepted_algorithms", json!(["RS256", "HS256"])),
        ("accepted_algorithms", json!(["rs256"])),
        ("accepted_algorithms", json!(["RS256 "])),
        ("accepted_algorithms", json!(["RS1"])),
        ("accepted_algorithms", json!(["ES256K"])),
        ("accepted_algorithms", json!(["*"])),
        ("jwks_ttl_seconds", json!(0)),
        ("jwks_ttl_seconds", json!(-1)),
        ("jwks_ttl_seconds", json!(i64::MIN)),
        ("jwks_ttl_seconds", json!(i64::MAX)),
        ("jwks_timeout_seconds", json!(0)),
        ("jwks_timeout_seconds", json!(-5)),
        ("jwks_timeout_seconds", json!(i64::MAX)),
        ("leeway_seconds", json!(-1)),
        ("leeway_seconds", json!(86_400)),
        ("leeway_seconds", json!(i64::MAX)),
        ("max_token_bytes", json!(0)),
        ("max_token_bytes", json!(-1)),
        ("max_token_bytes", json!(i64::MAX)),
        ("roles_claim", json!(".")),
        ("roles_claim", json!("roles.")),
        ("roles_claim", json!(".roles")),
        ("roles_claim", json!("a..b")),
        ("roles_claim", json!("\"a")),
        ("roles_claim", json!("a\"b")),
        ("roles_claim", json!("\"a\"b")),
        ("roles_claim", json!("\"\"")),
        ("agent_required_claims", json!([""])),
        ("agent_required_claims", json!(["task_type", ""])),
        ("revocation_endpoint", json!("revoked")),
        ("revocation_endpoint", json!("http://issuer.test/revoked")),
        (
            "revocation_endpoint",
            json!("https://a:b@issuer.test/revoked"),
        ),
        ("revocation_ttl_seconds", json!(0)),
        ("revocation_ttl_seconds", json!(-1)),
        ("revocation_ttl_seconds", json!(i64::MAX)),
        // Of a list that nobody named.
        ("revocation_bearer", json!("abc")),
        ("revocation_fail_open", json!(true)),
    ] {
        let settings = parsed(with(key, value.clone()));
        let error = settings.validate().expect_err(&format!("{key}: {value}"));
        assert_eq!(error.key(), key, "{value}: {error}");
        assert!(error.to_string().contains(key), "{error}");
        assert!(!error.problem().is_empty());
        let error = Authenticator::builder(settings).key_source(keys()).build();
        assert_eq!(error.expect_err("no way around it").key(), key);
    }
}

#[test]
fn a_secret_that_is_no_token_is_refused_unseen() {
    for secret in [
        "Bearer abc",
        "abc\n",
        "abc def",
        "abc\r\nX-Admin: 1",
        "äbc",
        "=",
    ] {
        let mut settings = with("revocation_endpoint", json!("https://issuer.test/revoked"));
        settings["revocation_bearer"] = json!(secret);
        let error = parsed(settings).validate().unwrap_err();
        assert_eq!(error.key(), "revocation_bearer");
        assert!(!error.to_string().contains("bc"), "{error}");
    }
}

#[test]
fn the_builder_checks_as_well() {
    let builder = || {
        AuthClientSettings::builder()
            .issuer("https://i.test")
            .audience("api")
    };
    let key = |builder: AuthClientSettingsBuilder| builder.build().unwrap_err().key().to_owned();
    assert_eq!(key(AuthClientSettings::builder()), "issuer");
    assert_eq!(
        key(AuthClientSettings::builder().issuer("https://i.test")),
        "audience"
    );
    assert_eq!(
        key(builder().accepted_algorithms(["none"])),
        "accepted_algorithms"
    );
    assert_eq!(key(builder().leeway_seconds(-1)), "leeway_seconds");
    assert!(builder().build().is_ok());
}

#[test]
fn good_values_at_the_edge() {
    for (key, value) in [
        ("jwks_ttl_seconds", json!(1)),
        ("jwks_ttl_seconds", json!(86_400)),
        ("leeway_seconds", json!(600)),
        ("max_token_bytes", json!(1)),
        ("require_rfc9068", json!(true)),
        ("audience_claim", json!("https://issuer.test/for")),
        ("roles_claim", json!("roles")),
        ("roles_claim", json!("\"https://app.test/roles\".list")),
        (
            "accepted_algorithms",
            json!(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]),
        ),
        ("accepted_algorithms", json!(["ES256", "ES384", "EdDSA"])),
    ] {
        let settings = parsed(with(key, value.clone()));
        assert_eq!(settings.validate(), Ok(()), "{key}: {value}");
    }
}

#[test]
fn disabled_settings_need_nothing_and_authenticate_nobody() {
    let settings: AuthClientSettings = serde_json::from_str(r#"{"enabled":false}"#).unwrap();
    assert_eq!(settings.validate(), Ok(()));
    let authenticator = Authenticator::builder(settings)
        .key_source(keys())
        .build()
        .unwrap();
    assert!(!authenticator.is_enabled());
    let enabled: AuthClientSettings = serde_json::from_str("{}").unwrap();
    let error: AuthConfigurationError = enabled.validate().unwrap_err();
    assert_eq!(
        error.key(),
        "issuer",
        "an empty file is not a disabled service"
    );
}

#[test]
fn two_sources_of_roles_are_a_contradiction() {
    struct Nobody;
    impl RoleResolver for Nobody {
        async fn resolve(
            &self,
            _: &TokenClaims,
        ) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
            Ok(Vec::new())
        }
    }
    let settings = parsed(with("roles_claim", json!("roles")));
    let builder = Authenticator::builder(settings).key_source(keys());
    let error = builder.role_resolver(Nobody).build().unwrap_err();
    assert_eq!(error.key(), "roles_claim");
}
