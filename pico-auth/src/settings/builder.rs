//! Settings from code.

use super::AuthClientSettings;
use crate::error::AuthConfigurationError;

/// Builds [`AuthClientSettings`]; each method sets the field of its name.
#[derive(Debug, Clone, Default)]
#[must_use = "call `build`"]
pub struct AuthClientSettingsBuilder {
    settings: AuthClientSettings,
}

macro_rules! setters {
    ($($name:ident: $argument:ty => $convert:expr;)+) => {
        $(
            #[doc = concat!("Sets [`", stringify!($name), "`](AuthClientSettings::", stringify!($name), ").")]
            pub fn $name(mut self, value: $argument) -> Self {
                self.settings.$name = $convert(value);
                self
            }
        )+
    };
}

impl AuthClientSettingsBuilder {
    setters! {
        enabled: bool => std::convert::identity;
        issuer: impl Into<String> => Into::into;
        audience: impl Into<String> => Into::into;
        audience_claim: impl Into<String> => Into::into;
        jwks_endpoint: impl Into<String> => Into::into;
        jwks_ttl_seconds: i64 => std::convert::identity;
        jwks_timeout_seconds: i64 => std::convert::identity;
        accepted_algorithms: impl IntoIterator<Item = impl Into<String>> => strings;
        leeway_seconds: i64 => std::convert::identity;
        roles_claim: impl Into<String> => Into::into;
        max_token_bytes: i64 => std::convert::identity;
        require_rfc9068: bool => std::convert::identity;
        require_token_use: bool => std::convert::identity;
        agent_audience: impl Into<String> => Into::into;
        agent_required_claims: impl IntoIterator<Item = impl Into<String>> => strings;
        agent_user_must_match_subject: bool => std::convert::identity;
        revocation_endpoint: impl Into<String> => Into::into;
        revocation_ttl_seconds: i64 => std::convert::identity;
        revocation_bearer: impl Into<String> => Into::into;
        revocation_fail_open: bool => std::convert::identity;
        revocation_requires_jti: bool => std::convert::identity;
        token_cache_capacity: i64 => std::convert::identity;
        token_cache_max_age_seconds: i64 => std::convert::identity;
    }

    /// The settings, checked.
    ///
    /// # Errors
    ///
    /// As [`AuthClientSettings::validate`].
    pub fn build(self) -> Result<AuthClientSettings, AuthConfigurationError> {
        self.settings.validate()?;
        Ok(self.settings)
    }
}

fn strings(values: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    values.into_iter().map(Into::into).collect()
}
