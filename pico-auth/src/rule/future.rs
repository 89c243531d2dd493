//! The future of a protected `async fn`.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::{Deny, Rule, StaticRule};
use crate::error::AuthClientError;

/// A future that carries its access rule in its type and checks it on its first poll.
///
/// The attributes of this crate turn `async fn f(..) -> R` into
/// `fn f(..) -> impl SecuredFuture<Output = R>`; nothing else needs to implement it.
#[diagnostic::on_unimplemented(
    message = "this future carries no access rule",
    label = "not the future of a protected function",
    note = "annotate the function with #[requires_role(..)], #[authenticated], #[allow_anonymous] or another rule of pico-auth"
)]
pub trait SecuredFuture: Future {
    /// The rule.
    const RULE: &'static Rule;
}

/// Puts `future` behind the rule `R`. What is returned is a future only if its output can carry a
/// refusal: [`Deny`] is asked for there, where the compiler points at the declared type.
pub fn secure<R, F>(future: F) -> Secured<R, F, Keep>
where
    R: StaticRule,
    F: Future,
{
    Secured {
        future,
        admitted: false,
        types: PhantomData,
    }
}

/// Puts `future` behind the rule `R`; its output `T` becomes `Result<T, AuthClientError>`.
pub fn secure_mapped<R, F>(future: F) -> Secured<R, F, Wrap>
where
    R: StaticRule,
    F: Future,
{
    Secured {
        future,
        admitted: false,
        types: PhantomData,
    }
}

/// Lets `future` carry the rule `R`, which admits callers without a token and so has nothing to
/// refuse. Does not compile for any other rule.
pub fn secure_open<R, F>(future: F) -> Secured<R, F, Open>
where
    R: StaticRule,
    F: Future,
{
    const { assert!(R::RULE.policy().admits_everybody(), "this rule can refuse") };
    Secured {
        future,
        admitted: false,
        types: PhantomData,
    }
}

pin_project! {
    /// A future that is polled only once its rule `R` holds; a refusal ends it. `O` says what
    /// becomes of the output.
    #[must_use = "futures do nothing unless polled"]
    pub struct Secured<R, F, O> {
        #[pin]
        future: F,
        admitted: bool,
        types: PhantomData<(R, O)>,
    }
}

impl<R, F, O> Future for Secured<R, F, O>
where
    R: StaticRule,
    F: Future,
    O: Outcome<F::Output>,
{
    type Output = O::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // The compiler makes this once for each function: what can be shared is in `Outcome`, which it
        // makes once for each type of output.
        let this = self.project();
        if !*this.admitted {
            if let Some(refusal) = O::refusal(R::RULE) {
                return Poll::Ready(refusal);
            }
            *this.admitted = true;
        }
        O::polled(this.future.poll(cx))
    }
}

impl<R, F, O> SecuredFuture for Secured<R, F, O>
where
    R: StaticRule,
    F: Future,
    O: Outcome<F::Output>,
{
    const RULE: &'static Rule = R::RULE;
}

/// What becomes of the output `T` of a protected future.
pub trait Outcome<T> {
    /// The output of the protected future.
    type Output;
    /// Checks the rule; a refusal is already in the form of the output.
    fn refusal(rule: &Rule) -> Option<Self::Output>;
    /// What becomes of one poll of an admitted call.
    fn polled(polled: Poll<T>) -> Poll<Self::Output>;
}

/// The output can carry a refusal and is kept.
pub enum Keep {}

impl<T: Deny> Outcome<T> for Keep {
    type Output = T;

    fn refusal(rule: &Rule) -> Option<T> {
        rule.check_before_arguments().err().map(T::deny)
    }

    fn polled(polled: Poll<T>) -> Poll<T> {
        polled
    }
}

/// The output is wrapped in a `Result`.
pub enum Wrap {}

impl<T> Outcome<T> for Wrap {
    type Output = Result<T, AuthClientError>;

    fn refusal(rule: &Rule) -> Option<Self::Output> {
        rule.check_before_arguments().err().map(Err)
    }

    fn polled(polled: Poll<T>) -> Poll<Self::Output> {
        polled.map(Ok)
    }
}

/// The rule has nothing to refuse, the output is kept.
pub enum Open {}

impl<T> Outcome<T> for Open {
    type Output = T;

    fn refusal(rule: &Rule) -> Option<T> {
        rule.expect_authentication();
        None
    }

    fn polled(polled: Poll<T>) -> Poll<T> {
        polled
    }
}
