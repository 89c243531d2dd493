//! What an application said of its routes, to be replayed on an axum router: only in the end it is known
//! who authenticates.

use super::authentication::Authentication;
use super::endpoint::Endpoint;
use super::router::SecureRouter;
use super::routing::MethodRouter;

/// One thing the application said.
pub(super) enum Step<S> {
    Route {
        path: String,
        methods: MethodRouter<S>,
    },
    NestService {
        path: String,
        endpoint: Endpoint<S>,
    },
    Nest {
        path: String,
        router: SecureRouter<S>,
    },
    Merge {
        router: SecureRouter<S>,
    },
    Fallback {
        endpoint: Endpoint<S>,
    },
    Layer(Box<dyn FnOnce(axum::Router) -> axum::Router + Send>),
}

/// Says it all again, to axum, in the same order.
#[track_caller]
pub(super) fn replay(
    steps: impl IntoIterator<Item = Step<()>>,
    authentication: &Authentication,
) -> axum::Router {
    steps
        .into_iter()
        .fold(axum::Router::new(), |router, step| match step {
            Step::Route { path, methods } => router.route(&path, methods.build(authentication)),
            Step::NestService { path, endpoint } => {
                router.nest_service(&path, endpoint.build(authentication))
            }
            Step::Nest {
                path,
                router: inner,
            } => router.nest(&path, replay(inner.into_steps(), authentication)),
            Step::Merge { router: inner } => {
                router.merge(replay(inner.into_steps(), authentication))
            }
            Step::Fallback { endpoint } => router.fallback_service(endpoint.build(authentication)),
            Step::Layer(layer) => layer(router),
        })
}

impl<S: Clone + Send + Sync + 'static> Step<S> {
    /// Provides the state of its handlers.
    pub(super) fn with_state<S2: Clone + Send + Sync + 'static>(self, state: &S) -> Step<S2> {
        match self {
            Self::Route { path, methods } => Step::Route {
                path,
                methods: methods.with_state(state.clone()),
            },
            Self::NestService { path, endpoint } => Step::NestService {
                path,
                endpoint: endpoint.with_state(state.clone()),
            },
            Self::Nest { path, router } => Step::Nest {
                path,
                router: router.with_state(state.clone()),
            },
            Self::Merge { router } => Step::Merge {
                router: router.with_state(state.clone()),
            },
            Self::Fallback { endpoint } => Step::Fallback {
                endpoint: endpoint.with_state(state.clone()),
            },
            Self::Layer(layer) => Step::Layer(layer),
        }
    }
}
