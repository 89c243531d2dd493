//! Settings from the environment.

use std::ffi::OsString;
use std::str::FromStr;

use super::AuthClientSettings;
use crate::error::AuthConfigurationError;

const PREFIX: &str = "AUTH_CLIENT_";

/// Reads every variable with the prefix; others are not looked at.
pub(super) fn read(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<AuthClientSettings, AuthConfigurationError> {
    let mut settings = AuthClientSettings::default();
    for (name, value) in variables {
        let Some(name) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else {
            continue;
        };
        let key = name.to_ascii_lowercase();
        if name != key.to_ascii_uppercase() {
            // Another spelling of a setting could hide the right one.
            return Err(wrong(
                &key,
                &format!("must be in upper case, not `{PREFIX}{name}`"),
            ));
        }
        let value = value
            .into_string()
            .map_err(|_| wrong(&key, "is not Unicode"))?;
        if !value.is_empty() {
            set(&mut settings, &key, &value)?;
        }
    }
    Ok(settings)
}

fn set(
    settings: &mut AuthClientSettings,
    key: &str,
    value: &str,
) -> Result<(), AuthConfigurationError> {
    match key {
        "enabled" => settings.enabled = boolean(key, value)?,
        "issuer" => value.clone_into(&mut settings.issuer),
        "audience" => value.clone_into(&mut settings.audience),
        "audience_claim" => value.clone_into(&mut settings.audience_claim),
        "jwks_endpoint" => value.clone_into(&mut settings.jwks_endpoint),
        "jwks_ttl_seconds" => settings.jwks_ttl_seconds = number(key, value)?,
        "jwks_timeout_seconds" => settings.jwks_timeout_seconds = number(key, value)?,
        "accepted_algorithms" => settings.accepted_algorithms = list(value),
        "leeway_seconds" => settings.leeway_seconds = number(key, value)?,
        "roles_claim" => value.clone_into(&mut settings.roles_claim),
        "max_token_bytes" => settings.max_token_bytes = number(key, value)?,
        "require_rfc9068" => settings.require_rfc9068 = boolean(key, value)?,
        "require_token_use" => settings.require_token_use = boolean(key, value)?,
        "agent_audience" => value.clone_into(&mut settings.agent_audience),
        "agent_required_claims" => settings.agent_required_claims = list(value),
        "agent_user_must_match_subject" => {
            settings.agent_user_must_match_subject = boolean(key, value)?;
        }
        "revocation_endpoint" => value.clone_into(&mut settings.revocation_endpoint),
        "revocation_ttl_seconds" => settings.revocation_ttl_seconds = number(key, value)?,
        "revocation_bearer" => value.clone_into(&mut settings.revocation_bearer),
        "revocation_fail_open" => settings.revocation_fail_open = boolean(key, value)?,
        "token_cache_capacity" => settings.token_cache_capacity = number(key, value)?,
        "token_cache_max_age_seconds" => {
            settings.token_cache_max_age_seconds = number(key, value)?;
        }
        "revocation_requires_jti" => settings.revocation_requires_jti = boolean(key, value)?,
        _ => {
            return Err(wrong(
                key,
                "is not a setting: check the name of the variable",
            ));
        }
    }
    Ok(())
}

/// Only these two words: `enabled=no` or `enabled=0` must not be guessed at.
fn boolean(key: &str, value: &str) -> Result<bool, AuthConfigurationError> {
    bool::from_str(value).map_err(|_| wrong(key, &format!("must be true or false, not `{value}`")))
}

fn number(key: &str, value: &str) -> Result<i64, AuthConfigurationError> {
    value
        .parse()
        .map_err(|_| wrong(key, &format!("must be a whole number, not `{value}`")))
}

/// Empty items are kept: `validate` refuses them, where leaving them out could leave out a demand.
fn list(value: &str) -> Vec<String> {
    value
        .split(',')
        .map(|item| item.trim().to_owned())
        .collect()
}

fn wrong(key: &str, problem: &str) -> AuthConfigurationError {
    let variable = format!("{PREFIX}{}", key.to_ascii_uppercase());
    AuthConfigurationError::new(
        key.to_owned(),
        format!("{problem} (environment: {variable})"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)]) -> Result<AuthClientSettings, AuthConfigurationError> {
        read(
            variables
                .iter()
                .map(|(name, value)| (name.into(), value.into())),
        )
    }

    #[test]
    fn every_field_has_its_variable() {
        let settings = from(&[
            ("AUTH_CLIENT_ENABLED", "false"),
            ("AUTH_CLIENT_ISSUER", "https://issuer.example"),
            ("AUTH_CLIENT_AUDIENCE", "api"),
            ("AUTH_CLIENT_AUDIENCE_CLAIM", "client_id"),
            ("AUTH_CLIENT_JWKS_ENDPOINT", "https://issuer.example/jwks"),
            ("AUTH_CLIENT_JWKS_TTL_SECONDS", "60"),
            ("AUTH_CLIENT_JWKS_TIMEOUT_SECONDS", "2"),
            ("AUTH_CLIENT_ACCEPTED_ALGORITHMS", "RS256, ES256"),
            ("AUTH_CLIENT_LEEWAY_SECONDS", "5"),
            ("AUTH_CLIENT_ROLES_CLAIM", "realm_access.roles"),
            ("AUTH_CLIENT_MAX_TOKEN_BYTES", "4096"),
            ("AUTH_CLIENT_REQUIRE_RFC9068", "true"),
            ("AUTH_CLIENT_REQUIRE_TOKEN_USE", "true"),
            ("AUTH_CLIENT_AGENT_AUDIENCE", "agents"),
            ("AUTH_CLIENT_AGENT_REQUIRED_CLAIMS", "task_type,user_id"),
            ("AUTH_CLIENT_AGENT_USER_MUST_MATCH_SUBJECT", "true"),
            (
                "AUTH_CLIENT_REVOCATION_ENDPOINT",
                "https://issuer.example/revoked",
            ),
            ("AUTH_CLIENT_REVOCATION_TTL_SECONDS", "20"),
            ("AUTH_CLIENT_REVOCATION_BEARER", "abc"),
            ("AUTH_CLIENT_REVOCATION_FAIL_OPEN", "true"),
            ("AUTH_CLIENT_REVOCATION_REQUIRES_JTI", "true"),
            ("AUTH_CLIENT_TOKEN_CACHE_CAPACITY", "500"),
            ("AUTH_CLIENT_TOKEN_CACHE_MAX_AGE_SECONDS", "60"),
        ]);
        let expected = AuthClientSettings {
            enabled: false,
            issuer: "https://issuer.example".into(),
            audience: "api".into(),
            audience_claim: "client_id".into(),
            jwks_endpoint: "https://issuer.example/jwks".into(),
            jwks_ttl_seconds: 60,
            jwks_timeout_seconds: 2,
            accepted_algorithms: vec!["RS256".into(), "ES256".into()],
            leeway_seconds: 5,
            roles_claim: "realm_access.roles".into(),
            max_token_bytes: 4096,
            require_rfc9068: true,
            require_token_use: true,
            agent_audience: "agents".into(),
            agent_required_claims: vec!["task_type".into(), "user_id".into()],
            agent_user_must_match_subject: true,
            revocation_endpoint: "https://issuer.example/revoked".into(),
            revocation_ttl_seconds: 20,
            revocation_bearer: "abc".into(),
            revocation_fail_open: true,
            revocation_requires_jti: true,
            token_cache_capacity: 500,
            token_cache_max_age_seconds: 60,
        };
        assert_eq!(settings, Ok(expected));
    }

    #[test]
    fn garbage_names_the_key() {
        for (variable, value, key) in [
            ("AUTH_CLIENT_ENABLED", "no", "enabled"),
            ("AUTH_CLIENT_ENABLED", "0", "enabled"),
            ("AUTH_CLIENT_ENABLED", "True", "enabled"),
            ("AUTH_CLIENT_JWKS_TTL_SECONDS", "5m", "jwks_ttl_seconds"),
            ("AUTH_CLIENT_LEEWAY_SECONDS", "0.5", "leeway_seconds"),
            ("AUTH_CLIENT_ISSUERS", "https://a.example", "issuers"),
            ("AUTH_CLIENT_Issuer", "https://a.example", "issuer"),
        ] {
            let error = from(&[(variable, value)]).expect_err(variable);
            assert_eq!(error.key(), key, "{variable}={value}");
            let variable = variable.to_ascii_uppercase();
            assert!(error.to_string().contains(&variable), "{error}");
        }
    }

    #[test]
    fn an_empty_item_of_a_list_is_refused_not_left_out() {
        for variable in [
            "AUTH_CLIENT_AGENT_REQUIRED_CLAIMS",
            "AUTH_CLIENT_ACCEPTED_ALGORITHMS",
        ] {
            let settings = from(&[
                ("AUTH_CLIENT_ISSUER", "https://issuer.example"),
                ("AUTH_CLIENT_AUDIENCE", "api"),
                (variable, ","),
            ]);
            assert!(settings.unwrap().validate().is_err(), "{variable}");
        }
    }

    #[test]
    fn other_variables_and_empty_ones_are_not_settings() {
        let settings = from(&[("PATH", "/bin"), ("AUTH_CLIENT_ENABLED", "")]);
        assert_eq!(settings, Ok(AuthClientSettings::default()));
    }
}
