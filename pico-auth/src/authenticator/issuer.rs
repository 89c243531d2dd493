//! One trusted issuer: what its tokens must satisfy, and what they mean here.

use crate::claims::{AgentClaims, ClaimsReader, TokenClaims};
use crate::context::{AgentContext, Identity, SecurityContext};
use crate::error::{AuthClientError, TokenInvalidError, TokenInvalidReason, TokenKind};
use crate::jwt::{TokenValidator, VerifiedToken};
use crate::names::Hierarchy;
use crate::revocation::Revocation;
use crate::roles::Roles;

pub(super) struct Issuer {
    /// The exact `iss` of its tokens.
    pub(super) name: Box<str>,
    pub(super) bearer: TokenValidator,
    pub(super) agent: TokenValidator,
    pub(super) revocation: Option<Revocation>,
    pub(super) agent_required_claims: Box<[String]>,
    pub(super) agent_user_must_match_subject: bool,
    pub(super) claims: Option<ClaimsReader>,
    pub(super) roles: Roles,
    pub(super) hierarchy: Hierarchy,
}

impl Issuer {
    /// Identifies the caller who sent `bearer`, and the agent who sent `agent`.
    pub(super) async fn authenticate(
        &self,
        bearer: &str,
        agent: Option<&str>,
    ) -> Result<SecurityContext, AuthClientError> {
        let caller = self.caller(bearer).await?;
        let agent = match agent {
            Some(agent) => Some(self.agent(agent, caller.subject()).await?),
            None => None,
        };
        let roles = match caller.roles() {
            Some(roles) => roles.into(),
            None => self.roles.resolve(&caller.claims).await?,
        };
        Ok(SecurityContext::assembled(
            caller,
            roles,
            self.hierarchy,
            agent,
        ))
    }

    /// Verifies one token, and asks whether it was revoked since.
    async fn verified(
        &self,
        validator: &TokenValidator,
        token: &str,
        kind: TokenKind,
    ) -> Result<VerifiedToken, AuthClientError> {
        let token = validator.verify(token, kind).await?;
        if let Some(revocation) = &self.revocation {
            revocation.check(&self.name, kind, &token).await?;
        }
        Ok(token)
    }

    async fn caller(&self, bearer: &str) -> Result<Identity, AuthClientError> {
        let token = self
            .verified(&self.bearer, bearer, TokenKind::Bearer)
            .await?;
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
        let token = self.verified(&self.agent, agent, TokenKind::Agent).await?;
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
