//! Settings that were checked, in the types the authenticator works with.

use std::time::Duration;

use super::AuthClientSettings;
use crate::claims::ClaimPath;
use crate::error::AuthConfigurationError;
use crate::jwks::Algorithm;
use crate::jwt::ValidationRules;
use crate::token_cache::CacheLimits;

/// The settings of an enabled authenticator.
pub(crate) struct Checked {
    /// What a bearer token must satisfy.
    pub(crate) bearer: ValidationRules,
    /// What an agent token must satisfy.
    pub(crate) agent: ValidationRules,
    /// Where the roles are, unless a resolver knows.
    pub(crate) roles_claim: Option<ClaimPath>,
    /// How long fetched keys are fresh.
    #[cfg_attr(
        not(feature = "http-client"),
        expect(dead_code, reason = "nothing is fetched")
    )]
    pub(crate) jwks_ttl: Duration,
    /// How long one fetch of keys may take.
    #[cfg_attr(
        not(feature = "http-client"),
        expect(dead_code, reason = "nothing is fetched")
    )]
    pub(crate) jwks_timeout: Duration,
    /// How often the list of revoked tokens is fetched.
    #[cfg_attr(
        not(feature = "http-client"),
        expect(dead_code, reason = "nothing is fetched")
    )]
    pub(crate) revocation_ttl: Duration,
    /// How many verified tokens are remembered, and for how long.
    pub(crate) token_cache: CacheLimits,
}

/// The longest duration a setting can ask for: beyond a day it is a typing error, and a key that was
/// withdrawn would be trusted for as long.
const MAX_SECONDS: i64 = 24 * 60 * 60;
/// The largest leeway: more than that and an expired token is as good as a valid one.
const MAX_LEEWAY_SECONDS: i64 = 10 * 60;
/// The most remembered tokens: some 25 GB, or more.
const MAX_CACHED_TOKENS: i64 = 10_000_000;
/// The largest token limit: what servers accept as a header at most, with room.
const MAX_TOKEN_BYTES: i64 = 1024 * 1024;

pub(crate) fn all(settings: &AuthClientSettings) -> Result<Checked, AuthConfigurationError> {
    present("issuer", &settings.issuer)?;
    present("audience", &settings.audience)?;
    audience_claim(settings)?;
    #[cfg(feature = "http-client")]
    if !settings.jwks_endpoint.is_empty() {
        crate::fetch::url_rules::configured("jwks_endpoint", &settings.jwks_endpoint)?;
    }
    revocation(settings)?;
    let bearer = rules(settings, &settings.audience)?;
    let agent_audience = match settings.agent_audience.as_str() {
        "" => &settings.audience,
        audience => audience,
    };
    let agent = rules(settings, agent_audience)?;
    let roles_claim = match settings.roles_claim.as_str() {
        "" => None,
        path => Some(ClaimPath::parse("roles_claim", path)?),
    };
    if settings.agent_required_claims.iter().any(String::is_empty) {
        let problem = "has an empty name: name the claims that agent tokens must have";
        return Err(AuthConfigurationError::new(
            "agent_required_claims",
            problem,
        ));
    }
    Ok(Checked {
        bearer,
        agent,
        roles_claim,
        jwks_ttl: seconds(
            "jwks_ttl_seconds",
            settings.jwks_ttl_seconds,
            1..=MAX_SECONDS,
        )?,
        jwks_timeout: seconds(
            "jwks_timeout_seconds",
            settings.jwks_timeout_seconds,
            1..=300,
        )?,
        revocation_ttl: seconds(
            "revocation_ttl_seconds",
            settings.revocation_ttl_seconds,
            1..=MAX_SECONDS,
        )?,
        token_cache: CacheLimits {
            tokens: in_range(
                "token_cache_capacity",
                settings.token_cache_capacity,
                0..=MAX_CACHED_TOKENS,
            )?,
            max_age: seconds(
                "token_cache_max_age_seconds",
                settings.token_cache_max_age_seconds,
                1..=MAX_SECONDS,
            )?,
        },
    })
}

fn rules(
    settings: &AuthClientSettings,
    audience: &str,
) -> Result<ValidationRules, AuthConfigurationError> {
    let mut rules = ValidationRules::new(&settings.issuer, [audience]);
    rules.algorithms = settings
        .accepted_algorithms
        .iter()
        .map(|name| name.parse::<Algorithm>())
        .collect::<Result<_, _>>()?;
    if rules.algorithms.is_empty() {
        let problem = "must name at least one algorithm, such as `RS256`";
        return Err(AuthConfigurationError::new("accepted_algorithms", problem));
    }
    rules.leeway = seconds(
        "leeway_seconds",
        settings.leeway_seconds,
        0..=MAX_LEEWAY_SECONDS,
    )?;
    let max_token_bytes = in_range(
        "max_token_bytes",
        settings.max_token_bytes,
        1..=MAX_TOKEN_BYTES,
    )?;
    rules.max_token_bytes = usize::try_from(max_token_bytes).unwrap_or(usize::MAX);
    rules.require_at_jwt = settings.require_rfc9068;
    rules.audience_claim.clone_from(&settings.audience_claim);
    rules.require_token_use = settings.require_token_use;
    Ok(rules)
}

/// Registered claims that say something else than for whom the token is (RFC 7519 §4.1), or what the
/// token is for.
const NOT_AN_AUDIENCE: [&str; 9] = [
    "iss",
    "sub",
    "exp",
    "nbf",
    "iat",
    "jti",
    "typ",
    "type",
    "token_use",
];

fn audience_claim(settings: &AuthClientSettings) -> Result<(), AuthConfigurationError> {
    let key = "audience_claim";
    let claim = settings.audience_claim.as_str();
    let wrong = |problem: String| Err(AuthConfigurationError::new(key, problem));
    if claim.is_empty() || claim.trim() != claim {
        return wrong(format!(
            "`{claim}` is empty or begins or ends with white space: name a claim, such as `aud`"
        ));
    }
    if NOT_AN_AUDIENCE.contains(&claim) {
        return wrong(format!(
            "`{claim}` does not say for whom a token is: name the claim that does, such as `client_id`"
        ));
    }
    if claim != "aud" && settings.require_rfc9068 {
        return wrong(
            "must be `aud` where `require_rfc9068` is set: RFC 9068 demands it".to_owned(),
        );
    }
    Ok(())
}

/// What is said about the list must be about a list: a secret without a URL is one that was forgotten, and
/// the service would run without any check.
fn revocation(settings: &AuthClientSettings) -> Result<(), AuthConfigurationError> {
    if settings.revocation_endpoint.is_empty() {
        for (key, is_set) in [
            ("revocation_bearer", !settings.revocation_bearer.is_empty()),
            ("revocation_fail_open", settings.revocation_fail_open),
        ] {
            if is_set {
                let problem = "is set without `revocation_endpoint`: no list is fetched";
                return Err(AuthConfigurationError::new(key, problem));
            }
        }
    }
    #[cfg(feature = "http-client")]
    if !settings.revocation_endpoint.is_empty() {
        crate::fetch::url_rules::configured("revocation_endpoint", &settings.revocation_endpoint)?;
        if !settings.revocation_bearer.is_empty() {
            crate::fetch::bearer("revocation_bearer", &settings.revocation_bearer)?;
        }
    }
    Ok(())
}

fn present(key: &'static str, value: &str) -> Result<(), AuthConfigurationError> {
    if value.trim().is_empty() {
        let variable = format!("AUTH_CLIENT_{}", key.to_ascii_uppercase());
        let problem =
            format!("must be set while authentication is enabled (environment: {variable})");
        return Err(AuthConfigurationError::new(key, problem));
    }
    Ok(())
}

fn seconds(
    key: &'static str,
    value: i64,
    range: std::ops::RangeInclusive<i64>,
) -> Result<Duration, AuthConfigurationError> {
    in_range(key, value, range).map(Duration::from_secs)
}

fn in_range(
    key: &'static str,
    value: i64,
    range: std::ops::RangeInclusive<i64>,
) -> Result<u64, AuthConfigurationError> {
    match u64::try_from(value) {
        Ok(number) if range.contains(&value) => Ok(number),
        _ => {
            let (least, most) = (range.start(), range.end());
            let problem = format!("must be between {least} and {most}, not {value}");
            Err(AuthConfigurationError::new(key, problem))
        }
    }
}
