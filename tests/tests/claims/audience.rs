//! Audiences in another claim than `aud`.

use pico_auth::AuthClientSettings;
use pico_auth::test_kit::TokenBuilder;
use serde_json::json;

use crate::support::{ISSUER, exactly};

fn settings() -> pico_auth::AuthClientSettingsBuilder {
    ISSUER
        .settings()
        .audience("app-client")
        .audience_claim("client_id")
}

async fn outcome(settings: AuthClientSettings, token: TokenBuilder) -> Result<(), String> {
    let outcome = exactly(settings).authenticate(&token.sign(), None).await;
    outcome.map(|_| ()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn the_claim_that_is_configured_names_the_audience() {
    let token = || {
        ISSUER
            .token("u")
            .without_claim("aud")
            .claim("client_id", "app-client")
    };
    let refused = |detail: &str| Err(format!("Invalid token: {detail}"));
    for (token, expected) in [
        (token(), Ok(())),
        (
            token().claim("client_id", "other"),
            refused("Invalid audience"),
        ),
        (
            token().claim("client_id", json!({})),
            refused("Invalid claim 'client_id'"),
        ),
        (
            token().without_claim("client_id"),
            refused("Missing claim 'client_id'"),
        ),
        // RFC 7519 §4.1.3: an `aud` that is there must name us, too.
        (
            token().claim("aud", "https://orders.example"),
            refused("Invalid audience"),
        ),
        (token().claim("aud", 7), refused("Invalid claim 'aud'")),
        (token().claim("aud", json!(["app-client"])), Ok(())),
        (
            token()
                .without_claim("client_id")
                .claim("aud", "app-client"),
            refused("Missing claim 'client_id'"),
        ),
    ] {
        assert_eq!(outcome(settings().build().unwrap(), token).await, expected);
    }
}

#[tokio::test]
async fn token_use_is_mandatory_where_it_is_required() {
    let settings = || settings().require_token_use(true).build().unwrap();
    let token = || {
        ISSUER
            .token("u")
            .without_claim("aud")
            .claim("client_id", "app-client")
    };
    for (token, refusal) in [
        (token(), "Missing claim 'token_use'"),
        (token().claim("token_use", "id"), "Not an access token"),
        (token().claim("token_use", "Access"), "Not an access token"),
        (token().claim("token_use", "bearer"), "Not an access token"),
        (
            token().claim("token_use", json!(["access"])),
            "Invalid claim 'token_use'",
        ),
    ] {
        let expected = Err(format!("Invalid token: {refusal}"));
        assert_eq!(outcome(settings(), token).await, expected);
    }
    assert_eq!(
        outcome(settings(), token().claim("token_use", "access")).await,
        Ok(())
    );
}

#[test]
fn names_that_cannot_be_an_audience_are_refused() {
    for claim in [
        "",
        " ",
        "aud ",
        "iss",
        "sub",
        "exp",
        "nbf",
        "iat",
        "jti",
        "token_use",
    ] {
        let error = settings().audience_claim(claim).build().unwrap_err();
        assert_eq!(error.key(), "audience_claim", "{claim:?}");
    }
    let error = settings().require_rfc9068(true).build().unwrap_err();
    assert_eq!(error.key(), "audience_claim");
}

#[test]
fn the_cognito_preset() {
    let settings = AuthClientSettings::cognito("eu-west-1", "eu-west-1_x", "app-client");
    let settings = settings.build().unwrap();
    assert_eq!(
        settings.issuer,
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x"
    );
    assert_eq!(
        (&*settings.audience, &*settings.audience_claim),
        ("app-client", "client_id")
    );
    assert!(settings.require_token_use);
}
