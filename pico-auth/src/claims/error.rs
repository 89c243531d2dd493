//! Why a token does not fit a claims type.

use std::borrow::Cow;

use crate::error::TokenInvalidReason;

/// Why claims do not fit a type. It names the claim; **it cannot hold a value of the token**, because
/// what it says besides is a `&'static str`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimError {
    claim: Cow<'static, str>,
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Problem {
    Missing,
    Form,
    Refused(&'static str),
}

impl ClaimError {
    /// A claim that must be there is not.
    pub fn missing(claim: impl Into<Cow<'static, str>>) -> Self {
        Self {
            claim: claim.into(),
            problem: Problem::Missing,
        }
    }

    /// A claim has another JSON form than its type reads.
    pub fn invalid(claim: impl Into<Cow<'static, str>>) -> Self {
        Self {
            claim: claim.into(),
            problem: Problem::Form,
        }
    }

    /// A claim has a value that the application does not accept. Callers are told the problem.
    pub fn refused(claim: impl Into<Cow<'static, str>>, problem: &'static str) -> Self {
        Self {
            claim: claim.into(),
            problem: Problem::Refused(problem),
        }
    }

    /// The value at hand has another JSON form than its type reads. For a
    /// [`ClaimValue`](super::ClaimValue), which does not know the name of its claim: the reader of the
    /// claim adds it.
    pub fn mismatch() -> Self {
        Self::invalid("")
    }

    /// The same error, seen from outside of the claim `outer`.
    #[must_use]
    pub fn within(self, outer: &str) -> Self {
        let claim = match &*self.claim {
            "" => outer.to_owned(),
            inner => format!("{outer}.{inner}"),
        };
        Self {
            claim: claim.into(),
            problem: self.problem,
        }
    }

    /// The claim, as a path; empty where the reader still has to add it.
    pub fn claim(&self) -> &str {
        &self.claim
    }
}

impl From<ClaimError> for TokenInvalidReason {
    fn from(error: ClaimError) -> Self {
        // What is about no claim in particular is about all of them together.
        let claim = match &*error.claim {
            "" => "claims".into(),
            _ => error.claim,
        };
        match error.problem {
            Problem::Missing => Self::MissingClaim(claim),
            Problem::Form => Self::InvalidClaim(claim),
            Problem::Refused(problem) => Self::RefusedClaim(claim, problem),
        }
    }
}
