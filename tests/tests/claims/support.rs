//! One issuer, and the way of a token through an authenticator.

use std::sync::LazyLock;

use pico_auth::test_kit::{TestIssuer, TestKey, TokenBuilder};
use pico_auth::{
    Algorithm, AuthClientError, AuthClientSettings, Authenticator, AuthenticatorBuilder,
    FromClaims, SecurityContext, StaticKeys,
};
use serde_json::Value;

pub(crate) static ISSUER: LazyLock<TestIssuer> = LazyLock::new(|| {
    TestIssuer::in_memory().with_key(TestKey::generate("key-2", Algorithm::ES256))
});

pub(crate) fn authenticator<C: FromClaims>() -> Authenticator {
    ISSUER.authenticator_with(ISSUER.settings(), AuthenticatorBuilder::claims::<C>)
}

/// An authenticator with exactly these settings.
pub(crate) fn exactly(settings: AuthClientSettings) -> Authenticator {
    let keys = StaticKeys::from_jwks(ISSUER.jwks().to_string()).unwrap();
    let builder = Authenticator::builder(settings).key_source(keys);
    builder.build().unwrap()
}

/// A token with these claims besides the registered ones.
pub(crate) fn token(claims: Value) -> TokenBuilder {
    let Value::Object(claims) = claims else {
        panic!("claims are an object")
    };
    let token = ISSUER.token("user-1");
    claims
        .into_iter()
        .fold(token, |token, (name, value)| token.claim(&name, value))
}

pub(crate) async fn authenticate<C: FromClaims>(
    claims: Value,
) -> Result<SecurityContext, AuthClientError> {
    let token = token(claims).sign();
    authenticator::<C>().authenticate(&token, None).await
}

/// The caller of a good token.
pub(crate) async fn caller<C: FromClaims>(claims: Value) -> SecurityContext {
    authenticate::<C>(claims).await.unwrap()
}

/// What a refused token is told; it is never more than this.
pub(crate) async fn refusal<C: FromClaims>(claims: Value) -> String {
    let refusal = authenticate::<C>(claims.clone()).await;
    let error = refusal.expect_err(&claims.to_string());
    assert!(matches!(error, AuthClientError::TokenInvalid(_)), "{error}");
    error.to_string()
}

pub(crate) fn list<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    names.collect()
}
