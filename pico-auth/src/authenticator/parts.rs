//! The parts of one issuer that the settings stand for where none was given, and which exclude each
//! other.

use std::sync::Arc;

use crate::claims::{ClaimPath, ClaimsReader};
use crate::clock::Clock;
use crate::error::AuthConfigurationError;
#[cfg(feature = "http-client")]
use crate::introspection::IntrospectionClient;
use crate::jwks::{KeyFuture, KeyLookup, KeyQuery, KeySource};
use crate::revocation::{DynRevocationList, Revocation};
use crate::roles::{DynRoleResolver, Roles};
use crate::settings::{self, AuthClientSettings};
#[cfg(feature = "http-client")]
use crate::verifier::TokenVerifier;

/// Who says what the roles are: one of three, or the claim `role`.
pub(super) fn roles(
    resolver: Option<Box<dyn DynRoleResolver>>,
    claims: Option<ClaimsReader>,
    path: Option<&ClaimPath>,
) -> Result<Roles, AuthConfigurationError> {
    let refused = |problem| Err(AuthConfigurationError::new("roles_claim", problem));
    let typed = claims.is_some_and(|reader| reader.named.roles);
    if typed && (resolver.is_some() || path.is_some()) {
        return refused(
            "or a role resolver is given, and the claims type names the roles, too: only one can \
             decide",
        );
    }
    match (resolver, path) {
        (Some(_), Some(_)) => {
            refused("is set and a role resolver was given, too: only one can decide")
        }
        (Some(resolver), None) => Ok(Roles::Resolver(resolver)),
        (None, Some(path)) => Ok(Roles::Claim(path.clone())),
        (None, None) => Ok(Roles::RoleClaim),
    }
}

/// Introspection by the rules of this issuer, for what its keys do not verify.
#[cfg(feature = "http-client")]
pub(super) fn introspection(
    client: IntrospectionClient,
    rules: &crate::jwt::ValidationRules,
) -> Result<Box<dyn TokenVerifier>, AuthConfigurationError> {
    asks_this_issuer("introspection", &client, rules)?;
    Ok(Box::new(client))
}

/// Refuses a client that judges by other rules than this issuer.
#[cfg(feature = "http-client")]
pub(super) fn asks_this_issuer(
    key: &'static str,
    client: &IntrospectionClient,
    rules: &crate::jwt::ValidationRules,
) -> Result<(), AuthConfigurationError> {
    // Whatever it decides about opaque tokens; which algorithms are accepted is none of that.
    let decided = |rules: &crate::jwt::ValidationRules| {
        (
            (rules.issuer.clone(), rules.audience.clone()),
            (rules.audience_claim.clone(), rules.leeway),
            (rules.require_at_jwt, rules.require_token_use),
        )
    };
    if client.rules().map(decided) != Some(decided(rules)) {
        let problem = "its client was built for another issuer or audience, or by other rules: build it \
                       with the settings of this issuer";
        return Err(AuthConfigurationError::new(key, problem));
    }
    Ok(())
}

/// The keys of an issuer that has none: every token is signed by an unknown key.
pub(super) struct NoKeys;

impl KeySource for NoKeys {
    fn find<'a>(&'a self, _: KeyQuery<'a>) -> KeyFuture<'a> {
        Box::pin(std::future::ready(Ok(KeyLookup::Unknown)))
    }
}

/// What tokens are checked against once they are verified, if anything.
pub(super) fn revocation(
    given: Option<Box<dyn DynRevocationList>>,
    settings: &AuthClientSettings,
    checked: &settings::Checked,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Revocation>, AuthConfigurationError> {
    let requires_jti = settings.revocation_requires_jti;
    let list = match (given, settings.revocation_endpoint.is_empty()) {
        (Some(_), false) => {
            let problem = "is set and a revocation list was given, too: only one can decide";
            return Err(AuthConfigurationError::new("revocation_endpoint", problem));
        }
        (Some(list), true) => list,
        (None, false) => polled_list(settings, checked, clock)?,
        (None, true) if requires_jti => {
            let problem = "is set and there is no list of revoked tokens: set \
                           `revocation_endpoint` or give a `revocation_list`";
            return Err(AuthConfigurationError::new(
                "revocation_requires_jti",
                problem,
            ));
        }
        (None, true) => return Ok(None),
    };
    Ok(Some(Revocation { list, requires_jti }))
}

/// The list the issuer publishes.
#[cfg(feature = "http-client")]
fn polled_list(
    settings: &AuthClientSettings,
    checked: &settings::Checked,
    clock: &Arc<dyn Clock>,
) -> Result<Box<dyn DynRevocationList>, AuthConfigurationError> {
    let list = crate::revocation::PolledRevocationList::builder(&settings.revocation_endpoint)
        .bearer_token(&settings.revocation_bearer)
        .ttl(checked.revocation_ttl)
        .fail_open(settings.revocation_fail_open)
        .clock(Arc::clone(clock))
        .build()?;
    Ok(Box::new(list))
}

/// Without an HTTP client, a list must be given.
#[cfg(not(feature = "http-client"))]
fn polled_list(
    _: &AuthClientSettings,
    _: &settings::Checked,
    _: &Arc<dyn Clock>,
) -> Result<Box<dyn DynRevocationList>, AuthConfigurationError> {
    let problem = "cannot be polled: enable the feature `http-client` or give a `revocation_list`";
    Err(AuthConfigurationError::new("revocation_endpoint", problem))
}

/// The keys the issuer publishes.
#[cfg(feature = "http-client")]
pub(super) fn issuer_keys(
    settings: &AuthClientSettings,
    checked: &settings::Checked,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn KeySource>, AuthConfigurationError> {
    let client = crate::jwks::JwksClient::builder()
        .issuer(&settings.issuer)
        .endpoint(&settings.jwks_endpoint)
        .ttl(checked.jwks_ttl)
        .timeout(checked.jwks_timeout)
        .clock(Arc::clone(clock))
        .build()?;
    Ok(Arc::new(client))
}

/// Without an HTTP client, keys must be given.
#[cfg(not(feature = "http-client"))]
pub(super) fn issuer_keys(
    _: &AuthClientSettings,
    _: &settings::Checked,
    _: &Arc<dyn Clock>,
) -> Result<Arc<dyn KeySource>, AuthConfigurationError> {
    let problem = "cannot be fetched: enable the feature `http-client` or give a `key_source`";
    Err(AuthConfigurationError::new("jwks_endpoint", problem))
}
