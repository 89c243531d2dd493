//! What an application said of its routes, to be replayed on an axum router: only in the end it is known
//! who authenticates.

use super::access::nested;
use super::authentication::Authentication;
use super::endpoint::Endpoint;
use super::map_routes::ServedMap;
use super::protected_resource::{ServedMetadata, named};
use super::router::SecureRouter;
use super::routing::MethodRouter;
use crate::access_map::FALLBACK;

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
    /// Two of the routes serve the map of the finished application.
    AccessMap(ServedMap),
    /// The outermost router serves this, and the challenges of this one name it.
    Metadata(ServedMetadata),
}

/// Says it all again, to axum, in the same order, for a router that is nested at `prefix`.
#[track_caller]
pub(super) fn replay(
    steps: impl IntoIterator<Item = Step<()>>,
    prefix: &str,
    authentication: &Authentication,
) -> axum::Router {
    let steps: Vec<Step<()>> = steps.into_iter().collect();
    let own = named(&steps).cloned();
    let own = own.map(|resource| authentication.clone().protected_resource(resource));
    let authentication = own.as_ref().unwrap_or(authentication);
    steps
        .into_iter()
        .fold(axum::Router::new(), |router, step| match step {
            Step::Route { path, methods } => {
                let route = nested(prefix, &path);
                router.route(&path, methods.build(authentication, &route))
            }
            Step::NestService { path, endpoint } => {
                let below = nested(prefix, &path);
                let route = format!("{}/{{*rest}}", below.trim_end_matches('/'));
                router.nest_service(&path, endpoint.build(authentication, &route))
            }
            Step::Nest {
                path,
                router: inner,
            } => {
                let prefix = nested(prefix, &path);
                router.nest(&path, replay(inner.into_steps(), &prefix, authentication))
            }
            Step::Merge { router: inner } => {
                router.merge(replay(inner.into_steps(), prefix, authentication))
            }
            Step::Fallback { endpoint } => {
                router.fallback_service(endpoint.build(authentication, FALLBACK))
            }
            Step::Layer(layer) => layer(router),
            Step::AccessMap(_) | Step::Metadata(_) => router,
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
            Self::AccessMap(map) => Step::AccessMap(map),
            Self::Metadata(metadata) => Step::Metadata(metadata),
        }
    }
}
