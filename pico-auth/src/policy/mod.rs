//! Access rules as constant data, and the one function that evaluates them.
//!
//! `requirement` and `strength` are the data, `verdict` decides, `conditions` asks for what depends on the
//! request, `step_up` finds out whether another authentication would help, `explain` tells why.

mod conditions;
mod explain;
mod requirement;
mod step_up;
mod strength;
mod verdict;

pub use conditions::{Condition, Conditions};
pub use explain::{Explanation, Outcome};
pub use requirement::Requirement;
pub use strength::AuthenticationStrength;
pub(crate) use verdict::Open;

use std::collections::BTreeSet;

use crate::context::SecurityContext;
use crate::error::{AuthClientError, MissingTokenError, TokenKind};

/// An access rule: what a caller must have.
///
/// A policy is plain constant data. Attributes generate it, routing and functions evaluate it, and
/// you can name your own:
///
/// ```
/// use pico_auth::{Policy, Requirement};
///
/// const PAYMENTS: Policy = Policy::require(Requirement::all(&[
///     Requirement::any_role(&["admin", "accountant"]),
///     Requirement::any_scope(&["pay:write"]),
/// ]));
/// # let _ = PAYMENTS;
/// ```
///
/// **It fails closed.** Every policy except [`AllowAnonymous`](Self::AllowAnonymous) and
/// [`OptionalAuthentication`](Self::OptionalAuthentication) refuses a caller without a valid token,
/// whatever the requirement says, and an empty list of names or requirements refuses everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Policy {
    /// Anybody. The token is never looked at, not even a bad one.
    AllowAnonymous,
    /// Anybody without a token, and everybody with a valid one. A bad token is refused.
    OptionalAuthentication,
    /// Everybody with a valid token.
    Authenticated,
    /// Everybody with a valid token who meets the requirement.
    Require(Requirement),
}

impl Policy {
    /// A valid token that meets `requirement`.
    pub const fn require(requirement: Requirement) -> Self {
        Self::Require(requirement)
    }

    /// Whether the rule admits callers without a token, so that a function has nothing to refuse.
    pub const fn admits_everybody(&self) -> bool {
        matches!(self, Self::AllowAnonymous | Self::OptionalAuthentication)
    }

    /// Decides whether the caller described by `context` may pass. What is not decided is refused.
    ///
    /// # Errors
    ///
    /// - [`MissingTokenError`] without a context, and for the agent token where the rule requires an
    ///   agent scope and the request has no agent.
    /// - [`InsufficientAuthenticationError`](crate::InsufficientAuthenticationError) where another
    ///   authentication would make the whole rule hold.
    /// - [`InsufficientPermissionsError`](crate::InsufficientPermissionsError) where the context does
    ///   not meet the requirement. Of several requirements that must all hold, the first that fails is
    ///   named.
    pub fn evaluate(&self, context: Option<&SecurityContext>) -> Result<(), AuthClientError> {
        if self.admits(context) {
            return Ok(());
        }
        Err(self.refuse(context, Open::Refused))
    }

    /// As [`evaluate`](Self::evaluate), but admits callers for whom the rule depends on conditions of
    /// the request: the function decides them once it has its arguments.
    #[cfg(feature = "axum")]
    pub(crate) fn evaluate_before_arguments(
        &self,
        context: Option<&SecurityContext>,
    ) -> Result<(), AuthClientError> {
        if self.may_admit(context) {
            return Ok(());
        }
        Err(self.refuse(context, Open::Held))
    }

    /// The decision of [`evaluate`](Self::evaluate).
    pub(crate) fn admits(&self, context: Option<&SecurityContext>) -> bool {
        self.decides(context, |requirement, caller| {
            requirement.admits(caller, &[])
        })
    }

    /// The decision of [`evaluate_before_arguments`](Self::evaluate_before_arguments).
    pub(crate) fn may_admit(&self, context: Option<&SecurityContext>) -> bool {
        self.decides(context, |requirement, caller| {
            !requirement.refuses(caller, &[])
        })
    }

    /// The decision of one or the other.
    pub(crate) fn passes(&self, context: Option<&SecurityContext>, open: Open) -> bool {
        match open {
            Open::Refused => self.admits(context),
            Open::Held => self.may_admit(context),
        }
    }

    /// The error for a caller who is not admitted. It is large, so that nothing that decides carries it.
    #[cold]
    pub(crate) fn refuse(&self, context: Option<&SecurityContext>, open: Open) -> AuthClientError {
        match (self, context) {
            (Self::Require(requirement), Some(caller)) => requirement.refuse(caller, &[], open),
            _ => MissingTokenError::new(TokenKind::Bearer).into(),
        }
    }

    /// Scopes of the bearer token that this policy asks for, of alternatives one.
    pub(crate) fn scopes_needed(&self, caller: &SecurityContext) -> BTreeSet<&'static str> {
        match self {
            Self::Require(requirement) => requirement.scopes_needed(caller),
            _ => BTreeSet::new(),
        }
    }

    fn decides(
        &self,
        context: Option<&SecurityContext>,
        passes: impl FnOnce(&Requirement, &SecurityContext) -> bool,
    ) -> bool {
        match (self, context) {
            (Self::AllowAnonymous | Self::OptionalAuthentication, _)
            | (Self::Authenticated, Some(_)) => true,
            (Self::Require(requirement), Some(caller)) => passes(requirement, caller),
            (Self::Authenticated | Self::Require(_), None) => false,
        }
    }
}
