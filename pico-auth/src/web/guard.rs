//! The life of a guarded request: authenticate, authorize, run inside the context, respond.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use pin_project_lite::pin_project;
use tokio::task::futures::TaskLocalFuture;

use super::body::in_context;
use super::challenges::Challenges;
use super::gate::{Admission, Gate};
use crate::context::{CURRENT, SecurityContext};
use crate::error::AuthClientError;

/// What runs behind a gate: a handler or a service, with what it needs beside the request.
pub trait Next {
    /// What it answers.
    type Output;
    /// How it gets there.
    type Future: Future<Output = Self::Output>;

    /// Begins.
    fn run(self, request: Request) -> Self::Future;
    /// The answer that stands for a refusal.
    fn refused(response: Response) -> Self::Output;
    /// The answer, as `write` rewrites it.
    fn finish(output: Self::Output, write: impl FnOnce(Response) -> Response) -> Self::Output;
}

pin_project! {
    /// The future of a guarded request.
    #[must_use = "futures do nothing unless polled"]
    pub struct GuardFuture<N: Next> {
        #[pin]
        state: State<N>,
        challenges: Option<Challenges>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<N: Next> {
        Authenticating {
            identity: Pin<Box<dyn Future<Output = Result<SecurityContext, AuthClientError>> + Send>>,
            pending: Option<Pending<N>>,
        },
        Running {
            #[pin]
            future: TaskLocalFuture<Option<SecurityContext>, N::Future>,
        },
        Refused {
            refusal: Option<Response>,
        },
    }
}

struct Pending<N> {
    gate: Arc<Gate>,
    next: N,
    request: Request,
}

impl<N: Next> GuardFuture<N> {
    /// Begins a request. What can be decided from the headers alone is decided here.
    pub(crate) fn new(gate: &Arc<Gate>, next: N, request: Request) -> Self {
        let challenges = gate.challenges(&request);
        let state = match gate.admit(&request) {
            Ok(Admission::Anonymous) => run(next, request, None),
            Ok(Admission::Pending(identity)) => {
                let pending = Pending {
                    gate: Arc::clone(gate),
                    next,
                    request,
                };
                State::Authenticating {
                    identity,
                    pending: Some(pending),
                }
            }
            Err(refusal) => refused(refusal),
        };
        Self { state, challenges }
    }

    /// A request that is let through untouched, see `danger::allow_disabling`.
    pub(crate) fn unguarded(next: N, request: Request) -> Self {
        Self {
            state: run(next, request, None),
            challenges: None,
        }
    }
}

/// Runs what is behind the gate; already the call happens inside the context.
fn run<N: Next>(next: N, request: Request, context: Option<SecurityContext>) -> State<N> {
    let future = CURRENT.sync_scope(context.clone(), || next.run(request));
    State::Running {
        future: CURRENT.scope(context, future),
    }
}

fn refused<N: Next>(refusal: AuthClientError) -> State<N> {
    State::Refused {
        refusal: Some(refusal.into_response()),
    }
}

impl<N: Next> Future for GuardFuture<N> {
    type Output = N::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut state = this.state;
        let challenges = this.challenges.as_ref();
        let challenged = |response| match challenges {
            Some(challenges) => challenges.write(response),
            None => response,
        };
        loop {
            let next_state = match state.as_mut().project() {
                StateProjection::Authenticating { identity, pending } => {
                    let identity = ready!(identity.as_mut().poll(cx));
                    let Some(Pending {
                        gate,
                        next,
                        request,
                    }) = pending.take()
                    else {
                        // Polled after completion: a bug of the caller, never an open door.
                        return Poll::Pending;
                    };
                    match identity.and_then(|context| gate.authorize(&context).map(|()| context)) {
                        Ok(context) => run(next, request, Some(context)),
                        Err(refusal) => refused(refusal),
                    }
                }
                StateProjection::Running { mut future } => {
                    let output = ready!(future.as_mut().poll(cx));
                    let context = future.take_value().flatten();
                    // A streamed body is polled in the context, too.
                    let write = |response| challenged(in_context(response, context));
                    return Poll::Ready(N::finish(output, write));
                }
                StateProjection::Refused { refusal } => {
                    return refusal.take().map_or(Poll::Pending, |refusal| {
                        Poll::Ready(N::refused(challenged(refusal)))
                    });
                }
            };
            state.set(next_state);
        }
    }
}
