//! What stands before one endpoint: who authenticates, and which rules must hold.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use http::Request;
use tracing::Level;

use super::authentication::Authentication;
use super::observed;
use super::presented::credentials;
use super::request_head::RequestHead;
use crate::audit::{Endpoint, Trail};
use crate::binding::OwnedCredentials;
use crate::context::SecurityContext;
use crate::error::{AuthClientError, InsufficientPermissionsError, RequiredPermissions};
use crate::events::{self, Site};
use crate::meter::Admissions;
use crate::outcome::DecisionOutcome;
use crate::policy::{Open, Policy};
use crate::rule::Rule;
use crate::token::RawToken;

/// The gate of one endpoint. All policies must hold; there is at least one.
pub(crate) struct Gate {
    authentication: Authentication,
    /// Of the function behind the gate, or of the layer.
    rule: Rule,
    others: Box<[Policy]>,
    /// Whether the token is never looked at. The strictest policy decides: all of them are `AllowAnonymous`.
    is_open: bool,
    /// The path as it was written, where it is known.
    route: Option<Box<str>>,
    /// Made when it is first needed.
    endpoint: OnceLock<Arc<Endpoint>>,
    admissions: Admissions,
}

/// What the gate knows without waiting.
pub(crate) enum Admission {
    /// Nobody needs to be known: every policy admits everybody and the token is not looked at, or
    /// none was sent.
    Anonymous,
    /// This caller may pass: their token was verified before, and is still good.
    Known(SecurityContext),
    /// The token must be verified first.
    Pending(Pin<Box<dyn Future<Output = Identity> + Send>>),
}

/// The token of a request, or why there is none.
pub(crate) type Found<'r> = Result<Option<RawToken<'r>>, AuthClientError>;

/// What is known of a caller once their token was verified.
pub(crate) type Identity = Result<SecurityContext, AuthClientError>;

/// Who observes a request, if anybody does.
pub(crate) type Observed = Option<Arc<Trail>>;

impl Gate {
    /// The gate of what has this rule, at this path.
    pub(crate) fn new(
        authentication: Authentication,
        rule: Rule,
        others: impl IntoIterator<Item = Policy>,
        route: Option<&str>,
    ) -> Self {
        let others: Box<[Policy]> = others.into_iter().collect();
        let mut policies = std::iter::once(rule.policy()).chain(&others);
        let is_open = policies.all(|policy| matches!(policy, Policy::AllowAnonymous));
        Self {
            authentication,
            rule,
            others,
            is_open,
            route: route.map(Into::into),
            endpoint: OnceLock::new(),
            admissions: Admissions::default(),
        }
    }

    fn policies(&self) -> impl Iterator<Item = &Policy> {
        std::iter::once(self.rule.policy()).chain(&self.others)
    }

    /// What stands behind the gate, for those who observe.
    fn endpoint(&self) -> &Arc<Endpoint> {
        let make = || observed::endpoint(&self.rule, &self.others, self.route.as_deref());
        self.endpoint.get_or_init(|| Arc::new(make()))
    }

    /// What an observer of this request is to be told.
    pub(crate) fn observe<B>(&self, request: &Request<B>) -> Observed {
        let observation = self.authentication.observation.as_deref();
        if observation.is_some() | tracing::enabled!(target: "pico_auth::events", Level::DEBUG) {
            let trail = observed::trail(observation, self.endpoint(), request);
            return Some(Arc::new(trail));
        }
        None
    }

    /// Looks for the token, once for each request.
    pub(crate) fn token<'r, B>(&self, request: &'r Request<B>) -> Found<'r> {
        if self.is_open {
            return Ok(None);
        }
        self.authentication
            .extractor
            .extract(RequestHead::of(request))
    }

    /// Looks at the request and begins what is needed to identify the caller who sent this token.
    pub(crate) fn admit<'r, B>(
        &self,
        request: &'r Request<B>,
        token: Found<'r>,
        observed: &Observed,
    ) -> Result<Admission, AuthClientError> {
        if self.is_open {
            self.admitted(None, observed);
            return Ok(Admission::Anonymous);
        }
        let unknown = |refusal: &AuthClientError| self.refused(refusal, None, observed);
        let credentials = token
            .and_then(|token| credentials(&self.authentication, request, token))
            .inspect_err(unknown)?;
        let Some(credentials) = credentials else {
            return self.decide(None, observed).map(|()| Admission::Anonymous);
        };
        let authenticator = &self.authentication.authenticator;
        if let Some(identity) = authenticator.at_hand(&credentials) {
            let context = self.authorize(identity, observed)?;
            return Ok(Admission::Known(context));
        }
        let authenticator = authenticator.clone();
        let credentials = OwnedCredentials::from(credentials);
        let authenticate = async move {
            let credentials = credentials.credentials();
            authenticator.authenticate_at_length(&credentials).await
        };
        Ok(Admission::Pending(Box::pin(observed::in_span(
            authenticate,
        ))))
    }

    pub(super) const fn authentication(&self) -> &Authentication {
        &self.authentication
    }

    /// Whether a caller may pass, once it was seen who they are.
    pub(crate) fn authorize(&self, identity: Identity, observed: &Observed) -> Identity {
        let context = identity.inspect_err(|refusal| self.refused(refusal, None, observed))?;
        self.decide(Some(&context), observed).map(|()| context)
    }

    fn decide(
        &self,
        context: Option<&SecurityContext>,
        observed: &Observed,
    ) -> Result<(), AuthClientError> {
        // The endpoint's own rule may depend on the request; then the function decides the rest. Of
        // the others nobody would, so they are decided here.
        let first = if self.rule.is_decided_by_function() {
            self.rule.policy().evaluate_before_arguments(context)
        } else {
            self.rule.policy().evaluate(context)
        };
        let decision = first.and_then(|()| {
            self.others
                .iter()
                .try_for_each(|policy| policy.evaluate(context))
        });
        match decision {
            Ok(()) => {
                self.admitted(context, observed);
                Ok(())
            }
            Err(refusal) => {
                let refusal = self.of_all(refusal, context);
                self.refused(&refusal, context, observed);
                Err(refusal)
            }
        }
    }

    fn admitted(&self, caller: Option<&SecurityContext>, observed: &Observed) {
        self.admissions
            .count(if self.rule.is_decided_by_function() {
                DecisionOutcome::Deferred
            } else {
                DecisionOutcome::Admitted
            });
        if let Some(trail) = observed {
            trail.endpoint_admitted(caller);
        }
    }

    #[cold]
    fn refused(
        &self,
        refusal: &AuthClientError,
        caller: Option<&SecurityContext>,
        observed: &Observed,
    ) {
        let observation = self.authentication.observation.as_ref();
        let named = caller.filter(|_| observation.is_some_and(|it| it.names_callers));
        let site = Site {
            function: None,
            policy: Some(&self.endpoint().rule),
            subject: named.map(SecurityContext::subject),
        };
        events::refused(refusal, site);
        if let Some(trail) = observed {
            trail.endpoint_refused(caller, refusal);
        }
    }

    /// The refusal of all policies together, of which the first that failed gave this one.
    ///
    /// For want of a scope, it names the scopes of all policies. For want of another authentication, it asks
    /// for one only if all policies hold then.
    #[cold]
    fn of_all(
        &self,
        refusal: AuthClientError,
        caller: Option<&SecurityContext>,
    ) -> AuthClientError {
        let refusal = match (refusal, caller) {
            (AuthClientError::InsufficientAuthentication(_), Some(caller))
                if !self.others.is_empty() =>
            {
                self.step_up(caller)
            }
            (refusal, _) => refusal,
        };
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

    /// The refusal of a caller of whom one policy wants another authentication.
    fn step_up(&self, caller: &SecurityContext) -> AuthClientError {
        let policies: Vec<(&Policy, Open)> = self.policies().zip(self.open()).collect();
        if let Some(refusal) = Policy::step_up(&policies, caller) {
            return refusal;
        }
        let mut refusals = policies
            .iter()
            .filter(|(policy, open)| !policy.passes(Some(caller), *open))
            .map(|(policy, open)| policy.refuse(Some(caller), *open));
        let unmended = refusals
            .find(|refusal| !matches!(refusal, AuthClientError::InsufficientAuthentication(_)));
        // Each alone would hold after another authentication, but no one authentication is all of them.
        unmended.unwrap_or_else(|| {
            InsufficientPermissionsError::new(RequiredPermissions::Nothing).into()
        })
    }

    /// What is to become of the conditions of each policy that are not decided here.
    fn open(&self) -> impl Iterator<Item = Open> {
        let first = if self.rule.is_decided_by_function() {
            Open::Held
        } else {
            Open::Refused
        };
        std::iter::once(first).chain(std::iter::repeat(Open::Refused))
    }
}
