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

/// A token of a pool with this issuer, for the app client of [`pool`].
fn cognito_token(issuer: &str) -> TokenBuilder {
    ISSUER
        .token("u")
        .claim("iss", issuer)
        .without_claim("aud")
        .claim("client_id", "app-client")
        .claim("token_use", "access")
}

fn pool() -> pico_auth::AuthClientSettingsBuilder {
    AuthClientSettings::cognito("eu-west-1", "eu-west-1_x", "app-client")
        .accepted_algorithms(["ES256"])
}

const ORIGINAL: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x";
const UPDATED: &str = "https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x";

#[tokio::test]
async fn a_pool_has_one_issuer_and_the_later_call_names_it() {
    let refused = || Err("Invalid token: Invalid issuer".to_owned());
    let updated = || pool().issuer(UPDATED);
    for (settings, issuer, expected) in [
        (pool(), ORIGINAL, Ok(())),
        (pool(), UPDATED, refused()),
        (updated(), UPDATED, Ok(())),
        (updated(), ORIGINAL, refused()),
    ] {
        let settings = settings.build().unwrap();
        assert_eq!(outcome(settings, cognito_token(issuer)).await, expected);
    }
    let settings = updated().build().unwrap();
    assert_eq!(settings.issuer, UPDATED);
    assert_eq!(settings.audience_claim, "client_id");
    assert!(settings.require_token_use, "the rest of the preset stays");
}

#[tokio::test]
async fn a_cognito_token_for_a_resource_is_not_for_the_app_client() {
    let ours = "https://orders.example.test";
    let bound = || cognito_token(ORIGINAL).claim("aud", ours);
    let preset = || pool().build().unwrap();
    let refused = |detail: &str| Err(format!("Invalid token: {detail}"));
    assert_eq!(
        outcome(preset(), bound()).await,
        refused("Invalid audience")
    );

    let resource = || {
        AuthClientSettings::builder()
            .issuer(ORIGINAL)
            .audience(ours)
            .require_token_use(true)
            .accepted_algorithms(["ES256"])
            .build()
            .unwrap()
    };
    for (token, expected) in [
        (bound(), Ok(())),
        (
            bound().claim("aud", "https://invoices.example.test"),
            refused("Invalid audience"),
        ),
        // Whoever did not ask for a resource gets a token without `aud`.
        (bound().without_claim("aud"), refused("Missing claim 'aud'")),
        (
            bound().claim("token_use", "id"),
            refused("Not an access token"),
        ),
        (
            bound().without_claim("token_use"),
            refused("Missing claim 'token_use'"),
        ),
    ] {
        assert_eq!(outcome(resource(), token).await, expected);
    }
}
