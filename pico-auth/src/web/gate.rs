//! What stands before one endpoint: who authenticates, and which rules must hold.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use axum::extract::Request;

use super::authentication::Authentication;
use super::challenges::Challenges;
use super::presented::Presented;
use crate::context::SecurityContext;
use crate::error::AuthClientError;
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
    pub(crate) fn admit(&self, request: &Request) -> Result<Admission, AuthClientError> {
        // The strictest policy decides; only if all of them are `AllowAnonymous`, a token is ignored.
        if self
            .policies()
            .all(|policy| matches!(policy, Policy::AllowAnonymous))
        {
            return Ok(Admission::Anonymous);
        }
        self.identify(request).inspect_err(events::refused)
    }

    /// What writes the challenges of refusals; `None` where they are right as they are.
    pub(crate) fn challenges(&self, request: &Request) -> Option<Challenges> {
        Challenges::of(&self.authentication, request)
    }

    fn identify(&self, request: &Request) -> Result<Admission, AuthClientError> {
        let Some(presented) = Presented::of(&self.authentication, request)? else {
            return self.decide(None).map(|()| Admission::Anonymous);
        };
        let authenticator = self.authentication.authenticator.clone();
        Ok(Admission::Pending(Box::pin(async move {
            authenticator
                .authenticate_with(presented.credentials())
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
