//! The parts of an [`Authenticator`], and which of them exclude each other.

use std::sync::Arc;

use super::Authenticator;
use super::bearer::Bearer;
use super::issuer::Issuer;
use crate::binding::{Dpop, SenderRules};
use crate::claims::{ClaimsReader, FromClaims};
use crate::clock::{Clock, SystemClock};
use crate::error::AuthConfigurationError;
#[cfg(feature = "http-client")]
use crate::introspection::IntrospectionClient;
use crate::jwks::{KeyFuture, KeyLookup, KeyQuery, KeySource};
use crate::jwt::TokenValidator;
use crate::names::{Hierarchy, RoleName};
use crate::roles::{DynRoleResolver, RoleResolver, Roles};
use crate::settings::{self, AuthClientSettings};
use crate::verifier::TokenVerifier;

/// Builds an [`Authenticator`] with parts of your own.
#[must_use = "call `build`"]
pub struct AuthenticatorBuilder {
    settings: AuthClientSettings,
    keys: Option<Arc<dyn KeySource>>,
    verifier: Option<Box<dyn TokenVerifier>>,
    #[cfg(feature = "http-client")]
    introspection: Option<IntrospectionClient>,
    claims: Option<ClaimsReader>,
    roles: Option<Box<dyn DynRoleResolver>>,
    hierarchy: Hierarchy,
    dpop: Option<Dpop>,
    require_bound_tokens: bool,
    clock: Option<Arc<dyn Clock>>,
}

impl AuthenticatorBuilder {
    pub(super) fn new(settings: AuthClientSettings) -> Self {
        Self {
            settings,
            keys: None,
            verifier: None,
            #[cfg(feature = "http-client")]
            introspection: None,
            claims: None,
            roles: None,
            hierarchy: Hierarchy::default(),
            dpop: None,
            require_bound_tokens: false,
            clock: None,
        }
    }

    /// Takes keys from `keys` in place of the issuer's JWKS document.
    pub fn key_source(mut self, keys: impl KeySource) -> Self {
        self.keys = Some(Arc::new(keys));
        self
    }

    /// Verifies bearer tokens with `verifier` in place of the issuer's keys. All of them: with an
    /// `IntrospectionClient`, the issuer is asked about JWTs, too, and a revoked one stops working.
    ///
    /// Agent tokens are JWTs all the same. Where neither a `key_source` nor `jwks_endpoint` says what
    /// their keys are, all are refused.
    pub fn token_verifier(mut self, verifier: impl TokenVerifier) -> Self {
        self.verifier = Some(Box::new(verifier));
        self
    }

    /// Asks the issuer about bearer tokens that have not the form of a JWT: three parts with dots
    /// between them, the first of which is a JSON object. A token that has it is verified by the
    /// issuer's keys, and refused where they do not verify it; nobody is asked about it. `client` must be
    /// built with the settings of this issuer.
    #[cfg(feature = "http-client")]
    pub fn introspection(mut self, client: IntrospectionClient) -> Self {
        self.introspection = Some(client);
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

    /// Accepts tokens that are bound to a key of their client, with the proof that belongs to them
    /// (DPoP, RFC 9449). Without this call such a token is refused: as a bearer token, a thief could send
    /// it as well.
    pub fn dpop(mut self, dpop: Dpop) -> Self {
        self.dpop = Some(dpop);
        self
    }

    /// Refuses tokens that are bound to nothing: each must be bound to a key ([`dpop`](Self::dpop)) or to
    /// a client certificate (RFC 8705). Without this call, an unbound token is a bearer token.
    pub fn require_bound_tokens(mut self) -> Self {
        self.require_bound_tokens = true;
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
    /// `roles_claim`, a role resolver and the claims type says what the roles are: only one can decide;
    /// for `token_verifier` where introspection is given beside it; for `introspection` where its client
    /// was built for another issuer or audience; for `dpop` where it names no public URL or none that is
    /// one, no algorithm, a time that is 0 or too long, no capacity, or a secret of less than 32 bytes.
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
            None if self.verifier.is_some() && self.settings.jwks_endpoint.is_empty() => {
                Arc::new(NoKeys)
            }
            None => issuer_keys(&self.settings, &checked, &clock)?,
        };
        let max_token_bytes = checked.bearer.max_token_bytes;
        #[cfg(feature = "http-client")]
        let others = self
            .introspection
            .map(|client| same(client, &checked.bearer));
        #[cfg(not(feature = "http-client"))]
        let others: Option<Result<Box<dyn TokenVerifier>, _>> = None;
        let jwt = |rules| TokenValidator::new(rules, Arc::clone(&keys), Arc::clone(&clock));
        let bearer = match (self.verifier, others.transpose()?) {
            (Some(_), Some(_)) => {
                let problem = "is given and so is introspection: only one can decide; to ask about \
                               every token, give the introspection client as token verifier only";
                return Err(AuthConfigurationError::new("token_verifier", problem));
            }
            (Some(verifier), None) => Bearer::Verifier(verifier),
            (None, Some(others)) => Bearer::JwtOr(jwt(checked.bearer)?, others),
            (None, None) => Bearer::Jwt(jwt(checked.bearer)?),
        };
        Ok(Issuer {
            name: self.settings.issuer.into(),
            bearer,
            max_token_bytes,
            agent: jwt(checked.agent)?,
            sender: SenderRules::new(self.dpop, self.require_bound_tokens, clock)?,
            agent_required_claims: self.settings.agent_required_claims.into(),
            agent_user_must_match_subject: self.settings.agent_user_must_match_subject,
            claims: self.claims,
            roles,
            hierarchy: self.hierarchy,
        })
    }
}

/// Introspection by the rules of this issuer, for what its keys do not verify.
#[cfg(feature = "http-client")]
fn same(
    client: IntrospectionClient,
    rules: &crate::jwt::ValidationRules,
) -> Result<Box<dyn TokenVerifier>, AuthConfigurationError> {
    let is_same = client
        .rules()
        .is_some_and(|theirs| theirs.issuer == rules.issuer && theirs.audience == rules.audience);
    if !is_same {
        let problem = "its client was built for another issuer or audience: build it with the settings \
                       of this issuer";
        return Err(AuthConfigurationError::new("introspection", problem));
    }
    Ok(Box::new(client))
}

/// The keys of an issuer that has none: every token is signed by an unknown key.
struct NoKeys;

impl KeySource for NoKeys {
    fn find<'a>(&'a self, _: KeyQuery<'a>) -> KeyFuture<'a> {
        Box::pin(std::future::ready(Ok(KeyLookup::Unknown)))
    }
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
