//! [`SecureRouter`]: an axum router in which every route is decided.

use axum::handler::Handler;
use http::StatusCode;

use super::access;
use super::authentication::Authentication;
use super::bounds::{RouteLayer, RouteService};
use super::endpoint::Endpoint;
use super::handler::{PolicyWithReason, SecuredHandler};
use super::map_routes;
use super::protected_resource::metadata_routes;
use super::routing::{MethodRouter, every_method};
use super::secured::SecuredService;
use super::steps::{Step, replay};
use crate::access_map::AccessMap;
use crate::policy::Policy;

/// A router that accepts only endpoints with an access rule and serves only once it knows who
/// authenticates.
///
/// It is built as an axum `Router`, with [`routing`](crate::routing) in place of axum's, and finished
/// with [`secured_by`](Self::secured_by). How a request flows:
///
/// 1. Layers added with [`layer`](Self::layer) run first, for refused requests, too (CORS, tracing,
///    time-outs).
/// 2. The matched endpoint, or the fallback, authenticates the caller: 401, 503. An
///    `#[allow_anonymous]` endpoint never looks at the token.
/// 3. Its rule, and those of [`require`](Self::require), are checked: 401, 403.
/// 4. Layers added with [`route_layer`](Self::route_layer) run, inside the
///    [`SecurityContext`](crate::SecurityContext).
/// 5. The extractors and the handler run.
///
/// A path that matches nothing, and a method that a path does not have, are answered 404 and 405 to
/// callers with a valid token and 401 to all others.
///
/// Without an authenticator there is nothing to serve:
///
/// ```compile_fail,E0277
/// # async fn example(listener: tokio::net::TcpListener) {
/// let router = pico_auth::SecureRouter::new();
/// axum::serve(listener, router); // `router.secured_by(authenticator)` would do
/// # }
/// ```
#[must_use = "a router does nothing until `secured_by` makes it a service"]
pub struct SecureRouter<S = ()> {
    steps: Vec<Step<S>>,
}

impl<S: Clone + Send + Sync + 'static> Default for SecureRouter<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> SecureRouter<S> {
    /// A router without routes.
    pub fn new() -> Self {
        Self { steps: Vec::new() }
    }

    /// Adds a path, as `axum::Router::route`. Paths and methods that overlap make
    /// [`secured_by`](Self::secured_by) panic, as axum does.
    pub fn route(mut self, path: &str, methods: MethodRouter<S>) -> Self {
        self.steps.push(Step::Route {
            path: path.to_owned(),
            methods,
        });
        self
    }

    /// Adds a service without a function, such as `ServeFile`, for every method of a path. Its policy
    /// must be named.
    #[track_caller]
    pub fn route_service(
        mut self,
        path: &str,
        service: impl RouteService,
        policy: impl Into<PolicyWithReason>,
    ) -> Self {
        let methods = MethodRouter::of(vec![Endpoint::of_service(service, policy)]);
        self.steps.push(Step::Route {
            path: path.to_owned(),
            methods,
        });
        self
    }

    /// Adds a service without a function, such as `ServeDir`, for everything below a path. Its policy
    /// must be named.
    #[track_caller]
    pub fn nest_service(
        mut self,
        path: &str,
        service: impl RouteService,
        policy: impl Into<PolicyWithReason>,
    ) -> Self {
        let endpoint = Endpoint::of_service(service, policy);
        self.steps.push(Step::NestService {
            path: path.to_owned(),
            endpoint,
        });
        self
    }

    /// Adds the routes of another router below a path.
    ///
    /// # Panics
    ///
    /// If that router has a fallback: an application has one, on its outermost router.
    #[track_caller]
    pub fn nest(mut self, path: &str, router: Self) -> Self {
        router.assert_no_fallback("nest");
        self.steps.push(Step::Nest {
            path: path.to_owned(),
            router,
        });
        self
    }

    /// Adds the routes of another router.
    ///
    /// # Panics
    ///
    /// If that router has a fallback: an application has one, on its outermost router.
    #[track_caller]
    pub fn merge(mut self, router: Self) -> Self {
        router.assert_no_fallback("merge");
        self.steps.push(Step::Merge { router });
        self
    }

    /// Answers the paths that match no route. Without one they are answered 404, after
    /// authentication.
    pub fn fallback<H, T, A>(mut self, handler: H) -> Self
    where
        H: SecuredHandler<A> + Handler<T, S>,
        T: 'static,
    {
        self.steps.push(Step::Fallback {
            endpoint: every_method(handler),
        });
        self
    }

    /// Answers the paths that match no route with a service, such as `ServeDir`. Its policy must be
    /// named.
    #[track_caller]
    pub fn fallback_service(
        mut self,
        service: impl RouteService,
        policy: impl Into<PolicyWithReason>,
    ) -> Self {
        self.steps.push(Step::Fallback {
            endpoint: Endpoint::of_service(service, policy),
        });
        self
    }

    /// Adds a layer around the routes so far and the fallback, **outside** authentication: it sees
    /// every request, refused ones too. For CORS, tracing, time-outs.
    pub fn layer(mut self, layer: impl RouteLayer) -> Self {
        self.steps
            .push(Step::Layer(Box::new(move |router| router.layer(layer))));
        self
    }

    /// Adds a layer to the routes so far, **inside** authentication: it runs only for admitted
    /// callers, before the extractors, and sees the [`SecurityContext`](crate::SecurityContext).
    ///
    /// Where a rule depends on the request (`when(..)` of `#[authorize]`), callers are admitted so far
    /// for whom it is undecided: a layer that answers by itself, such as a cache, would answer them.
    ///
    /// # Panics
    ///
    /// If there is no route yet: it would do nothing.
    #[track_caller]
    pub fn route_layer(mut self, layer: impl RouteLayer) -> Self {
        let routes = self.for_each_route(&mut |endpoint| endpoint.layer_inside(layer.clone()));
        assert!(
            routes > 0,
            "route_layer before any route does nothing: add the routes first"
        );
        self
    }

    /// Adds a rule to all routes so far, nested and merged ones, too. It must hold beside their own,
    /// so `#[allow_anonymous]` below it no longer admits everybody. The fallback is no route: it keeps
    /// its own rule, and so do routes that are added later.
    ///
    /// # Panics
    ///
    /// If there is no route yet: it would protect nothing.
    #[track_caller]
    pub fn require(mut self, policy: Policy) -> Self {
        let routes = self.for_each_route(&mut |endpoint| endpoint.require(policy));
        assert!(
            routes > 0,
            "require before any route protects nothing: add the routes first"
        );
        self
    }

    /// Who may call what: every route with its rule. It can be made at any time and knows the routes so far;
    /// of the authenticator, and so of the role hierarchy, it knows nothing
    /// ([`AccessMap::with_role_hierarchy`]).
    pub fn access_map(&self) -> AccessMap {
        access::map(self)
    }

    /// Provides the state of the handlers.
    pub fn with_state<S2: Clone + Send + Sync + 'static>(self, state: S) -> SecureRouter<S2> {
        let steps = self
            .steps
            .into_iter()
            .map(|step| step.with_state(&state))
            .collect();
        SecureRouter { steps }
    }

    /// Visits every endpoint of a route, nested and merged ones too, and counts them.
    fn for_each_route(&mut self, visit: &mut dyn FnMut(&mut Endpoint<S>)) -> usize {
        let mut routes = 0;
        for step in &mut self.steps {
            match step {
                Step::Route { methods, .. } => {
                    routes += methods.endpoints_mut().len();
                    methods.endpoints_mut().iter_mut().for_each(&mut *visit);
                }
                Step::NestService { endpoint, .. } => {
                    routes += 1;
                    visit(endpoint);
                }
                Step::Nest { router, .. } | Step::Merge { router } => {
                    routes += router.for_each_route(visit);
                }
                Step::Fallback { .. } | Step::Layer(_) | Step::AccessMap(_) | Step::Metadata(_) => {
                }
            }
        }
        routes
    }

    pub(super) fn with_step(mut self, step: Step<S>) -> Self {
        self.steps.push(step);
        self
    }

    pub(super) fn steps(&self) -> &[Step<S>] {
        &self.steps
    }

    pub(super) fn into_steps(self) -> Vec<Step<S>> {
        self.steps
    }

    #[track_caller]
    fn assert_no_fallback(&self, operation: &str) {
        let fallback = self
            .steps
            .iter()
            .any(|step| matches!(step, Step::Fallback { .. }));
        assert!(
            !fallback,
            "cannot {operation} a router that has a fallback: set the fallback on the outermost router"
        );
    }
}

impl SecureRouter {
    /// Finishes the application: from here on `authenticator` identifies its callers.
    ///
    /// # Panics
    ///
    /// If routes overlap or a path is not a valid path, with axum's message. If two different documents of
    /// [`protected_resource_metadata`](Self::protected_resource_metadata) would be at one path.
    #[track_caller]
    pub fn secured_by(self, authentication: impl Into<Authentication>) -> SecuredService {
        let authentication = authentication.into();
        map_routes::fill(&self, &authentication);
        let not_found = Policy::Authenticated.guard(|| async { StatusCode::NOT_FOUND });
        let default_fallback = Step::Fallback {
            endpoint: every_method(not_found),
        };
        let metadata = metadata_routes(&self.steps);
        let steps = std::iter::once(default_fallback)
            .chain(metadata)
            .chain(self.steps);
        let router = replay(steps, "", &authentication);
        // axum makes its services from handlers here once, not on each request.
        SecuredService::new(router.with_state(()))
    }
}
