//! One trusted issuer: what its tokens must satisfy, and what they mean here.

use super::bearer::Bearer;
use crate::binding::{Credentials, Refusal, SenderRules};
use crate::claims::{AgentClaims, ClaimsReader, Names, TokenClaims};
use crate::context::{AgentContext, Identity, SecurityContext};
use crate::error::{AuthClientError, TokenInvalidError, TokenInvalidReason, TokenKind};
use crate::jwt::TokenValidator;
use crate::names::Hierarchy;
use crate::roles::Roles;
use crate::verifier::VerifiedToken;

pub(super) struct Issuer {
    /// The exact `iss` of its tokens.
    pub(super) name: Box<str>,
    pub(super) bearer: Bearer,
    pub(super) max_token_bytes: usize,
    /// Agent tokens are JWTs, whatever bearer tokens are.
    pub(super) agent: TokenValidator,
    pub(super) sender: SenderRules,
    pub(super) agent_required_claims: Box<[String]>,
    pub(super) agent_user_must_match_subject: bool,
    pub(super) claims: Option<ClaimsReader>,
    pub(super) roles: Roles,
    pub(super) hierarchy: Hierarchy,
}

impl Issuer {
    /// Identifies the caller who sent these credentials, and the agent beside them.
    pub(super) async fn authenticate(
        &self,
        credentials: &Credentials<'_>,
    ) -> Result<SecurityContext, AuthClientError> {
        let caller = self.caller(credentials).await?;
        let agent = match credentials.agent {
            Some(agent) => Some(self.agent(agent, caller.subject()).await?),
            None => None,
        };
        let resolved = match caller.roles() {
            Some(_) => Names::default(),
            None => self.roles.resolve(&caller.claims).await?,
        };
        Ok(SecurityContext::assembled(
            caller,
            resolved,
            self.hierarchy,
            agent,
        ))
    }

    async fn caller(&self, credentials: &Credentials<'_>) -> Result<Identity, AuthClientError> {
        if credentials.token.len() > self.max_token_bytes {
            let reason = TokenInvalidReason::TooLarge;
            return Err(TokenInvalidError::new(TokenKind::Bearer, reason).into());
        }
        let token = self.bearer.verify(credentials.token, &self.name).await?;
        self.is_from_its_sender(&token, credentials)?;
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

    /// Checked for each request: a proof is good for one.
    fn is_from_its_sender(
        &self,
        token: &VerifiedToken,
        credentials: &Credentials<'_>,
    ) -> Result<(), AuthClientError> {
        let (kid, jti) = (token.kid.as_deref(), token.jti());
        let checked = self.sender.check(&token.claims, credentials);
        checked.map_err(|refusal| match refusal {
            Refusal::Invalid(reason) => TokenInvalidError::new(TokenKind::Bearer, reason)
                .with_trace(kid, jti)
                .into(),
            Refusal::Unavailable(outage) => outage.with_trace(kid, jti).into(),
        })
    }

    /// An agent's token comes alone in its header, so one that is bound to its sender is refused.
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
