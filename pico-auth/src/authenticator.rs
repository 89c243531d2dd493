//! The whole story of a request's identity: verify the tokens, read the claims, resolve the roles.

use std::fmt;
use std::sync::Arc;

use crate::claims::{AgentClaims, ClaimsReader, FromClaims, RawClaims, TokenClaims, TypedClaims};
use crate::clock::{Clock, SystemClock};
use crate::context::{AgentContext, SecurityContext};
use crate::error::{
    AuthClientError, AuthConfigurationError, MissingTokenError, TokenInvalidError,
    TokenInvalidReason, TokenKind,
};
use crate::jwks::KeySource;
use crate::jwt::{TokenValidator, VerifiedToken};
use crate::names::{Hierarchy, RoleName};
use crate::roles::{DynRoleResolver, RoleResolver, Roles};
use crate::settings::{self, AuthClientSettings};

/// Token in, [`SecurityContext`] or error out. It knows no web framework. Cheap to clone.
///
/// What it does with the tokens of a request, in this order; the first failure is the answer:
///
/// 1. verify the bearer token: form, key, signature, claims; read it as the application's claims type,
///    if it has one;
/// 2. verify the agent token, if one was sent, by the same rules;
/// 3. resolve the caller's roles.
#[derive(Clone)]
pub struct Authenticator {
    /// `None` where the settings say `enabled = false`: nobody can be identified.
    enabled: Option<Arc<Enabled>>,
}

struct Enabled {
    bearer: TokenValidator,
    agent: TokenValidator,
    agent_required_claims: Box<[String]>,
    agent_user_must_match_subject: bool,
    claims: Option<ClaimsReader>,
    roles: Roles,
    hierarchy: Hierarchy,
}

impl Authenticator {
    /// An authenticator that fetches the issuer's keys when the first token needs one. The issuer may
    /// be down: the service starts all the same.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] as [`AuthClientSettings::validate`].
    pub fn new(settings: AuthClientSettings) -> Result<Self, AuthConfigurationError> {
        Self::builder(settings).build()
    }

    /// An authenticator that reads the claims of every bearer token as `C`, too: the same as
    /// [`builder`](Self::builder) with [`claims`](AuthenticatorBuilder::claims).
    ///
    /// ```
    /// use pico_auth::{AuthClientSettings, AuthConfigurationError, Authenticator, Claims};
    ///
    /// #[derive(Claims)]
    /// struct MyClaims {
    ///     tenant: String,
    ///     #[claim(roles, path = "realm_access.roles")]
    ///     roles: Vec<String>,
    /// }
    ///
    /// fn authenticator(settings: AuthClientSettings) -> Result<Authenticator, AuthConfigurationError> {
    ///     Authenticator::typed::<MyClaims>(settings)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`AuthenticatorBuilder::build`].
    pub fn typed<C: FromClaims>(
        settings: AuthClientSettings,
    ) -> Result<Self, AuthConfigurationError> {
        Self::builder(settings).claims::<C>().build()
    }

    /// An authenticator with parts of your own.
    pub fn builder(settings: AuthClientSettings) -> AuthenticatorBuilder {
        AuthenticatorBuilder {
            settings,
            keys: None,
            claims: None,
            roles: None,
            hierarchy: Hierarchy::default(),
            clock: None,
        }
    }

    /// `false` where the settings say so: then everybody is refused where a token is needed.
    pub fn is_enabled(&self) -> bool {
        self.enabled.is_some()
    }

    /// Identifies the caller who sent `bearer`, and the agent who sent `agent`.
    ///
    /// # Errors
    ///
    /// - [`MissingTokenError`] where authentication is disabled;
    /// - [`TokenInvalidError`] and [`TokenExpiredError`](crate::TokenExpiredError), which say of which
    ///   token they speak;
    /// - [`AuthUnavailableError`](crate::AuthUnavailableError) where keys or roles cannot be known now.
    pub async fn authenticate(
        &self,
        bearer: &str,
        agent: Option<&str>,
    ) -> Result<SecurityContext, AuthClientError> {
        let Some(enabled) = &self.enabled else {
            return Err(MissingTokenError::new(TokenKind::Bearer).into());
        };
        let (claims, typed) = enabled.caller(bearer).await?;
        let agent = match agent {
            Some(agent) => {
                // The caller whom rules see: the claims type may name another subject than `sub`.
                let decided = typed
                    .as_ref()
                    .and_then(|typed| typed.decided.subject.as_deref());
                let subject = decided.unwrap_or_else(|| claims.sub());
                Some(enabled.agent(agent, subject).await?)
            }
            None => None,
        };
        let roles = match typed
            .as_ref()
            .and_then(|typed| typed.decided.roles.as_ref())
        {
            Some(roles) => roles.to_vec(),
            None => enabled.roles.resolve(&claims).await?,
        };
        let context =
            SecurityContext::with_typed(claims, roles, typed).with_hierarchy(enabled.hierarchy);
        Ok(match agent {
            Some(agent) => context.with_agent(agent),
            None => context,
        })
    }
}

impl Enabled {
    async fn caller(
        &self,
        bearer: &str,
    ) -> Result<(TokenClaims, Option<TypedClaims>), AuthClientError> {
        let kind = TokenKind::Bearer;
        let token = self.bearer.verify(bearer, kind).await?;
        let VerifiedToken {
            claims,
            expires_at,
            kid,
            ..
        } = token;
        let jti = jti_of(&claims);
        let named = self.claims.map(|reader| reader.named).unwrap_or_default();
        let claims = match TokenClaims::beside(named, claims, expires_at) {
            Ok(claims) => claims.with_kid(kid),
            Err(reason) => return Err(refused(kind, reason, kid.as_deref(), jti.as_deref())),
        };
        let typed = self
            .claims
            .map(|reader| (reader.read)(claims.raw()))
            .transpose()
            .map_err(|error| refused(kind, error.into(), claims.kid(), claims.jti()))?;
        Ok((claims, typed))
    }

    async fn agent(&self, agent: &str, subject: &str) -> Result<AgentContext, AuthClientError> {
        let kind = TokenKind::Agent;
        let token = self.agent.verify(agent, kind).await?;
        let VerifiedToken {
            claims,
            expires_at,
            kid,
            ..
        } = token;
        let jti = jti_of(&claims);
        let claims = AgentClaims::from_raw(claims, expires_at)
            .map_err(|reason| refused(kind, reason, kid.as_deref(), jti.as_deref()))?;
        let refused = |reason| Err(refused(kind, reason, kid.as_deref(), claims.jti()));
        for name in &self.agent_required_claims {
            if claims.get(name).is_none_or(serde_json::Value::is_null) {
                return refused(TokenInvalidReason::MissingClaim(name.clone().into()));
            }
        }
        if self.agent_user_must_match_subject && claims.user_id() != Some(subject) {
            return refused(TokenInvalidReason::InvalidClaim("user_id".into()));
        }
        Ok(AgentContext::new(claims))
    }
}

/// The id of a verified token whose claims may still be refused, for the log.
fn jti_of(claims: &RawClaims) -> Option<Box<str>> {
    claims.get("jti")?.as_str().map(Into::into)
}

fn refused(
    kind: TokenKind,
    reason: TokenInvalidReason,
    kid: Option<&str>,
    jti: Option<&str>,
) -> AuthClientError {
    TokenInvalidError::new(kind, reason)
        .with_trace(kid, jti)
        .into()
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("enabled", &self.is_enabled())
            .finish_non_exhaustive()
    }
}

/// Builds an [`Authenticator`] with parts of your own.
#[must_use = "call `build`"]
pub struct AuthenticatorBuilder {
    settings: AuthClientSettings,
    keys: Option<Arc<dyn KeySource>>,
    claims: Option<ClaimsReader>,
    roles: Option<Box<dyn DynRoleResolver>>,
    hierarchy: Hierarchy,
    clock: Option<Arc<dyn Clock>>,
}

impl AuthenticatorBuilder {
    /// Takes keys from `keys` in place of the issuer's JWKS document.
    pub fn key_source(mut self, keys: impl KeySource) -> Self {
        self.keys = Some(Arc::new(keys));
        self
    }

    /// Reads the claims of every bearer token as `C`, too; the last call decides. A token that does not
    /// fit is refused. Subject, roles, groups and scopes come from where `C` says, if it does.
    ///
    /// The authenticator stays the same type: `C` is known where it is asked for, in
    /// [`SecurityContext::claims`] and the extractor `Claims<C>`, and in nothing between.
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
    /// [`SecurityContext::has_role`] honour it for every role, wherever it was resolved.
    pub fn role_hierarchy<R: RoleName>(mut self) -> Self {
        self.hierarchy = Hierarchy::of::<R>();
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
    pub fn build(self) -> Result<Authenticator, AuthConfigurationError> {
        if !self.settings.enabled {
            tracing::error!(
                "authentication is disabled (enabled = false): protected endpoints refuse everybody"
            );
            return Ok(Authenticator { enabled: None });
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
        let enabled = Enabled {
            bearer: TokenValidator::new(checked.bearer, Arc::clone(&keys), Arc::clone(&clock))?,
            agent: TokenValidator::new(checked.agent, keys, clock)?,
            agent_required_claims: self.settings.agent_required_claims.into(),
            agent_user_must_match_subject: self.settings.agent_user_must_match_subject,
            claims: self.claims,
            roles,
            hierarchy: self.hierarchy,
        };
        Ok(Authenticator {
            enabled: Some(Arc::new(enabled)),
        })
    }
}

/// The keys the issuer publishes.
#[cfg(feature = "jwks-client")]
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
#[cfg(not(feature = "jwks-client"))]
fn issuer_keys(
    _: &AuthClientSettings,
    _: &settings::Checked,
    _: &Arc<dyn Clock>,
) -> Result<Arc<dyn KeySource>, AuthConfigurationError> {
    let problem = "cannot be fetched: enable the feature `jwks-client` or give a `key_source`";
    Err(AuthConfigurationError::new("jwks_endpoint", problem))
}
