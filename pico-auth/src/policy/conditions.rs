//! Conditions on the request (`when(..)`), decided once the function has its arguments.

use super::verdict::Open;
use super::{Policy, Requirement};
use crate::context::SecurityContext;
use crate::error::{AuthClientError, AuthUnavailableError, MissingTokenError, TokenKind};
use crate::events::{self, Function, Site};

/// The open conditions of one call. Generated code asks for each condition, in the order they are
/// written, whether it is needed, and then evaluates the user's expression for it: a condition whose
/// outcome does not matter is never evaluated. One that was not needed never becomes so: what is decided
/// later leaves less to decide.
#[derive(Debug)]
pub struct Conditions<const N: usize> {
    policy: &'static Policy,
    requirement: &'static Requirement,
    function: Option<Function>,
    caller: SecurityContext,
    decided: [Option<bool>; N],
    failure: Option<AuthClientError>,
}

impl<const N: usize> Conditions<N> {
    /// The conditions of `policy` for the caller of the running request.
    ///
    /// # Errors
    ///
    /// [`MissingTokenError`] where nobody is authenticated, or the policy is none that could be refused.
    pub fn new(policy: &'static Policy) -> Result<Self, AuthClientError> {
        match (policy, SecurityContext::current()) {
            (Policy::Require(requirement), Some(caller)) => Ok(Self {
                policy,
                requirement,
                function: None,
                caller,
                decided: [None; N],
                failure: None,
            }),
            _ => Err(MissingTokenError::new(TokenKind::Bearer).into()),
        }
    }

    /// The same, of this function.
    pub(crate) const fn of(mut self, function: Function) -> Self {
        self.function = Some(function);
        self
    }

    /// The caller, for the user's expressions.
    pub const fn caller(&self) -> &SecurityContext {
        &self.caller
    }

    /// Whether the rule is open, and this condition can make a difference.
    pub fn needs(&self, index: usize) -> bool {
        let (caller, decided) = (&self.caller, &self.decided);
        if self.failure.is_some()
            || self.requirement.admits(caller, decided)
            || self.requirement.refuses(caller, decided)
        {
            return false;
        }
        self.requirement.hangs_on(index, caller, decided)
    }

    /// Says what a condition came to. One that failed ends the evaluation with its error.
    pub fn decide(&mut self, index: usize, outcome: impl Condition) {
        match (outcome.outcome(), self.decided.get_mut(index)) {
            (Ok(holds), Some(decided)) => *decided = Some(holds),
            (Err(failure), _) => self.failure = Some(failure.into()),
            // No such condition: generated code never says so, and an undecided rule refuses.
            (Ok(_), None) => self.failure = Some(MissingTokenError::new(TokenKind::Bearer).into()),
        }
    }

    /// The decision.
    ///
    /// # Errors
    ///
    /// The failure of a condition, or the refusal of the rule.
    pub fn finish(self) -> Result<(), AuthClientError> {
        let decision = self.decision();
        let site = || Site {
            function: self.function,
            policy: Some(self.policy),
            subject: Some(self.caller.subject()),
        };
        match &decision {
            Ok(()) => _ = events::tell(|observer| observer.admitted(site())),
            Err(error) => events::refused_in_function(error, site()),
        }
        decision
    }

    fn decision(&self) -> Result<(), AuthClientError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if self.requirement.admits(&self.caller, &self.decided) {
            return Ok(());
        }
        let (caller, decided) = (&self.caller, &self.decided);
        Err(self.requirement.refuse(caller, decided, Open::Held))
    }
}

/// What the expression of `when(..)` may be: a `bool`, or a `Result` of one where it can fail.
#[diagnostic::on_unimplemented(
    message = "a condition must be a `bool` or a `Result<bool, AuthUnavailableError>`, and this is `{Self}`",
    label = "not a condition",
    note = "compare something, such as `when(ctx.subject() == order.owner)`, or ask a `PolicyDecider` by `decider.permits(ctx, \"view\", &order).await`",
    note = "`?` takes the `bool` out of another `Result`; an error ends the function"
)]
pub trait Condition {
    /// Whether it holds.
    ///
    /// # Errors
    ///
    /// [`AuthUnavailableError`] where it cannot be known now.
    fn outcome(self) -> Result<bool, AuthUnavailableError>;
}

impl Condition for bool {
    fn outcome(self) -> Result<bool, AuthUnavailableError> {
        Ok(self)
    }
}

impl Condition for Result<bool, AuthUnavailableError> {
    fn outcome(self) -> Result<bool, AuthUnavailableError> {
        self
    }
}
