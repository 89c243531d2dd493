//! One trusted issuer: what its tokens must satisfy, and what they mean here.

use std::sync::Arc;
use std::time::Duration;

use super::bearer::Bearer;
use super::caller::{Caller, CallerReader};
use crate::binding::{Credentials, Refusal, SenderRules};
use crate::claims::{AgentClaims, Document, TokenClaims};
use crate::clock::Clock;
use crate::context::{AgentContext, SecurityContext};
use crate::error::{
    AuthClientError, TokenExpiredError, TokenInvalidError, TokenInvalidReason, TokenKind,
};
use crate::jwks::{KeySource, ReadyFuture};
use crate::jwt::Verified;
use crate::revocation::{Revocable, Revocation};
use crate::token_cache::RememberingValidator;

pub(super) struct Issuer {
    /// The exact `iss` of its tokens.
    pub(super) name: Box<str>,
    pub(super) bearer: Bearer,
    pub(super) max_token_bytes: usize,
    /// Agent tokens are JWTs, whatever bearer tokens are.
    pub(super) agent: RememberingValidator<AgentContext>,
    pub(super) sender: SenderRules,
    pub(super) revocation: Option<Revocation>,
    pub(super) keys: Arc<dyn KeySource>,
    pub(super) agent_required_claims: Box<[String]>,
    pub(super) agent_user_must_match_subject: bool,
    pub(super) reader: CallerReader,
    pub(super) clock: Arc<dyn Clock>,
}

impl Issuer {
    /// That its keys are there, and that its list of revoked tokens answers.
    pub(super) fn ready(&self, timeout: Duration) -> impl Iterator<Item = ReadyFuture<'_>> {
        let list = self.revocation.as_ref();
        let list = list.map(|revocation| revocation.list.wait_until_ready_boxed(timeout));
        std::iter::once(self.keys.wait_until_ready(timeout)).chain(list)
    }

    /// As [`authenticate`](Self::authenticate), where nothing has to be waited for: the token was verified
    /// before, and all that can have changed since is known at once. Else `None`, and nothing was done
    /// that would be done twice.
    pub(super) fn at_hand(
        &self,
        credentials: &Credentials<'_>,
    ) -> Option<Result<SecurityContext, AuthClientError>> {
        if credentials.agent.is_some() {
            return None;
        }
        let kept = self.bearer.at_hand(credentials.token)?;
        let caller = &*kept.read;
        let context = caller.at_hand(|| self.clock.elapsed())?;
        let not_revoked = match &self.revocation {
            None => Ok(()),
            Some(revocation) => revocation.at_hand(&self.revocable(caller.claims()))?,
        };
        self.bearer.count_hit();
        let from_sender = not_revoked.and_then(|()| self.is_from_its_sender(caller, credentials));
        Some(from_sender.map(|()| context))
    }

    /// Identifies the caller who sent these credentials, and the agent beside them.
    pub(super) async fn authenticate(
        &self,
        credentials: &Credentials<'_>,
    ) -> Result<SecurityContext, AuthClientError> {
        let caller = self.caller(credentials).await?;
        let identity = self.reader.identity(&caller);
        let identity = identity.map_err(|reason| caller.refused(reason))?;
        let agent = match credentials.agent {
            Some(agent) => Some(self.agent(agent, identity.subject()).await?),
            None => None,
        };
        let context = self
            .reader
            .context(&caller, &identity, &*self.clock)
            .await?;
        Ok(match agent {
            Some(agent) => context.with_agent(agent),
            None => context,
        })
    }

    async fn caller(&self, credentials: &Credentials<'_>) -> Result<Arc<Caller>, AuthClientError> {
        let bearer = credentials.token;
        if bearer.len() > self.max_token_bytes {
            let reason = TokenInvalidReason::TooLarge;
            return Err(TokenInvalidError::new(TokenKind::Bearer, reason).into());
        }
        let verified =
            self.bearer
                .verify_unconfirmed(bearer, &self.name, &self.reader, &*self.clock);
        let caller = verified.await?;
        if let Some(revocation) = &self.revocation {
            revocation.check(&self.revocable(caller.claims())).await?;
        }
        self.is_from_its_sender(&caller, credentials)?;
        Ok(caller)
    }

    /// Whether what this caller was let in with would still let them in, as far as it can be known without
    /// the tokens themselves: they have not expired, and are not revoked.
    pub(super) async fn recheck(&self, context: &SecurityContext) -> Result<(), AuthClientError> {
        let claims = context.token_claims();
        let agent = context.agent().map(AgentContext::claims);
        match context.expired_token() {
            None => {}
            Some(TokenKind::Agent) => {
                let error = TokenExpiredError::new(TokenKind::Agent);
                return Err(error
                    .with_trace(None, agent.and_then(AgentClaims::jti))
                    .into());
            }
            Some(kind) => {
                let error = TokenExpiredError::new(kind);
                return Err(error.with_trace(claims.kid(), claims.jti()).into());
            }
        }
        let Some(revocation) = &self.revocation else {
            return Ok(());
        };
        revocation.check(&self.revocable(claims)).await?;
        if let Some(agent) = agent {
            revocation.check(&self.revocable_agent(agent, None)).await?;
        }
        Ok(())
    }

    fn revocable<'a>(&'a self, claims: &'a TokenClaims) -> Revocable<'a> {
        Revocable {
            kind: TokenKind::Bearer,
            issuer: &self.name,
            jti: claims.jti(),
            expires_at: claims.expires_at(),
            kid: claims.kid(),
        }
    }

    fn revocable_agent<'a>(
        &'a self,
        claims: &'a AgentClaims,
        kid: Option<&'a str>,
    ) -> Revocable<'a> {
        Revocable {
            kind: TokenKind::Agent,
            issuer: &self.name,
            jti: claims.jti(),
            expires_at: claims.expires_at(),
            kid,
        }
    }

    /// Checked for each request, and last: a proof is good for one.
    fn is_from_its_sender(
        &self,
        caller: &Caller,
        credentials: &Credentials<'_>,
    ) -> Result<(), AuthClientError> {
        let checked = self.sender.check(&caller.bound, credentials);
        let claims = caller.claims();
        checked.map_err(|refusal| match refusal {
            Refusal::Invalid(reason) => caller.refused(reason).into(),
            Refusal::Unavailable(outage) => outage.with_trace(claims.kid(), claims.jti()).into(),
        })
    }

    /// An agent's token comes alone in its header, so one that is bound to its sender is refused.
    async fn agent(&self, agent: &str, caller: &str) -> Result<AgentContext, AuthClientError> {
        let kept = self
            .agent
            .verify(agent, |verified| self.read_agent(verified))
            .await?;
        let agent = &kept.read;
        let claims = agent.claims();
        let kid = kept.signed_by().kid.as_deref();
        if let Some(revocation) = &self.revocation {
            revocation.check(&self.revocable_agent(claims, kid)).await?;
        }
        if self.agent_user_must_match_subject && claims.user_id() != Some(caller) {
            let reason = TokenInvalidReason::InvalidClaim("user_id".into());
            let error = TokenInvalidError::new(TokenKind::Agent, reason);
            return Err(error.with_trace(kid, claims.jti()).into());
        }
        Ok(agent.clone())
    }

    fn read_agent(&self, token: &Verified<'_>) -> Result<AgentContext, TokenInvalidReason> {
        token.refuse_bound()?;
        let read = AgentClaims::read(token.claims, token.times.expires_at)?;
        for name in &self.agent_required_claims {
            if token.claims.present(name).is_none() {
                return Err(TokenInvalidReason::MissingClaim(name.clone().into()));
            }
        }
        Ok(AgentContext::new(read.of(Document::new(token.document))))
    }
}
