//! What those who observe requests are told of them.

use std::future::Future;
use std::sync::Arc;

use http::{HeaderName, Method, Request};
use tracing::Instrument;

use super::authentication::Observation;
use crate::audit::{self, Endpoint, Trail};
use crate::error::AuthClientError;
use crate::events::{cut, observed_by};
use crate::outcome::DecisionOutcome;
use crate::policy::Policy;
use crate::rule::Rule;

/// The longest id of a request that is kept, in characters.
const MAX_REQUEST_ID: usize = 128;

/// The longest method that is kept, in characters: callers can invent some.
const MAX_METHOD: usize = 16;

/// What stands behind the gate of this rule.
pub(super) fn endpoint(rule: &Rule, others: &[Policy], route: Option<&str>) -> Endpoint {
    let policies = std::iter::once(rule.policy()).chain(others);
    let policies: Vec<_> = policies.map(Policy::to_string).collect();
    let function = rule.function();
    Endpoint {
        route: route.map(Into::into),
        handler: function.to_string().into(),
        function,
        rule: policies.join("; and ").into(),
        admission: if rule.is_decided_by_function() {
            DecisionOutcome::Deferred
        } else {
            DecisionOutcome::Admitted
        },
    }
}

/// The observer of a request.
pub(super) fn trail<B>(
    observation: Option<&Observation>,
    endpoint: &Arc<Endpoint>,
    request: &Request<B>,
) -> Trail {
    let id = observation.and_then(|it| request_id(request, &it.request_id));
    let auditor = observation.and_then(|it| it.auditor.clone());
    let names_callers = observation.is_some_and(|it| it.names_callers);
    let facts = audit::Request {
        endpoint: Arc::clone(endpoint),
        method: method(request.method()),
        id,
    };
    Trail::of_request(auditor, names_callers, facts)
}

/// The first one, where there are several.
fn request_id<B>(request: &Request<B>, header: &HeaderName) -> Option<Box<str>> {
    let id = request.headers().get(header)?.to_str().ok()?;
    Some(cut(id, MAX_REQUEST_ID).into())
}

fn method(method: &Method) -> Box<str> {
    cut(method.as_str(), MAX_METHOD).into()
}

/// Runs `call` with the observer of the request, if there is one: functions tell it what they decide.
pub(super) fn observed<T>(trail: Option<&Arc<Trail>>, call: impl FnOnce() -> T) -> T {
    match trail {
        None => call(),
        Some(trail) => observed_by(Arc::clone(trail) as _, call),
    }
}

/// The span of a token that is verified; there is none for a token that is known.
pub(super) async fn in_span<T>(
    authenticate: impl Future<Output = Result<T, AuthClientError>>,
) -> Result<T, AuthClientError> {
    let span = tracing::debug_span!(
        "auth.authenticate",
        auth.outcome = tracing::field::Empty,
        auth.reason = tracing::field::Empty,
    );
    let identity = authenticate.instrument(span.clone()).await;
    if let Err(refusal) = &identity {
        span.record("auth.outcome", DecisionOutcome::of(refusal).code());
        span.record("auth.reason", refusal.code());
    }
    identity
}
