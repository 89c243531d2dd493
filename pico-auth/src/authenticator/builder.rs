//! The parts of an [`Authenticator`], and which of them exclude each other.

#[cfg(feature = "http-client")]
use std::any::Any;
use std::sync::Arc;

use super::Authenticator;
use super::bearer::Bearer;
use super::caller::CallerReader;
use super::issuer::Issuer;
use super::parts;
use crate::binding::{Dpop, SenderRules};
use crate::claims::{ClaimsReader, FromClaims};
use crate::clock::{Clock, SystemClock};
use crate::context::Validity;
use crate::error::{AuthConfigurationError, TokenKind};
#[cfg(feature = "http-client")]
use crate::introspection::IntrospectionClient;
use crate::jwks::KeySource;
use crate::jwt::TokenValidator;
use crate::names::{Hierarchy, RoleName};
use crate::revocation::{DynRevocationList, RevocationList};
use crate::roles::{DynRoleResolver, RoleResolver};
use crate::settings::{self, AuthClientSettings};
use crate::token_cache::RememberingValidator;
use crate::verifier::TokenVerifier;

/// Builds an [`Authenticator`] with parts of your own.
#[must_use = "call `build`"]
pub struct AuthenticatorBuilder {
    settings: AuthClientSettings,
    keys: Option<Arc<dyn KeySource>>,
    verifier: Option<Box<dyn TokenVerifier>>,
    /// The same, where it is one of these.
    #[cfg(feature = "http-client")]
    verifying_client: Option<IntrospectionClient>,
    #[cfg(feature = "http-client")]
    introspection: Option<IntrospectionClient>,
    claims: Option<ClaimsReader>,
    roles: Option<Box<dyn DynRoleResolver>>,
    hierarchy: Hierarchy,
    dpop: Option<Dpop>,
    require_bound_tokens: bool,
    revoked: Option<Box<dyn DynRevocationList>>,
    clock: Option<Arc<dyn Clock>>,
}

impl AuthenticatorBuilder {
    pub(super) fn new(settings: AuthClientSettings) -> Self {
        Self {
            settings,
            keys: None,
            verifier: None,
            #[cfg(feature = "http-client")]
            verifying_client: None,
            #[cfg(feature = "http-client")]
            introspection: None,
            claims: None,
            roles: None,
            hierarchy: Hierarchy::default(),
            dpop: None,
            require_bound_tokens: false,
            revoked: None,
            clock: None,
        }
    }

    /// Takes keys from `keys` in place of the issuer's JWKS document.
    pub fn key_source(mut self, keys: impl KeySource) -> Self {
        self.keys = Some(Arc::new(keys));
        self
    }

    /// Verifies bearer tokens with `verifier` in place of the issuer's keys. All of them: with an
    /// `IntrospectionClient`, the issuer is asked about JWTs, too, and a revoked one stops working. Such a
    /// client must be built with the settings of this issuer.
    ///
    /// Agent tokens are JWTs all the same. Where neither a `key_source` nor `jwks_endpoint` says what
    /// their keys are, all are refused.
    pub fn token_verifier(mut self, verifier: impl TokenVerifier) -> Self {
        #[cfg(feature = "http-client")]
        {
            let client = (&verifier as &dyn Any).downcast_ref::<IntrospectionClient>();
            self.verifying_client = client.cloned();
        }
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
    ///
    /// It is about the caller's token. An agent's comes alone in its header: it is a bearer token in any
    /// case, and refused where it is bound.
    pub fn require_bound_tokens(mut self) -> Self {
        self.require_bound_tokens = true;
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
    /// `roles_claim`, a role resolver and the claims type says what the roles are: only one can decide;
    /// for `token_verifier` where introspection is given beside it; for it and for `introspection` where the
    /// client was built for another issuer or audience, or by other rules; for `dpop` where it names no
    /// public URL or none that is one, no algorithm, a time that is 0 or too long, no capacity, or a secret
    /// of less than 32 bytes; for `revocation_endpoint` where a
    /// [`revocation_list`](Self::revocation_list) is given, too; for `revocation_requires_jti` where it is
    /// set and there is no list.
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
        let roles = parts::roles(self.roles, self.claims, checked.roles_claim.as_ref())?;
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let keys = match self.keys {
            Some(keys) => keys,
            None if self.verifier.is_some() && self.settings.jwks_endpoint.is_empty() => {
                Arc::new(parts::NoKeys)
            }
            None => parts::issuer_keys(&self.settings, &checked, &clock)?,
        };
        let revocation = parts::revocation(self.revoked, &self.settings, &checked, &clock)?;
        #[cfg(feature = "http-client")]
        if let Some(client) = &self.verifying_client {
            parts::asks_this_issuer("token_verifier", client, &checked.bearer)?;
        }
        #[cfg(feature = "http-client")]
        let opaque = self
            .introspection
            .map(|client| parts::introspection(client, &checked.bearer))
            .transpose()?;
        #[cfg(not(feature = "http-client"))]
        let opaque = None;
        let max_token_bytes = checked.bearer.max_token_bytes;
        let validity = Validity {
            clock: Some(Arc::clone(&clock)),
            leeway: checked.bearer.leeway,
        };
        let jwt = |rules| TokenValidator::new(rules, Arc::clone(&keys), Arc::clone(&clock));
        let limits = checked.token_cache;
        let bearer_jwt = |rules| {
            Ok(RememberingValidator::new(
                jwt(rules)?,
                TokenKind::Bearer,
                limits,
            ))
        };
        let bearer = match (self.verifier, opaque) {
            (Some(_), Some(_)) => {
                let problem = "is given and so is introspection: only one can decide; to ask about \
                               every token, give the introspection client as token verifier only";
                return Err(AuthConfigurationError::new("token_verifier", problem));
            }
            (Some(verifier), None) => Bearer::Verifier(verifier),
            (None, Some(opaque)) => Bearer::JwtOr(bearer_jwt(checked.bearer)?, opaque),
            (None, None) => Bearer::Jwt(bearer_jwt(checked.bearer)?),
        };
        Ok(Issuer {
            name: self.settings.issuer.into(),
            bearer,
            max_token_bytes,
            agent: RememberingValidator::new(jwt(checked.agent)?, TokenKind::Agent, limits),
            revocation,
            sender: SenderRules::new(self.dpop, self.require_bound_tokens, Arc::clone(&clock))?,
            keys,
            agent_required_claims: self.settings.agent_required_claims.into(),
            agent_user_must_match_subject: self.settings.agent_user_must_match_subject,
            reader: CallerReader {
                claims: self.claims,
                roles,
                hierarchy: self.hierarchy,
                validity,
            },
            clock,
        })
    }
}
