//! What a verified bearer token says of its caller.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::binding::Confirmation;
use crate::claims::{ClaimsReader, Document, Names, ReadClaims, TokenClaims};
use crate::clock::Clock;
use crate::context::{Identity, Origin, SYSTEM_SUBJECT, SecurityContext, Validity};
use crate::error::{AuthUnavailableError, TokenInvalidError, TokenInvalidReason, TokenKind};
use crate::jwt::Verified;
use crate::names::Hierarchy;
use crate::roles::Roles;
use crate::strict::Object;
use crate::verifier::VerifiedToken;

/// What a token says, good for every request that shows it.
pub(super) struct Caller {
    claims: TokenClaims,
    /// To whom the token is bound; whether they have sent it is another question each time.
    pub(super) bound: Confirmation,
    /// Where the claims alone tell them, and they are not part of the context.
    roles: Option<Names>,
    /// Where the claims are not read anew on each request.
    identity: Option<Arc<Identity>>,
    /// Where it is the same for each request.
    context: Option<SecurityContext>,
    /// Where a resolver has told the roles, and lets them be kept.
    resolved: Mutex<Option<Resolved>>,
}

struct Resolved {
    context: SecurityContext,
    /// By the clock that ages caches.
    until: Duration,
}

/// How the tokens of one issuer are read.
pub(super) struct CallerReader {
    pub(super) claims: Option<ClaimsReader>,
    pub(super) roles: Roles,
    pub(super) hierarchy: Hierarchy,
    /// By which clock they expire.
    pub(super) validity: Validity,
}

/// What was read, before it is put together.
struct Read {
    bound: Confirmation,
    claims: ReadClaims,
    roles: Option<Names>,
}

impl CallerReader {
    /// The caller of a token that was verified by a key.
    pub(super) fn of_jwt(&self, token: &Verified<'_>) -> Result<Caller, TokenInvalidReason> {
        let read = self.read(token.claims, token.times.expires_at)?;
        let document = match self.claims {
            Some(_) => token.claims.to_map().into(),
            None => Document::new(token.document),
        };
        let claims = read.claims.of(document, token.signed_by.kid.clone());
        self.caller(read.bound, claims, read.roles)
    }

    /// The caller of a token that was verified in another way.
    pub(super) fn of_other(&self, token: VerifiedToken) -> Result<Caller, TokenInvalidReason> {
        let read = self.read(&Object::of(&token.claims), token.expires_at)?;
        let claims = read.claims.of(token.claims, token.kid.map(Into::into));
        self.caller(read.bound, claims, read.roles)
    }

    fn read(&self, claims: &Object<'_>, expires_at: Duration) -> Result<Read, TokenInvalidReason> {
        let named = self.claims.map(|reader| reader.named).unwrap_or_default();
        Ok(Read {
            bound: Confirmation::of(claims)?,
            claims: TokenClaims::read(named, claims, expires_at)?,
            roles: self.roles.of_claims(claims)?,
        })
    }

    fn caller(
        &self,
        bound: Confirmation,
        claims: TokenClaims,
        mut roles: Option<Names>,
    ) -> Result<Caller, TokenInvalidReason> {
        let identity = match self.claims {
            Some(reader) if !reader.read_once => None,
            _ => Some(self.read_identity(&claims)?),
        };
        let context = identity
            .as_ref()
            .and_then(|identity| self.told(identity, || roles.take()));
        Ok(Caller {
            claims,
            bound,
            roles,
            identity,
            context,
            resolved: Mutex::new(None),
        })
    }

    /// Who the caller is, as their claims say now.
    pub(super) fn identity(&self, caller: &Caller) -> Result<Arc<Identity>, TokenInvalidReason> {
        match &caller.identity {
            Some(identity) => Ok(Arc::clone(identity)),
            None => self.read_identity(&caller.claims),
        }
    }

    fn read_identity(&self, claims: &TokenClaims) -> Result<Arc<Identity>, TokenInvalidReason> {
        let typed = self.claims.map(|reader| (reader.read)(claims.raw()));
        let identity = Identity {
            typed: typed.transpose()?,
            claims: claims.clone(),
        };
        let names_a_system = |subject: &str| subject.starts_with(SYSTEM_SUBJECT);
        if names_a_system(identity.subject()) || names_a_system(claims.sub()) {
            let problem = "it names a system caller of this service";
            return Err(TokenInvalidReason::RefusedClaim("sub".into(), problem));
        }
        Ok(Arc::new(identity))
    }

    /// The context of a caller. Where nothing else tells the roles, the resolver is asked.
    pub(super) async fn context(
        &self,
        caller: &Caller,
        identity: &Arc<Identity>,
        clock: &dyn Clock,
    ) -> Result<SecurityContext, AuthUnavailableError> {
        if let Some(context) = caller
            .at_hand(|| clock.elapsed())
            .or_else(|| self.told(identity, || caller.roles.clone()))
        {
            return Ok(context);
        }
        let asked_at = clock.elapsed();
        let roles = self.roles.resolve(&caller.claims).await?;
        let context = self.assembled(identity, roles);
        if let (Some(age), Some(_)) = (self.roles.cache_for(), &caller.identity) {
            caller.keep(context.clone(), asked_at.saturating_add(age));
        }
        Ok(context)
    }

    /// The context, where the claims alone tell the roles: their type, or `roles`.
    fn told(
        &self,
        identity: &Arc<Identity>,
        roles: impl FnOnce() -> Option<Names>,
    ) -> Option<SecurityContext> {
        let roles = match identity.roles() {
            Some(_) => Names::default(),
            None => roles()?,
        };
        Some(self.assembled(identity, roles))
    }

    fn assembled(&self, identity: &Arc<Identity>, roles: Names) -> SecurityContext {
        let origin = Origin::Tokens(self.validity.clone());
        SecurityContext::assembled(Arc::clone(identity), roles, self.hierarchy, origin)
    }
}

impl Caller {
    pub(super) const fn claims(&self) -> &TokenClaims {
        &self.claims
    }

    /// A refusal of their token.
    pub(super) fn refused(&self, reason: TokenInvalidReason) -> TokenInvalidError {
        let error = TokenInvalidError::new(TokenKind::Bearer, reason);
        error.with_trace(self.claims.kid(), self.claims.jti())
    }

    /// Who they are, where all of it is known at the time `now`.
    pub(super) fn at_hand(&self, now: impl FnOnce() -> Duration) -> Option<SecurityContext> {
        if self.context.is_some() {
            return self.context.clone();
        }
        let resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        let resolved = resolved.as_ref()?;
        (now() < resolved.until).then(|| resolved.context.clone())
    }

    /// Keeps what a resolver has said, unless it has said something later meanwhile.
    fn keep(&self, context: SecurityContext, until: Duration) {
        let mut resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        if resolved.as_ref().is_none_or(|known| known.until < until) {
            *resolved = Some(Resolved { context, until });
        }
    }
}
