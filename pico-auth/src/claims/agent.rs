//! The claims of an agent token.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::Names;
use super::read::{point_in_time, required_string, string, string_array};
use super::{Document, RawClaims};
use crate::error::TokenInvalidReason;
use crate::strict::Object;

/// The claims of a verified agent token: which agent acts, for whom, on what task. Cheap to clone.
#[derive(Clone)]
pub struct AgentClaims {
    inner: Arc<Inner>,
}

struct Inner {
    read: ReadAgentClaims,
    document: Document,
}

/// Claims that were read, without the document they were read of.
pub(crate) struct ReadAgentClaims {
    sub: Box<str>,
    jti: Option<Box<str>>,
    scopes: Names,
    parent_chain: Names,
    expires_at: SystemTime,
}

impl ReadAgentClaims {
    /// With the document.
    pub(crate) fn of(self, document: impl Into<Document>) -> AgentClaims {
        let document = document.into();
        let inner = Inner {
            read: self,
            document,
        };
        AgentClaims {
            inner: Arc::new(inner),
        }
    }
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
        Self::read(&Object::of(&raw), expires_at).map(|read| read.of(raw))
    }

    /// Reads the claims of a verified agent token.
    pub(crate) fn read(
        claims: &Object<'_>,
        expires_at: Duration,
    ) -> Result<ReadAgentClaims, TokenInvalidReason> {
        Ok(ReadAgentClaims {
            sub: required_string(claims, "sub")?,
            jti: string(claims, "jti")?.map(Into::into),
            scopes: string_array(claims, "scopes")?.unwrap_or_default(),
            parent_chain: string_array(claims, "parent_chain")?.unwrap_or_default(),
            expires_at: point_in_time(expires_at)?,
        })
    }

    /// The agent (`sub`).
    pub fn sub(&self) -> &str {
        &self.inner.read.sub
    }

    /// The token's id (`jti`).
    pub fn jti(&self) -> Option<&str> {
        self.inner.read.jti.as_deref()
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
        self.scope_names().iter().map(|scope| &**scope)
    }

    pub(crate) fn scope_names(&self) -> &Names {
        &self.inner.read.scopes
    }

    /// Who delegated to this agent, innermost first.
    pub fn parent_chain(&self) -> impl ExactSizeIterator<Item = &str> {
        self.inner.read.parent_chain.iter().map(|parent| &**parent)
    }

    /// When the token expires (`exp`).
    pub fn expires_at(&self) -> SystemTime {
        self.inner.read.expires_at
    }

    /// All claims of the token, as parsed.
    pub fn raw(&self) -> &RawClaims {
        self.inner.document.parsed()
    }

    /// One claim of the token, as parsed.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.raw().get(name)
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
