//! The second identity of a request.

use std::time::SystemTime;

use super::SecurityContext;
use crate::claims::AgentClaims;
use crate::error::{MissingTokenError, TokenKind};
use crate::events;

/// The agent that acts in the running request, proven by the token in `X-Agent-Authorization`.
/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct AgentContext {
    claims: AgentClaims,
}

impl AgentContext {
    /// The context of a verified agent token.
    pub fn new(claims: AgentClaims) -> Self {
        Self { claims }
    }

    /// The agent of the running request, if it has one.
    pub fn current() -> Option<Self> {
        SecurityContext::with_current(|context| context?.agent().cloned())
    }

    /// The agent of the running request.
    ///
    /// # Errors
    ///
    /// [`MissingTokenError`] for the agent token, where the request has none or none is running.
    pub fn require() -> Result<Self, MissingTokenError> {
        Self::current()
            .ok_or_else(|| events::logged(MissingTokenError::new(TokenKind::Agent), None))
    }

    /// The agent (`sub`).
    pub fn subject(&self) -> &str {
        self.claims.sub()
    }

    /// The claims of the agent token.
    pub fn claims(&self) -> &AgentClaims {
        &self.claims
    }

    /// The scopes of the agent token (the array `scopes`).
    pub fn scopes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.claims.scopes()
    }

    /// Whether a scope of the agent token covers `scope`, see [`scope_matches`](crate::scope_matches).
    pub fn has_scope(&self, scope: impl AsRef<str>) -> bool {
        self.claims.scope_names().cover(scope.as_ref())
    }

    /// When the agent token expires.
    pub fn expires_at(&self) -> SystemTime {
        self.claims.expires_at()
    }
}
