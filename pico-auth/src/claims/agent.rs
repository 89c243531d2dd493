//! The claims of an agent token.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::RawClaims;
use super::read::{Names, point_in_time, required_string, string, string_array};
use crate::error::TokenInvalidReason;

/// The claims of a verified agent token: which agent acts, for whom, on what task. Cheap to clone.
#[derive(Clone)]
pub struct AgentClaims {
    inner: Arc<Inner>,
}

struct Inner {
    sub: Box<str>,
    jti: Option<Box<str>>,
    scopes: Names,
    parent_chain: Names,
    expires_at: SystemTime,
    raw: RawClaims,
}

/// Accessors of claims that describe and grant nothing: a value of another type counts as absent.
macro_rules! text_claims {
    ($($(#[$doc:meta])* $name:ident)+) => {
        $(
            $(#[$doc])*
            pub fn $name(&self) -> Option<&str> {
                self.get(stringify!($name))?.as_str()
            }
        )+
    };
}

impl AgentClaims {
    /// Reads the claims of a verified agent token. `expires_at` is the verified `exp`, since the epoch.
    ///
    /// `sub` must be there; `scopes` and `parent_chain` must be arrays of strings where present. A
    /// descriptive claim of another type than string counts as absent.
    ///
    /// # Errors
    ///
    /// [`TokenInvalidReason::MissingClaim`] or [`TokenInvalidReason::InvalidClaim`].
    pub fn from_raw(raw: RawClaims, expires_at: Duration) -> Result<Self, TokenInvalidReason> {
        Ok(Self {
            inner: Arc::new(Inner {
                sub: required_string(&raw, "sub")?,
                jti: string(&raw, "jti")?,
                scopes: string_array(&raw, "scopes")?.unwrap_or_default(),
                parent_chain: string_array(&raw, "parent_chain")?.unwrap_or_default(),
                expires_at: point_in_time(expires_at)?,
                raw,
            }),
        })
    }

    /// The agent (`sub`).
    pub fn sub(&self) -> &str {
        &self.inner.sub
    }

    /// The token's id (`jti`).
    pub fn jti(&self) -> Option<&str> {
        self.inner.jti.as_deref()
    }

    text_claims! {
        /// What kind of task the agent does, such as `scheduled_audit`.
        task_type
        /// The user in whose name the agent acts.
        user_id
        /// The session of the user.
        session_id
        /// The conversation the task came from.
        conversation_id
        /// The task, for accounting.
        task_id
        /// The organisation of the user.
        org_id
        /// The role of the agent. Rules do not use it: roles are the caller's.
        role
        /// The budget of the task, a decimal number as a string.
        spend_limit
    }

    /// What the agent may do: the array `scopes`, no other claim and no other form.
    pub fn scopes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.inner.scopes.iter().map(|scope| &**scope)
    }

    /// Who delegated to this agent, innermost first.
    pub fn parent_chain(&self) -> impl ExactSizeIterator<Item = &str> {
        self.inner.parent_chain.iter().map(|parent| &**parent)
    }

    /// When the token expires (`exp`).
    pub fn expires_at(&self) -> SystemTime {
        self.inner.expires_at
    }

    /// All claims of the token, as parsed.
    pub fn raw(&self) -> &RawClaims {
        &self.inner.raw
    }

    /// One claim of the token, as parsed.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.inner.raw.get(name)
    }
}

/// Names the agent and the token's id; its scopes and other claims stay out of logs.
impl fmt::Debug for AgentClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentClaims")
            .field("sub", &self.sub())
            .field("jti", &self.jti())
            .finish_non_exhaustive()
    }
}
