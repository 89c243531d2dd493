//! The observer of one request, or of one job: what is decided there goes to the auditor, if there is one.

use std::sync::Arc;

use super::decision::{DecisionStage, Request, Verdict};
use super::{Auditor, Decision};
use crate::context::SecurityContext;
use crate::error::AuthClientError;
use crate::events::{self, Observer, Site};
use crate::outcome::{DecisionOutcome, NO_REASON};

/// See the module.
#[cfg_attr(
    not(feature = "axum"),
    allow(unreachable_pub, reason = "only answers of the web layers name it")
)]
pub struct Trail {
    auditor: Option<Auditor>,
    names_callers: bool,
    request: Option<Arc<Request>>,
}

impl Trail {
    /// Of what runs outside of requests.
    pub(super) const fn of_job(auditor: Auditor) -> Self {
        Self {
            auditor: Some(auditor),
            names_callers: false,
            request: None,
        }
    }

    #[cfg(feature = "axum")]
    pub(crate) fn of_request(
        auditor: Option<Auditor>,
        names_callers: bool,
        request: Request,
    ) -> Self {
        Self {
            auditor,
            names_callers,
            request: Some(Arc::new(request)),
        }
    }

    /// The endpoint admitted this caller.
    #[cfg(feature = "axum")]
    pub(crate) fn endpoint_admitted(&self, caller: Option<&SecurityContext>) {
        let Some(request) = &self.request else { return };
        let outcome = request.endpoint.admission;
        let named = caller.filter(|_| self.names_callers);
        let claims = caller.map(SecurityContext::token_claims);
        events::admitted(
            outcome,
            &request.endpoint.rule,
            named.map(SecurityContext::subject),
            claims.map_or((None, None), |claims| (claims.kid(), claims.jti())),
        );
        self.record(
            DecisionStage::Endpoint,
            Site::default(),
            caller,
            admission(outcome),
        );
    }

    /// The endpoint refused this caller.
    #[cfg(feature = "axum")]
    pub(crate) fn endpoint_refused(
        &self,
        caller: Option<&SecurityContext>,
        error: &AuthClientError,
    ) {
        self.record(
            DecisionStage::Endpoint,
            Site::default(),
            caller,
            refusal(error),
        );
    }

    fn record(
        &self,
        stage: DecisionStage,
        site: Site<'_>,
        caller: Option<&SecurityContext>,
        verdict: Verdict,
    ) {
        let Some(auditor) = &self.auditor else { return };
        auditor.record(|at| Decision {
            at,
            request: self.request.clone(),
            function: site.function,
            rule: site.policy.map(|policy| policy.to_string().into()),
            stage,
            caller: caller.cloned(),
            verdict,
        });
    }

    /// The caller may be another than the request's: what counts is as whom the function runs.
    fn record_in_function(&self, site: Site<'_>, verdict: Verdict) {
        let caller = SecurityContext::current();
        self.record(DecisionStage::Function, site, caller.as_ref(), verdict);
    }

    /// Whether the endpoint has said it already: its function checks its rule, too.
    fn is_said(&self, site: Site<'_>) -> bool {
        let endpoint = self.request.as_ref().map(|request| &request.endpoint);
        endpoint.is_some_and(|endpoint| {
            endpoint.admission == DecisionOutcome::Admitted
                && site.function == Some(endpoint.function)
        })
    }
}

impl Observer for Trail {
    fn refused(&self, site: Site<'_>, error: &AuthClientError) {
        self.record_in_function(site, refusal(error));
    }

    fn admitted(&self, site: Site<'_>) {
        if !self.is_said(site) {
            self.record_in_function(site, admission(DecisionOutcome::Admitted));
        }
    }

    fn names_callers(&self) -> bool {
        self.names_callers
    }
}

const fn admission(outcome: DecisionOutcome) -> Verdict {
    Verdict {
        outcome,
        reason: NO_REASON,
        status: None,
        key_id: None,
        token_id: None,
    }
}

fn refusal(error: &AuthClientError) -> Verdict {
    let (key_id, token_id) = events::trace(error);
    Verdict {
        outcome: DecisionOutcome::of(error),
        reason: error.code(),
        status: Some(error.status_code()),
        key_id: key_id.map(Into::into),
        token_id: token_id.map(Into::into),
    }
}
