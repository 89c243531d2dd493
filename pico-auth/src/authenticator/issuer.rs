//! One trusted issuer: what its tokens must satisfy, and what they mean here.

use std::sync::Arc;
use std::time::Duration;

use super::bearer::Bearer;
use crate::binding::{Credentials, Refusal, SenderRules};
use crate::claims::{AgentClaims, ClaimsReader, Names, TokenClaims};
use crate::context::{AgentContext, Identity, SecurityContext};
use crate::error::{AuthClientError, TokenInvalidError, TokenInvalidReason, TokenKind};
use crate::jwks::{KeySource, ReadyFuture};
use crate::jwt::TokenValidator;
use crate::names::Hierarchy;
use crate::revocation::Revocation;
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
    pub(super) revocation: Option<Revocation>,
    pub(super) keys: Arc<dyn KeySource>,
    pub(super) agent_required_claims: Box<[String]>,
    pub(super) agent_user_must_match_subject: bool,
    pub(super) claims: Option<ClaimsReader>,
    pub(super) roles: Roles,
    pub(super) hierarchy: Hierarchy,
}

impl Issuer {
    /// That its keys are there, and that its list of revoked tokens answers.
    pub(super) fn ready(&self, timeout: Duration) -> impl Iterator<Item = ReadyFuture<'_>> {
        let list = self.revocation.as_ref();
        let list = list.map(|revocation| revocation.list.wait_until_ready_boxed(timeout));
        std::iter::once(self.keys.wait_until_ready(timeout)).chain(list)
    }

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
        let bearer = credentials.token;
        if bearer.len() > self.max_token_bytes {
            let reason = TokenInvalidReason::TooLarge;
            return Err(TokenInvalidError::new(TokenKind::Bearer, reason).into());
        }
        let token = self.bearer.verify_unconfirmed(bearer, &self.name).await?;
        self.is_not_revoked(&token, TokenKind::Bearer).await?;
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

    async fn is_not_revoked(
        &self,
        token: &VerifiedToken,
        kind: TokenKind,
    ) -> Result<(), AuthClientError> {
        match &self.revocation {
            Some(revocation) => revocation.check(&self.name, kind, token).await,
            None => Ok(()),
        }
    }

    /// Checked for each request, and last: a proof is good for one.
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
        self.is_not_revoked(&token, TokenKind::Agent).await?;
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
