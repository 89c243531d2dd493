//! The parts of an [`Authenticator`], and which of them exclude each other.

use std::sync::Arc;

use super::Authenticator;
use super::issuer::Issuer;
use crate::claims::{ClaimsReader, FromClaims};
use crate::clock::{Clock, SystemClock};
use crate::error::AuthConfigurationError;
use crate::jwks::KeySource;
use crate::jwt::TokenValidator;
use crate::names::{Hierarchy, RoleName};
use crate::revocation::{DynRevocationList, Revocation, RevocationList};
use crate::roles::{DynRoleResolver, RoleResolver, Roles};
use crate::settings::{self, AuthClientSettings};

/// Builds an [`Authenticator`] with parts of your own.
#[must_use = "call `build`"]
pub struct AuthenticatorBuilder {
    settings: AuthClientSettings,
    keys: Option<Arc<dyn KeySource>>,
    claims: Option<ClaimsReader>,
    roles: Option<Box<dyn DynRoleResolver>>,
    hierarchy: Hierarchy,
    revoked: Option<Box<dyn DynRevocationList>>,
    clock: Option<Arc<dyn Clock>>,
}

impl AuthenticatorBuilder {
    pub(super) fn new(settings: AuthClientSettings) -> Self {
        Self {
            settings,
            keys: None,
            claims: None,
            roles: None,
            hierarchy: Hierarchy::default(),
            revoked: None,
            clock: None,
        }
    }

    /// Takes keys from `keys` in place of the issuer's JWKS document.
    pub fn key_source(mut self, keys: impl KeySource) -> Self {
        self.keys = Some(Arc::new(keys));
        self
    }

    /// Reads the claims of every bearer token as `C`, too; the last call decides. A token that does not
    /// fit is refused. Subject, roles, groups and scopes come from where `C` says, if it does.
    ///
    /// The authenticator stays the same type: `C` is known where it is asked for, in
    /// [`SecurityContext::claims`](crate::SecurityContext::claims) and the extractor `Claims<C>`, and in nothing between.
    pub fn claims<C: FromClaims>(mut self) -> Self {
        self.claims = Some(ClaimsReader::of::<C>());
        self
    }

    /// Resolves roles with `resolver` in place of a claim.
    pub fn role_resolver(mut self, resolver: impl RoleResolver) -> Self {
        self.roles = Some(Box::new(resolver));
        self
    }

    /// Lets roles imply others, as `#[role(implies(..))]` of `R` says; the last call decides. Rules and
    /// [`SecurityContext::has_role`](crate::SecurityContext::has_role) honour it for every role, wherever it was resolved.
    pub fn role_hierarchy<R: RoleName>(mut self) -> Self {
        self.hierarchy = Hierarchy::of::<R>();
        self
    }

    /// Refuses the tokens that `list` says are revoked, bearer and agent, in place of what the setting
    /// `revocation_endpoint` names. Both at once are an error.
    pub fn revocation_list(mut self, list: impl RevocationList) -> Self {
        self.revoked = Some(Box::new(list));
        self
    }

    /// Takes the time from `clock` in place of the operating system.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// The authenticator.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] as [`AuthClientSettings::validate`], and where more than one of
    /// `roles_claim`, a role resolver and the claims type says what the roles are: only one can decide.
    /// For `revocation_endpoint` where a [`revocation_list`](Self::revocation_list) is given, too; for
    /// `revocation_requires_jti` where it is set and there is no list.
    pub fn build(self) -> Result<Authenticator, AuthConfigurationError> {
        if !self.settings.enabled {
            tracing::error!(
                "authentication is disabled (enabled = false): protected endpoints refuse everybody"
            );
            return Ok(Authenticator { issuers: None });
        }
        Authenticator::trusting([self])
    }

    /// What is trusted.
    pub(super) fn issuer(self) -> Result<Issuer, AuthConfigurationError> {
        if !self.settings.enabled {
            let problem = "is false for one of several issuers: leave that issuer out";
            return Err(AuthConfigurationError::new("enabled", problem));
        }
        let checked = settings::check(&self.settings)?;
        let typed_roles = self.claims.is_some_and(|reader| reader.named.roles);
        if typed_roles && (self.roles.is_some() || checked.roles_claim.is_some()) {
            let problem = "or a role resolver is given, and the claims type names the roles, too: \
                           only one can decide";
            return Err(AuthConfigurationError::new("roles_claim", problem));
        }
        let roles = match (self.roles, &checked.roles_claim) {
            (Some(_), Some(_)) => {
                let problem = "is set and a role resolver was given, too: only one can decide";
                return Err(AuthConfigurationError::new("roles_claim", problem));
            }
            (Some(resolver), None) => Roles::Resolver(resolver),
            (None, Some(path)) => Roles::Claim(path.clone()),
            (None, None) => Roles::RoleClaim,
        };
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let keys = match self.keys {
            Some(keys) => keys,
            None => issuer_keys(&self.settings, &checked, &clock)?,
        };
        let revocation = revocation(self.revoked, &self.settings, &checked, &clock)?;
        Ok(Issuer {
            revocation,
            name: self.settings.issuer.into(),
            bearer: TokenValidator::new(checked.bearer, Arc::clone(&keys), Arc::clone(&clock))?,
            agent: TokenValidator::new(checked.agent, keys, clock)?,
            agent_required_claims: self.settings.agent_required_claims.into(),
            agent_user_must_match_subject: self.settings.agent_user_must_match_subject,
            claims: self.claims,
            roles,
            hierarchy: self.hierarchy,
        })
    }
}

/// What tokens are checked against once they are verified, if anything.
fn revocation(
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
        (None, false) => polled_denylist(settings, checked, clock)?,
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
fn polled_denylist(
    settings: &AuthClientSettings,
    checked: &settings::Checked,
    clock: &Arc<dyn Clock>,
) -> Result<Box<dyn DynRevocationList>, AuthConfigurationError> {
    let list = crate::revocation::PolledDenylist::builder()
        .endpoint(&settings.revocation_endpoint)
        .bearer(&settings.revocation_bearer)
        .ttl(checked.revocation_ttl)
        .fail_open(settings.revocation_fail_open)
        .clock(Arc::clone(clock))
        .build()?;
    Ok(Box::new(list))
}

/// Without an HTTP client, a list must be given.
#[cfg(not(feature = "http-client"))]
fn polled_denylist(
    _: &AuthClientSettings,
    _: &settings::Checked,
    _: &Arc<dyn Clock>,
) -> Result<Box<dyn DynRevocationList>, AuthConfigurationError> {
    let problem = "cannot be polled: enable the feature `http-client` or give a `revocation_list`";
    Err(AuthConfigurationError::new("revocation_endpoint", problem))
}

/// The keys the issuer publishes.
#[cfg(feature = "http-client")]
fn issuer_keys(
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
fn issuer_keys(
    _: &AuthClientSettings,
    _: &settings::Checked,
    _: &Arc<dyn Clock>,
) -> Result<Arc<dyn KeySource>, AuthConfigurationError> {
    let problem = "cannot be fetched: enable the feature `http-client` or give a `key_source`";
    Err(AuthConfigurationError::new("jwks_endpoint", problem))
}
