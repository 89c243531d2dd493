//! The settings of an authenticator: from code, from a configuration file (serde), or from the
//! environment.

mod builder;
mod env;
mod validate;

pub use builder::AuthClientSettingsBuilder;

use std::fmt;

use serde::Deserialize;

use crate::error::AuthConfigurationError;

/// What a service trusts and demands. Start from [`builder`](Self::builder),
/// [`from_env`](Self::from_env) or any serde format; unknown keys are refused.
///
/// ```
/// use pico_auth::AuthClientSettings;
///
/// # fn main() -> Result<(), pico_auth::AuthConfigurationError> {
/// let settings = AuthClientSettings::builder()
///     .issuer("https://auth.example.com")
///     .audience("orders-api")
///     .build()?;
/// # let _ = settings;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent settings, named by their keys"
)]
pub struct AuthClientSettings {
    /// `false` removes the authenticator, not the rules: every protected endpoint refuses, anonymous
    /// ones work. Default `true`.
    pub enabled: bool,
    /// The trusted issuer: the exact `iss` of its tokens, in which a slash at the end counts. Mandatory
    /// while enabled.
    pub issuer: String,
    /// This service, as the issuer names it in `aud`. Mandatory while enabled.
    pub audience: String,
    /// The claim that must name the audience, for issuers whose access tokens have no `aud`: AWS
    /// Cognito writes the app client to `client_id`. A claim at the top level, not a path. Where `aud`
    /// is in the token all the same, it must name the audience, too (RFC 7519 §4.1.3). Default `aud`.
    pub audience_claim: String,
    /// Where the issuer publishes its keys. https, or http on a loopback host. Default empty: found
    /// through the issuer's discovery document.
    pub jwks_endpoint: String,
    /// How long fetched keys are fresh. Default 300.
    pub jwks_ttl_seconds: i64,
    /// How long one fetch of keys may take in all. Default 5.
    pub jwks_timeout_seconds: i64,
    /// The signature algorithms a token may use, by the names of [`Algorithm`](crate::Algorithm), the
    /// post-quantum `ML-DSA-44`, `ML-DSA-65` and `ML-DSA-87` (RFC 9964) among them. Default `["RS256"]`.
    pub accepted_algorithms: Vec<String>,
    /// How far the clocks of issuer and service may differ. Default 0.
    pub leeway_seconds: i64,
    /// The claim that holds the roles, such as `roles` or `realm_access.roles`: a string or an array
    /// of strings. Default empty: the `role` claim, if it is a string, and nothing else.
    pub roles_claim: String,
    /// The longest token that is looked at. Default 16384.
    pub max_token_bytes: i64,
    /// Accepts only tokens that follow RFC 9068: `typ: at+jwt` and all claims it demands. Default
    /// `false`.
    pub require_rfc9068: bool,
    /// Accepts only tokens with the claim `token_use: access`, as those of AWS Cognito. Default `false`.
    pub require_token_use: bool,
    /// The audience that agent tokens must name. Default empty: the same as `audience`.
    pub agent_audience: String,
    /// Claims that an agent token must have, so that a user's token with `scopes` cannot serve as one.
    /// Default empty; `["task_type", "user_id"]` is a good choice where the issuer sets them.
    pub agent_required_claims: Vec<String>,
    /// Whether `user_id` of the agent token must be the caller's subject: the `sub` of the bearer token,
    /// unless the claims type names another. Default `false`.
    pub agent_user_must_match_subject: bool,
    /// Where the issuer publishes the ids of the tokens it has revoked, as `{"items":[{"jti":"…"}]}`:
    /// at pico-server-auth `{issuer}/api/v1/auth/revoked-jtis`. https, or http on a loopback host.
    /// Default empty: a token is good until it expires.
    pub revocation_endpoint: String,
    /// How often the list is fetched, in seconds, and so how long a revoked token lives on at most while
    /// the issuer answers. Default 15. After three times as long without an answer, tokens are refused
    /// with a 503.
    pub revocation_ttl_seconds: i64,
    /// The token that the list is asked for with, without the word `Bearer`. A secret: it is never
    /// shown. It is not renewed. Default empty: asked for anonymously.
    pub revocation_bearer: String,
    /// **Weakens**: accepts tokens, revoked ones too, while there is no current list, in place of the
    /// 503, and writes an error to the log. Default `false`.
    pub revocation_fail_open: bool,
    /// Whether a token without `jti`, which no list can name, is refused. Default `false`.
    pub revocation_requires_jti: bool,
    /// How many verified tokens of this issuer are remembered, bearer and agent tokens each, so that a token
    /// that comes again costs no signature. A token of more than 2 KiB counts once for each 2 KiB, and one
    /// whose claims have more than 64 values, at any depth, once for each 64, whichever is more. 0 remembers
    /// none. Default 10000: typically some 25 MB of 850-byte tokens, twice that where a claims type or
    /// `TokenClaims::raw` is used, and at most some 300 MB, whatever stands in the claims.
    pub token_cache_capacity: i64,
    /// How long a token is remembered at most. What can change is looked at on every request all the same:
    /// its times, its key, whether it was revoked, its sender. Measured by the wall clock, as its times are:
    /// where that is set back, it is remembered for so much longer. It leaves the memory when it comes again
    /// or another needs its place. Default 300.
    pub token_cache_max_age_seconds: i64,
}

impl Default for AuthClientSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            issuer: String::new(),
            audience: String::new(),
            audience_claim: "aud".to_owned(),
            jwks_endpoint: String::new(),
            jwks_ttl_seconds: 300,
            jwks_timeout_seconds: 5,
            accepted_algorithms: vec!["RS256".to_owned()],
            leeway_seconds: 0,
            roles_claim: String::new(),
            max_token_bytes: 16 * 1024,
            require_rfc9068: false,
            require_token_use: false,
            agent_audience: String::new(),
            agent_required_claims: Vec::new(),
            agent_user_must_match_subject: false,
            revocation_endpoint: String::new(),
            revocation_ttl_seconds: 15,
            revocation_bearer: String::new(),
            revocation_fail_open: false,
            revocation_requires_jti: false,
            token_cache_capacity: 10_000,
            token_cache_max_age_seconds: 300,
        }
    }
}

/// Shows what tokens must say. URLs stay out of logs, as their queries may hold API keys, and so does
/// the secret `revocation_bearer`.
impl fmt::Debug for AuthClientSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthClientSettings")
            .field("enabled", &self.enabled)
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("accepted_algorithms", &self.accepted_algorithms)
            .finish_non_exhaustive()
    }
}

impl AuthClientSettings {
    /// Starts with the defaults.
    pub fn builder() -> AuthClientSettingsBuilder {
        AuthClientSettingsBuilder::default()
    }

    /// Starts with what the access tokens of an AWS Cognito user pool need: its issuer, the app client
    /// in the claim `client_id` in place of `aud`, and `token_use: access`, without which an ID token
    /// of the same pool could pass.
    ///
    /// This is for pools with the original issuer, `https://cognito-idp.<region>.amazonaws.com/<pool>`.
    /// For a pool with the updated one, name that in its place; only the last one is trusted:
    /// `.issuer("https://issuer-cognito-idp.<region>.amazonaws.com/<pool>")`.
    ///
    /// A token that was asked for with a resource names it in `aud` and is refused here, because it is
    /// made out to the resource and not to the app client. A service that is such a resource starts from
    /// [`builder`](Self::builder): `.issuer(..).audience("<resource>").require_token_use(true)`. That
    /// accepts the tokens of every app client of the pool.
    ///
    /// ```
    /// use pico_auth::providers::Cognito;
    /// use pico_auth::{AuthClientSettings, AuthConfigurationError, Authenticator};
    ///
    /// fn authenticator() -> Result<Authenticator, AuthConfigurationError> {
    ///     let settings = AuthClientSettings::cognito("eu-west-1", "eu-west-1_aBcDeFgHi", "1example23456789");
    ///     Authenticator::typed::<Cognito>(settings.build()?)
    /// }
    /// ```
    pub fn cognito(
        region: &str,
        user_pool_id: &str,
        app_client_id: impl Into<String>,
    ) -> AuthClientSettingsBuilder {
        Self::builder()
            .issuer(format!(
                "https://cognito-idp.{region}.amazonaws.com/{user_pool_id}"
            ))
            .audience(app_client_id)
            .audience_claim("client_id")
            .require_token_use(true)
    }

    /// Reads `AUTH_CLIENT_ISSUER`, `AUTH_CLIENT_AUDIENCE` and so on: the names of the fields in upper
    /// case. Lists are comma-separated, booleans are `true` or `false`, an empty value counts as unset.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] that names the key: for a value that is not Unicode or not of the
    /// field's type, for an unknown `AUTH_CLIENT_` variable, and for all that
    /// [`validate`](Self::validate) finds.
    pub fn from_env() -> Result<Self, AuthConfigurationError> {
        let settings = env::read(std::env::vars_os())?;
        settings.validate()?;
        Ok(settings)
    }

    /// Checks the settings. Every way to an [`Authenticator`](crate::Authenticator) does this, too.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] that names the key: while enabled, for an empty issuer or audience,
    /// an `audience_claim` that cannot name one, or is not `aud` beside `require_rfc9068`,
    /// an unknown or symmetric algorithm, a `jwks_endpoint` that is neither https nor http on a
    /// loopback host, and a number out of range; for a `revocation_endpoint` that is not such a URL, for a
    /// `revocation_bearer` that has not the form of a token, and for it and `revocation_fail_open` where
    /// they are set without one. (The issuer must be such a URL only where its keys are discovered;
    /// [`Authenticator::new`](crate::Authenticator::new) checks that.)
    pub fn validate(&self) -> Result<(), AuthConfigurationError> {
        if self.enabled {
            validate::all(self).map(|_| ())
        } else {
            Ok(())
        }
    }
}

pub(crate) use validate::{Checked, all as check};
