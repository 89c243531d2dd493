//! The life of a guarded request: authenticate, authorize, run inside the context, respond.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::Request;
use pin_project_lite::pin_project;
use tokio::task::futures::TaskLocalFuture;

use super::gate::{Admission, Gate, Identity, Observed};
use super::observed::observed;
use super::refusals::Refusals;
use crate::context::{Ambient, CURRENT, SecurityContext};
use crate::error::AuthClientError;

/// What runs behind a gate: a handler or a service, with what it needs beside the request.
pub trait Next {
    /// The body of its requests.
    type Body;
    /// The answer of its protocol.
    type Answer: Answer;
    /// What it ends with: an answer, or an error beside it.
    type Output;
    /// How it gets there. All of it happens inside the context.
    type Future: Future;

    /// Begins.
    fn run(self, request: Request<Self::Body>) -> Self::Future;
    /// The answer that stands for a refusal.
    fn refused(answer: Self::Answer) -> Self::Output;
    /// The answer that it came to, as `write` rewrites it.
    fn finish(
        output: <Self::Future as Future>::Output,
        write: impl FnOnce(Self::Answer) -> Self::Answer,
    ) -> Self::Output;
}

/// An answer of one protocol: HTTP as axum speaks it, or gRPC.
pub trait Answer: Sized {
    /// The answer to a caller who is refused.
    fn refusal(refusal: AuthClientError) -> Self;
    /// The same answer; what of it is still being produced sees this caller.
    #[must_use]
    fn in_context(self, context: Option<SecurityContext>, observed: &Observed) -> Self;
    /// The same answer; a refusal in the words of the application.
    #[must_use]
    fn worded(self, refusals: &Refusals) -> Self;
}

pin_project! {
    /// The future of a guarded request.
    #[must_use = "futures do nothing unless polled"]
    pub struct GuardFuture<N: Next> {
        #[pin]
        state: State<N>,
        refusals: Option<Refusals>,
        trail: Observed,
    }
}

pin_project! {
    // Moved on each request before it is polled: what only some requests need is in a box.
    #[project = StateProjection]
    enum State<N: Next> {
        Authenticating {
            identity: Pin<Box<dyn Future<Output = Identity> + Send>>,
            pending: Option<Box<Pending<N>>>,
        },
        Running {
            #[pin]
            future: TaskLocalFuture<Option<SecurityContext>, N::Future>,
        },
        Refused {
            refusal: Option<Box<N::Answer>>,
        },
    }
}

struct Pending<N: Next> {
    gate: Arc<Gate>,
    next: N,
    request: Request<N::Body>,
}

impl<N: Next> GuardFuture<N> {
    /// Begins a request. What can be decided from the headers alone is decided here.
    pub(crate) fn new(gate: &Arc<Gate>, next: N, request: Request<N::Body>) -> Self {
        let trail = gate.observe(&request);
        let token = gate.token(&request);
        let refusals = Refusals::of(gate, &token);
        let state = match gate.admit(&request, token, &trail) {
            Ok(Admission::Anonymous) => run(next, request, None, &trail),
            Ok(Admission::Known(context)) => run(next, request, Some(context), &trail),
            Ok(Admission::Pending(identity)) => {
                let pending = Pending {
                    gate: Arc::clone(gate),
                    next,
                    request,
                };
                State::Authenticating {
                    identity,
                    pending: Some(Box::new(pending)),
                }
            }
            Err(refusal) => refused(refusal),
        };
        Self {
            state,
            refusals,
            trail,
        }
    }

    /// A request that is let through untouched, see `danger::allow_disabling`.
    pub(crate) fn unguarded(next: N, request: Request<N::Body>) -> Self {
        Self {
            state: run(next, request, None, &None),
            refusals: None,
            trail: None,
        }
    }
}

/// Runs what is behind the gate; already the call happens inside the context.
fn run<N: Next>(
    next: N,
    request: Request<N::Body>,
    context: Option<SecurityContext>,
    trail: &Observed,
) -> State<N> {
    let call = || CURRENT.sync_scope(context.clone(), || next.run(request));
    let future = observed(trail.as_ref(), call);
    State::Running {
        future: CURRENT.scope(context, future),
    }
}

fn refused<N: Next>(refusal: AuthClientError) -> State<N> {
    State::Refused {
        refusal: Some(Box::new(N::Answer::refusal(refusal))),
    }
}

impl<N: Next> Future for GuardFuture<N> {
    type Output = N::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut state = this.state;
        let refusals = this.refusals.as_ref();
        // The application's hook sees the caller of this request, not that of a gate around it.
        let worded = |answer: N::Answer, context: &Ambient| match refusals {
            Some(refusals) => CURRENT.sync_scope(context.clone(), || answer.worded(refusals)),
            None => answer,
        };
        loop {
            let next_state = match state.as_mut().project() {
                StateProjection::Authenticating { identity, pending } => {
                    let identity = ready!(identity.as_mut().poll(cx));
                    let Some(pending) = pending.take() else {
                        // Polled after completion: a bug of the caller, never an open door.
                        return Poll::Pending;
                    };
                    let Pending {
                        gate,
                        next,
                        request,
                    } = *pending;
                    match gate.authorize(identity, this.trail) {
                        Ok(context) => run(next, request, Some(context), this.trail),
                        Err(refusal) => refused(refusal),
                    }
                }
                StateProjection::Running { mut future } => {
                    let poll = || future.as_mut().poll(cx);
                    let output = ready!(observed(this.trail.as_ref(), poll));
                    let context = future.take_value().flatten();
                    // A streamed body is polled in the context, too.
                    let trail = &*this.trail;
                    let write =
                        |answer: N::Answer| worded(answer, &context).in_context(context, trail);
                    return Poll::Ready(N::finish(output, write));
                }
                StateProjection::Refused { refusal } => {
                    return refusal.take().map_or(Poll::Pending, |refusal| {
                        Poll::Ready(N::refused(worded(*refusal, &None)))
                    });
                }
            };
            state.set(next_state);
        }
    }
}
