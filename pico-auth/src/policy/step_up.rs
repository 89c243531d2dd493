//! Whether another authentication would make a rule hold, and which one (RFC 9470).
//!
//! It is found by trying: the same caller, as if they had authenticated in each way that the rule speaks of. So
//! nobody is sent to authenticate anew who would be refused afterwards.

#[cfg(feature = "axum")]
use super::verdict::Open;
use super::{AuthenticationStrength, Policy, Requirement};
use crate::context::SecurityContext;
use crate::error::{AuthClientError, InsufficientAuthenticationError};

/// A class of authentication that no rule names.
const ANY_OTHER: &str = "";

/// An age that no rule minds or every rule does.
const LONG_AGO: u64 = u64::MAX;

#[cfg(feature = "axum")]
impl Policy {
    /// The refusal of policies that must all hold, where another authentication would make them hold.
    /// Conditions that are still open are taken for what stands beside each policy.
    pub(crate) fn step_up(
        policies: &[(&Self, Open)],
        caller: &SecurityContext,
    ) -> Option<AuthClientError> {
        let requirements = policies.iter().filter_map(|(policy, _)| match policy {
            Self::Require(requirement) => Some(requirement),
            _ => None,
        });
        step_up(requirements, caller, |caller| {
            policies
                .iter()
                .all(|(policy, open)| policy.passes(Some(caller), *open))
        })
    }
}

/// The refusal of requirements, if `holds` of a caller after another authentication. The weakest that suffices
/// is asked for: any age before a recent one, any class before certain ones. It suffices, whatever else the new
/// authentication is.
pub(super) fn step_up<'r>(
    requirements: impl Iterator<Item = &'r Requirement>,
    caller: &SecurityContext,
    holds: impl Fn(&SecurityContext) -> bool,
) -> Option<AuthClientError> {
    let mut asked = Vec::new();
    requirements.for_each(|requirement| requirement.strengths(&mut asked));
    if asked.is_empty() {
        return None;
    }
    let mut acr_values: Vec<&'static str> = Vec::new();
    for value in asked.iter().flat_map(|strength| strength.acr_values()) {
        if !value.is_empty() && !acr_values.contains(value) {
            acr_values.push(value);
        }
    }
    let mut ages: Vec<u64> = asked.iter().filter_map(|one| one.max_age()).collect();
    ages.extend([0, LONG_AGO]);
    ages.sort_unstable();
    ages.dedup();
    for most in (1..ages.len()).rev() {
        let possible = ages.get(..=most).unwrap_or_default();
        let max_age = possible.last().copied().filter(|age| *age != LONG_AGO);
        let suffices = |acr: &'static str| {
            let mut callers = possible
                .iter()
                .map(|age| caller.as_if_authenticated(acr, *age));
            callers.all(|caller| holds(&caller))
        };
        let mut sufficient: Vec<&str> = acr_values.clone();
        sufficient.retain(|acr| suffices(acr));
        let any_suffices = sufficient.len() == acr_values.len() && suffices(ANY_OTHER);
        if any_suffices {
            sufficient.clear();
        }
        // Without either there would be nothing to ask for.
        if sufficient.is_empty() && (max_age.is_none() || !any_suffices) {
            continue;
        }
        let claims = caller.token_claims();
        let error = InsufficientAuthenticationError::new(sufficient, max_age);
        return Some(error.with_trace(claims.kid(), claims.jti()).into());
    }
    None
}

impl Requirement {
    /// What is asked for anywhere in it.
    fn strengths(&self, found: &mut Vec<&'static AuthenticationStrength>) {
        match self {
            Self::Authentication(strength) => found.push(strength),
            Self::Any(parts) | Self::All(parts) => {
                parts.iter().for_each(|part| part.strengths(found));
            }
            Self::Not(part) => part.strengths(found),
            Self::Policy(Policy::Require(requirement)) => requirement.strengths(found),
            Self::OneOf(..) | Self::AllOf(..) | Self::Policy(_) | Self::When(_) => {}
        }
    }
}
