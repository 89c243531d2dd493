//! How a rule becomes part of a function: the rule in the type of its future, checked on first poll.

mod deny;
mod future;
mod returned;

pub use deny::{Deny, RefusalError};
pub use future::{SecuredFuture, secure, secure_mapped, secure_open};
pub use returned::{Returned, after};

use crate::context::SecurityContext;
use crate::error::AuthClientError;
use crate::events::{self, Function, Site};
use crate::policy::{Conditions, Open, Policy};

/// An access rule and where it was written.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    policy: Policy,
    conditions: usize,
    checks_answer: bool,
    reason: Option<&'static str>,
    module_path: &'static str,
    name: &'static str,
    file: &'static str,
    line: u32,
}

impl Rule {
    /// A rule for the function `name`. Attributes call this; so can you, for a rule of your own.
    pub const fn new(
        policy: Policy,
        module_path: &'static str,
        name: &'static str,
        file: &'static str,
        line: u32,
    ) -> Self {
        Self {
            policy,
            conditions: 0,
            checks_answer: false,
            reason: None,
            module_path,
            name,
            file,
            line,
        }
    }

    /// The same rule for a function that decides this many conditions of the request itself. Only
    /// generated code keeps that promise.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_conditions(mut self, conditions: usize) -> Self {
        self.conditions = conditions;
        self
    }

    /// The same rule for a function that also checks what it is about to return (`after` of `#[authorize]`).
    /// Only generated code keeps that promise.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_check_of_the_answer(mut self) -> Self {
        self.checks_answer = true;
        self
    }

    /// The same rule, and why it is as it is: `#[allow_anonymous(reason = "load balancer probe")]`.
    #[must_use]
    pub const fn with_reason(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Why the rule is as it is, where it says so.
    pub const fn reason(&self) -> Option<&'static str> {
        self.reason
    }

    /// What a caller must have.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The module of the function.
    pub const fn module_path(&self) -> &'static str {
        self.module_path
    }

    /// The name of the function.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The source file of the function.
    pub const fn file(&self) -> &'static str {
        self.file
    }

    /// The line of the function in its source file, from 1.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// Checks the rule against the [`SecurityContext`] of the running request.
    ///
    /// # Errors
    ///
    /// As [`Policy::evaluate`].
    pub fn check(&self) -> Result<(), AuthClientError> {
        self.decide(Open::Refused)
    }

    /// Whether the function decides conditions of the request once it has its arguments.
    pub(crate) const fn is_decided_by_function(&self) -> bool {
        self.conditions > 0
    }

    /// Whether the function can refuse what it is about to return.
    #[cfg(feature = "axum")]
    pub(crate) const fn checks_answer(&self) -> bool {
        self.checks_answer
    }

    /// As [`check`](Self::check), where the function decides the conditions of the request later. A rule
    /// that depends on the request and has no such function refuses.
    pub(crate) fn check_before_arguments(&self) -> Result<(), AuthClientError> {
        if self.is_decided_by_function() {
            self.decide(Open::Held)
        } else {
            self.check()
        }
    }

    /// A rule that looks at tokens, where nobody does: then every caller is anonymous, also those with
    /// a bad token. That is said as loudly as a refusal for the same reason.
    pub(crate) fn expect_authentication(&self) {
        if matches!(self.policy, Policy::OptionalAuthentication) && !SecurityContext::is_in_scope()
        {
            events::no_authentication(self.function());
        }
        self.observe_admission();
    }

    #[inline]
    fn decide(&self, open: Open) -> Result<(), AuthClientError> {
        if SecurityContext::with_current(|context| self.policy.passes(context, open)) {
            self.observe_admission();
            return Ok(());
        }
        Err(self.refuse(open))
    }

    /// Tells the observer of the request, if there can be one. What the function decides later is not an
    /// admission yet.
    fn observe_admission(&self) {
        if events::is_in_use() && !self.is_decided_by_function() {
            events::tell(|observer| observer.admitted(self.site(None)));
        }
    }

    pub(crate) const fn function(&self) -> Function {
        Function {
            module_path: self.module_path,
            name: self.name,
            file: self.file,
            line: self.line,
        }
    }

    fn site<'a>(&'a self, subject: Option<&'a str>) -> Site<'a> {
        Site {
            function: Some(self.function()),
            policy: Some(&self.policy),
            subject,
        }
    }

    #[cold]
    fn refuse(&self, open: Open) -> AuthClientError {
        let caller = SecurityContext::current();
        let refusal = self.policy.refuse(caller.as_ref(), open);
        let site = self.site(caller.as_ref().map(SecurityContext::subject));
        if SecurityContext::is_in_scope() {
            events::refused_in_function(&refusal, site);
        } else {
            events::refused_without_authentication(&refusal, site);
            events::no_authentication(self.function());
        }
        refusal
    }
}

/// A type that stands for one rule. Generated by the attributes.
pub trait StaticRule {
    /// The rule.
    const RULE: &'static Rule;
}

/// Checks a rule as the first act of a function, before its conditions. Generated code calls it.
///
/// # Errors
///
/// As [`Policy::evaluate`].
pub fn check<R: StaticRule>() -> Result<(), AuthClientError> {
    R::RULE.check_before_arguments()
}

/// The conditions of the rule `R` for the caller of the running request. Generated code calls it once
/// a function has its arguments.
///
/// # Errors
///
/// As [`Conditions::new`].
pub fn conditions<R: StaticRule, const N: usize>() -> Result<Conditions<N>, AuthClientError> {
    let conditions = Conditions::new(R::RULE.policy())?;
    Ok(conditions.of(R::RULE.function()))
}
