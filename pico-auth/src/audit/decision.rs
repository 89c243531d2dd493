//! One decision, as a sink sees it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::timestamp::rfc3339;
use crate::context::{AgentContext, SecurityContext};
use crate::error::MAX_ID;
use crate::events::{Function, MAX_SUBJECT, cut};
use crate::outcome::DecisionOutcome;

/// Where something was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecisionStage {
    /// Before the handler: by the endpoint, or by an [`AuthLayer`](crate::AuthLayer).
    Endpoint,
    /// In a function with a rule, while the request runs.
    Function,
}

impl DecisionStage {
    /// A short, stable word: `endpoint` or `function`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::Function => "function",
        }
    }
}

/// What stands behind a gate.
pub(crate) struct Endpoint {
    pub(crate) route: Option<Box<str>>,
    pub(crate) function: Function,
    pub(crate) handler: Box<str>,
    pub(crate) rule: Box<str>,
    /// What a caller whom it does not refuse gets.
    pub(crate) admission: DecisionOutcome,
}

/// The request in which something is decided.
pub(crate) struct Request {
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) method: Box<str>,
    pub(crate) id: Option<Box<str>>,
}

/// What was decided, before it is known when and in which request.
pub(super) struct Verdict {
    pub(super) outcome: DecisionOutcome,
    pub(super) reason: &'static str,
    pub(super) status: Option<u16>,
    pub(super) key_id: Option<Box<str>>,
    pub(super) token_id: Option<Box<str>>,
}

/// One decision: who, what, by which rule, how it ended and why, when, and in which request.
///
/// It has no token, and nothing that the caller holds. `Debug` and [`Serialize`] show the same.
pub struct Decision {
    pub(super) at: Duration,
    pub(super) request: Option<Arc<Request>>,
    pub(super) function: Option<Function>,
    /// Of a function.
    pub(super) rule: Option<Box<str>>,
    pub(super) stage: DecisionStage,
    pub(super) caller: Option<SecurityContext>,
    pub(super) verdict: Verdict,
}

impl Decision {
    /// When it was decided.
    pub fn at(&self) -> SystemTime {
        UNIX_EPOCH.checked_add(self.at).unwrap_or(UNIX_EPOCH)
    }

    /// The request's id, from the header that
    /// [`Authentication::request_id_header`](crate::Authentication::request_id_header) names. Whoever sends
    /// the request chooses it, unless a proxy does; at most 128 characters.
    pub fn request_id(&self) -> Option<&str> {
        self.request.as_ref()?.id.as_deref()
    }

    /// The method of the request, at most 16 characters.
    pub fn method(&self) -> Option<&str> {
        Some(&self.request.as_ref()?.method)
    }

    /// The path of the route as it was written, `/orders/{id}`; never what stood in its place. In a
    /// [`SecuredService`](crate::SecuredService) that is nested in another router, the path below it. `None`
    /// behind an [`AuthLayer`](crate::AuthLayer), which does not know it.
    pub fn route(&self) -> Option<&str> {
        self.request.as_ref()?.endpoint.route.as_deref()
    }

    /// The function behind the route.
    pub fn handler(&self) -> Option<&str> {
        Some(&self.request.as_ref()?.endpoint.handler)
    }

    /// Where it was decided.
    pub const fn stage(&self) -> DecisionStage {
        self.stage
    }

    /// The function that decided, where it is known.
    pub fn function(&self) -> Option<String> {
        self.function.map(|function| function.to_string())
    }

    /// What the rule asks for, in the words of refusals: `one of roles: ['admin']`. `None` where a function
    /// asked without a rule.
    pub fn rule(&self) -> Option<&str> {
        match self.stage {
            DecisionStage::Endpoint => Some(&self.request.as_ref()?.endpoint.rule),
            DecisionStage::Function => self.rule.as_deref(),
        }
    }

    /// How it ended.
    pub const fn outcome(&self) -> DecisionOutcome {
        self.verdict.outcome
    }

    /// Why it was refused, in a short, stable word such as `signature`; `none` for an admission.
    pub const fn reason(&self) -> &'static str {
        self.verdict.reason
    }

    /// The HTTP status of a refusal. A function's own caller may answer another.
    pub const fn status(&self) -> Option<u16> {
        self.verdict.status
    }

    /// The caller, where they are known: not where their token was refused. At most 256 characters.
    pub fn subject(&self) -> Option<&str> {
        Some(cut(self.caller.as_ref()?.subject(), MAX_SUBJECT))
    }

    /// Who vouches for the subject; a subject is unique only together with it. At most 256 characters.
    pub fn issuer(&self) -> Option<&str> {
        Some(cut(self.caller.as_ref()?.issuer(), MAX_SUBJECT))
    }

    /// The agent that acts for the caller. At most 256 characters.
    pub fn agent(&self) -> Option<&str> {
        let agent = self.caller.as_ref()?.agent().map(AgentContext::subject);
        agent.map(|agent| cut(agent, MAX_SUBJECT))
    }

    /// The id of the key that signed the token (`kid`), at most 64 characters. Of a token that was refused,
    /// what it says itself.
    pub fn key_id(&self) -> Option<&str> {
        let known = self
            .caller
            .as_ref()
            .and_then(|caller| caller.token_claims().kid());
        let id = self.verdict.key_id.as_deref().or(known);
        id.map(|id| cut(id, MAX_ID))
    }

    /// The id of the token (`jti`), at most 64 characters; there only once its signature was verified.
    pub fn token_id(&self) -> Option<&str> {
        let known = self
            .caller
            .as_ref()
            .and_then(|caller| caller.token_claims().jti());
        let id = self.verdict.token_id.as_deref().or(known);
        id.map(|id| cut(id, MAX_ID))
    }

    /// Its members, in their order. Those that are not there are left out.
    fn members(&self) -> impl Iterator<Item = (&'static str, String)> {
        let text = |text: Option<&str>| text.map(str::to_owned);
        [
            ("time", Some(rfc3339(self.at))),
            ("request_id", text(self.request_id())),
            ("method", text(self.method())),
            ("route", text(self.route())),
            ("handler", text(self.handler())),
            ("stage", text(Some(self.stage.code()))),
            ("function", self.function()),
            ("rule", text(self.rule())),
            ("outcome", text(Some(self.outcome().code()))),
            ("reason", text(Some(self.reason()))),
            ("subject", text(self.subject())),
            ("issuer", text(self.issuer())),
            ("agent", text(self.agent())),
            ("kid", text(self.key_id())),
            ("jti", text(self.token_id())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// A map of strings, and `status`, a number. `time` is as RFC 3339 §5.6 writes it. What is `None` is left out.
impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.members() {
            map.serialize_entry(name, &value)?;
        }
        if let Some(status) = self.status() {
            map.serialize_entry("status", &status)?;
        }
        map.end()
    }
}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Decision");
        for (name, value) in self.members() {
            shown.field(name, &value);
        }
        shown.field("status", &self.status()).finish()
    }
}
