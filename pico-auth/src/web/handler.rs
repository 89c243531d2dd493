//! Handlers that carry an access rule, and the gate around one.

use std::future::{Future, Ready, ready};
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::handler::{Handler, Layered};
use axum::response::{IntoResponse, Response};
use pin_project_lite::pin_project;

use super::gate::Gate;
use super::guard::{GuardFuture, Next};
use crate::policy::Policy;
use crate::rule::{Rule, SecuredFuture};

/// A handler that carries its access rule: an annotated function, one with a layer, or anything
/// inside [`Policy::guard`]. Only these are accepted by [`routing`](crate::routing).
///
/// A closure is accepted where it returns the future of an annotated function, `|| list()`. What it
/// does before that call is under no rule but the one it returns.
///
/// `A` tells the implementations apart; it is always inferred.
#[diagnostic::on_unimplemented(
    message = "this handler carries no access rule",
    label = "who may call this is not decided",
    note = "annotate the function with #[requires_role(..)], #[authenticated], #[allow_anonymous] or another rule of pico-auth",
    note = "a closure, or a handler you cannot annotate, goes into a policy: `policy.guard(handler)`"
)]
pub trait SecuredHandler<A> {
    /// The rule, and where it was written.
    fn rule(&self) -> Rule;
}

/// A function whose future carries its rule, with layers or without.
pub trait SecuredFn<A> {
    /// The rule.
    const RULE: &'static Rule;
}

macro_rules! secured_fn {
    ($($argument:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<F, Fut, $($argument,)*> SecuredFn<($($argument,)*)> for F
        where
            F: FnOnce($($argument,)*) -> Fut,
            Fut: SecuredFuture,
        {
            const RULE: &'static Rule = Fut::RULE;
        }
    };
}

secured_fn!();
secured_fn!(A1);
secured_fn!(A1 A2);
secured_fn!(A1 A2 A3);
secured_fn!(A1 A2 A3 A4);
secured_fn!(A1 A2 A3 A4 A5);
secured_fn!(A1 A2 A3 A4 A5 A6);
secured_fn!(A1 A2 A3 A4 A5 A6 A7);
secured_fn!(A1 A2 A3 A4 A5 A6 A7 A8);
secured_fn!(A1 A2 A3 A4 A5 A6 A7 A8 A9);
secured_fn!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10);
secured_fn!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11);
secured_fn!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12);
secured_fn!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13);
secured_fn!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14);
secured_fn!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15);
secured_fn!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16);

/// Marks a function.
pub enum ByFunction {}
/// Marks a function with a layer.
pub struct ByLayer<A>(PhantomData<A>);
/// Marks a handler inside a policy.
pub enum ByPolicy {}

#[diagnostic::do_not_recommend]
impl<F, A> SecuredHandler<(ByFunction, A)> for F
where
    F: SecuredFn<A>,
{
    fn rule(&self) -> Rule {
        *F::RULE
    }
}

/// A layer on one handler stands inside the gate: the rule holds before the layer runs.
#[diagnostic::do_not_recommend]
impl<L, H, T, S, A> SecuredFn<ByLayer<A>> for Layered<L, H, T, S>
where
    H: SecuredFn<A>,
{
    const RULE: &'static Rule = H::RULE;
}

impl Policy {
    /// Puts a handler that cannot be annotated, such as a closure, behind this policy.
    ///
    /// ```
    /// use pico_auth::{Policy, Requirement, routing};
    ///
    /// const ADMIN: Policy = Policy::require(Requirement::any_role(&["admin"]));
    /// let health = routing::get(Policy::AllowAnonymous.guard(|| async { "ok" }))
    ///     .post(ADMIN.guard(|| async { "reset" }));
    /// # let _: pico_auth::routing::MethodRouter = health;
    /// ```
    ///
    /// The policy is checked wherever the handler runs, also under axum's own `routing`. A layer for
    /// the handler goes inside: `policy.guard(handler.layer(..))`.
    #[track_caller]
    pub fn guard<H>(self, handler: H) -> Guarded<H> {
        PolicyWithReason::from(self).guard(handler)
    }

    /// The same policy, and why it is as it is, for the [access map](crate::access_map):
    ///
    /// ```
    /// use pico_auth::{Policy, routing};
    ///
    /// let health = Policy::AllowAnonymous.because("load balancer probe");
    /// let methods = routing::get(health.guard(|| async { "ok" }));
    /// # let _: pico_auth::routing::MethodRouter = methods;
    /// ```
    pub const fn because(self, reason: &'static str) -> PolicyWithReason {
        PolicyWithReason {
            policy: self,
            reason: Some(reason),
        }
    }
}

/// A policy, and why it is as it is; made by [`Policy::because`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyWithReason {
    policy: Policy,
    reason: Option<&'static str>,
}

impl From<Policy> for PolicyWithReason {
    fn from(policy: Policy) -> Self {
        Self {
            policy,
            reason: None,
        }
    }
}

impl PolicyWithReason {
    /// As [`Policy::guard`].
    #[track_caller]
    pub fn guard<H>(self, handler: H) -> Guarded<H> {
        let name = std::any::type_name::<H>();
        let (module_path, name) = name.rsplit_once("::").unwrap_or(("", name));
        self.guard_as(module_path, name, Location::caller(), handler)
    }

    /// As [`guard`](Self::guard), for a handler whose type does not tell what it is.
    pub(super) const fn guard_as<H>(
        self,
        module_path: &'static str,
        name: &'static str,
        place: &Location<'static>,
        handler: H,
    ) -> Guarded<H> {
        let rule = self.rule(module_path, name, place);
        Guarded { handler, rule }
    }

    /// The rule of what is called so, written at this place.
    pub(super) const fn rule(
        self,
        module_path: &'static str,
        name: &'static str,
        place: &Location<'static>,
    ) -> Rule {
        let rule = Rule::new(self.policy, module_path, name, place.file(), place.line());
        match self.reason {
            Some(reason) => rule.with_reason(reason),
            None => rule,
        }
    }
}

/// A handler behind a policy, made by [`Policy::guard`].
#[derive(Debug, Clone, Copy)]
pub struct Guarded<H> {
    handler: H,
    rule: Rule,
}

#[diagnostic::do_not_recommend]
impl<H> SecuredHandler<ByPolicy> for Guarded<H> {
    fn rule(&self) -> Rule {
        self.rule
    }
}

#[diagnostic::do_not_recommend]
impl<H, T, S> Handler<T, S> for Guarded<H>
where
    H: Handler<T, S>,
{
    type Future = GuardedFuture<H::Future>;

    fn call(self, request: Request, state: S) -> Self::Future {
        match self.rule.check() {
            Ok(()) => GuardedFuture::Admitted {
                future: self.handler.call(request, state),
            },
            Err(refusal) => GuardedFuture::Refused {
                answer: ready(refusal.into_response()),
            },
        }
    }
}

pin_project! {
    /// The future of a [`Guarded`] handler.
    #[project = GuardedProjection]
    #[must_use = "futures do nothing unless polled"]
    pub enum GuardedFuture<F> {
        #[doc(hidden)]
        Admitted { #[pin] future: F },
        #[doc(hidden)]
        Refused { #[pin] answer: Ready<Response> },
    }
}

impl<F: Future<Output = Response>> Future for GuardedFuture<F> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        match self.project() {
            GuardedProjection::Admitted { future } => future.poll(cx),
            GuardedProjection::Refused { answer } => answer.poll(cx),
        }
    }
}

/// A handler with its gate, as `routing` hands it to axum.
#[derive(Clone)]
pub(super) struct Gated<H> {
    pub(super) handler: H,
    pub(super) gate: Arc<Gate>,
}

impl<H, T, S> Handler<T, S> for Gated<H>
where
    H: Handler<T, S>,
    T: 'static,
    S: Send + 'static,
{
    type Future = GuardFuture<HandlerNext<H, T, S>>;

    fn call(self, request: Request, state: S) -> Self::Future {
        let next = HandlerNext {
            handler: self.handler,
            state,
            types: PhantomData,
        };
        GuardFuture::new(&self.gate, next, request)
    }
}

/// A handler waiting behind its gate.
pub(super) struct HandlerNext<H, T, S> {
    handler: H,
    state: S,
    types: PhantomData<fn() -> T>,
}

impl<H, T, S> Next for HandlerNext<H, T, S>
where
    H: Handler<T, S>,
{
    type Body = Body;
    type Answer = Response;
    type Output = Response;
    type Future = H::Future;

    fn run(self, request: Request) -> H::Future {
        self.handler.call(request, self.state)
    }

    fn refused(response: Response) -> Response {
        response
    }

    fn finish(response: Response, write: impl FnOnce(Response) -> Response) -> Response {
        write(response)
    }
}
