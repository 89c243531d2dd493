//! What stands before one endpoint: who authenticates, and which rules must hold.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use http::HeaderMap;

use super::authentication::Authentication;
use super::bearer::{AGENT_HEADER, NotOne, single_credential};
use crate::context::SecurityContext;
use crate::error::{
    AuthClientError, MissingTokenError, TokenInvalidError, TokenInvalidReason, TokenKind,
};
use crate::events;
use crate::policy::Policy;
use crate::rule::Rule;

/// The gate of one endpoint. All policies must hold; there is at least one.
pub(crate) struct Gate {
    authentication: Authentication,
    first: Policy,
    others: Box<[Policy]>,
    /// Whether the function behind the gate decides what its rule leaves open.
    function_decides: bool,
}

/// What the gate knows without waiting.
pub(crate) enum Admission {
    /// Nobody needs to be known: every policy admits everybody and the token is not looked at, or
    /// none was sent.
    Anonymous,
    /// The token must be verified first.
    Pending(Pin<Box<dyn Future<Output = Result<SecurityContext, AuthClientError>> + Send>>),
}

impl Gate {
    pub(crate) fn new(
        authentication: Authentication,
        first: Policy,
        others: impl IntoIterator<Item = Policy>,
    ) -> Self {
        Self {
            authentication,
            first,
            others: others.into_iter().collect(),
            function_decides: false,
        }
    }

    /// The gate of a function with this rule.
    pub(crate) fn of_function(
        authentication: Authentication,
        rule: &Rule,
        others: impl IntoIterator<Item = Policy>,
    ) -> Self {
        Self {
            function_decides: rule.is_decided_by_function(),
            ..Self::new(authentication, *rule.policy(), others)
        }
    }

    fn policies(&self) -> impl Iterator<Item = &Policy> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// Looks at the request and begins what is needed to identify the caller.
    pub(crate) fn admit(&self, headers: &HeaderMap) -> Result<Admission, AuthClientError> {
        // The strictest policy decides; only if all of them are `AllowAnonymous`, a token is ignored.
        if self
            .policies()
            .all(|policy| matches!(policy, Policy::AllowAnonymous))
        {
            return Ok(Admission::Anonymous);
        }
        self.identify(headers).inspect_err(events::refused)
    }

    fn identify(&self, headers: &HeaderMap) -> Result<Admission, AuthClientError> {
        let bearer = self.authentication.extractor.extract(headers)?;
        let agent = single_credential(headers, &AGENT_HEADER).map_err(|NotOne| {
            let reason = TokenInvalidReason::Malformed("not one Bearer credential");
            TokenInvalidError::new(TokenKind::Agent, reason)
        })?;
        let Some(bearer) = bearer else {
            // An agent acts for a caller: alone it is nobody, and not anonymous either.
            if agent.is_some() {
                return Err(MissingTokenError::new(TokenKind::Bearer).into());
            }
            return self.decide(None).map(|()| Admission::Anonymous);
        };
        let authenticator = self.authentication.authenticator.clone();
        let bearer = bearer.as_str().to_owned();
        let agent = agent.map(|agent| agent.as_str().to_owned());
        Ok(Admission::Pending(Box::pin(async move {
            authenticator
                .authenticate(&bearer, agent.as_deref())
                .await
                .inspect_err(events::refused)
        })))
    }

    /// Whether an identified caller may pass.
    pub(crate) fn authorize(&self, context: &SecurityContext) -> Result<(), AuthClientError> {
        self.decide(Some(context)).inspect_err(events::refused)
    }

    fn decide(&self, context: Option<&SecurityContext>) -> Result<(), AuthClientError> {
        // The endpoint's own rule may depend on the request; then the function decides the rest. Of
        // the others nobody would, so they are decided here.
        let first = if self.function_decides {
            self.first.evaluate_before_arguments(context)
        } else {
            self.first.evaluate(context)
        };
        first
            .and_then(|()| {
                self.others
                    .iter()
                    .try_for_each(|policy| policy.evaluate(context))
            })
            .map_err(|refusal| self.with_all_scopes(refusal, context))
    }

    /// A refusal for want of a scope names the scopes of all policies, not only of the one that failed.
    fn with_all_scopes(
        &self,
        refusal: AuthClientError,
        caller: Option<&SecurityContext>,
    ) -> AuthClientError {
        match (refusal, caller) {
            (AuthClientError::InsufficientPermissions(error), Some(caller))
                if !error.scopes().is_empty() =>
            {
                let scopes = self
                    .policies()
                    .flat_map(|policy| policy.scopes_needed(caller));
                error.with_scopes(scopes.collect::<BTreeSet<_>>()).into()
            }
            (refusal, _) => refusal,
        }
    }
}
