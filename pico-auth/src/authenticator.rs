//! The whole story of a request's identity: verify the tokens, read the claims, resolve the roles.

mod builder;

use std::fmt;
use std::sync::Arc;

use crate::claims::{AgentClaims, ClaimsReader, FromClaims, TokenClaims};
use crate::context::{AgentContext, Identity, SecurityContext};
use crate::error::{
    AuthClientError, AuthConfigurationError, MissingTokenError, TokenInvalidError,
    TokenInvalidReason, TokenKind,
};
use crate::jwt::{TokenValidator, VerifiedToken};
use crate::names::Hierarchy;
use crate::roles::Roles;
use crate::settings::AuthClientSettings;

pub use self::builder::AuthenticatorBuilder;

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
        AuthenticatorBuilder::new(settings)
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
        let caller = enabled.caller(bearer).await?;
        let agent = match agent {
            Some(agent) => Some(enabled.agent(agent, caller.subject()).await?),
            None => None,
        };
        let roles = match caller.roles() {
            Some(roles) => roles.into(),
            None => enabled.roles.resolve(&caller.claims).await?,
        };
        Ok(SecurityContext::assembled(
            caller,
            roles,
            enabled.hierarchy,
            agent,
        ))
    }
}

impl Enabled {
    async fn caller(&self, bearer: &str) -> Result<Identity, AuthClientError> {
        let token = self.bearer.verify(bearer, TokenKind::Bearer).await?;
        read(TokenKind::Bearer, token, |token| {
            let named = self.claims.map(|reader| reader.named).unwrap_or_default();
            let claims = TokenClaims::beside(named, token.claims, token.expires_at)?;
            let claims = claims.with_kid(token.kid);
            let typed = self.claims.map(|reader| (reader.read)(claims.raw()));
            Ok(Identity {
                typed: typed.transpose()?,
                claims,
            })
        })
    }

    async fn agent(&self, agent: &str, caller: &str) -> Result<AgentContext, AuthClientError> {
        let token = self.agent.verify(agent, TokenKind::Agent).await?;
        read(TokenKind::Agent, token, |token| {
            let claims = AgentClaims::from_raw(token.claims, token.expires_at)?;
            for name in &self.agent_required_claims {
                if claims.get(name).is_none_or(serde_json::Value::is_null) {
                    return Err(TokenInvalidReason::MissingClaim(name.clone().into()));
                }
            }
            if self.agent_user_must_match_subject && claims.user_id() != Some(caller) {
                return Err(TokenInvalidReason::InvalidClaim("user_id".into()));
            }
            Ok(AgentContext::new(claims))
        })
    }
}

/// Reads the claims of a verified token. Where they are refused, the error says of which token.
fn read<T>(
    kind: TokenKind,
    token: VerifiedToken,
    read: impl FnOnce(VerifiedToken) -> Result<T, TokenInvalidReason>,
) -> Result<T, AuthClientError> {
    let kid = token.kid.clone();
    let jti: Option<Box<str>> = token.jti().map(Into::into);
    read(token).map_err(|reason| {
        TokenInvalidError::new(kind, reason)
            .with_trace(kid.as_deref(), jti.as_deref())
            .into()
    })
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator")
            .field("enabled", &self.is_enabled())
            .finish_non_exhaustive()
    }
}
