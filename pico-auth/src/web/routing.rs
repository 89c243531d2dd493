//! Routing that accepts only handlers with an access rule, and checks the rule before any extractor
//! runs. The functions are named and chained as in [`axum::routing`].
//!
//! ```
//! use pico_auth::{AuthClientError, SecureRouter, allow_anonymous, requires_role, routing::get};
//!
//! #[allow_anonymous]
//! async fn list() -> &'static str {
//!     "everybody sees this"
//! }
//!
//! #[requires_role("editor")]
//! async fn create() -> Result<&'static str, AuthClientError> {
//!     Ok("created")
//! }
//!
//! let router: SecureRouter = SecureRouter::new().route("/articles", get(list).post(create));
//! ```
//!
//! A handler without a rule does not compile:
//!
//! ```compile_fail,E0277
//! async fn undecided() {}
//!
//! let methods: pico_auth::routing::MethodRouter = pico_auth::routing::get(undecided);
//! ```

use axum::handler::Handler;

pub use axum::routing::MethodFilter;

use super::authentication::Authentication;
use super::bounds::RouteLayer;
use super::endpoint::{Endpoint, Methods};
use super::handler::Gated;
pub use super::handler::{Guarded, SecuredHandler};

/// The methods of one path, each with its access rule. Methods without a handler are answered 405 to
/// callers with a valid token, and 401 to others.
#[must_use]
pub struct MethodRouter<S = ()> {
    endpoints: Vec<Endpoint<S>>,
    not_allowed: Endpoint<S>,
}

macro_rules! method_functions {
    ($($(#[$doc:meta])* $name:ident $filter:ident)+) => {
        $(
            $(#[$doc])*
            pub fn $name<H, T, A, S>(handler: H) -> MethodRouter<S>
            where
                H: SecuredHandler<A> + Handler<T, S>,
                T: 'static,
                S: Clone + Send + Sync + 'static,
            {
                on(MethodFilter::$filter, handler)
            }
        )+

        impl<S: Clone + Send + Sync + 'static> MethodRouter<S> {
            $(
                $(#[$doc])*
                ///
                /// [`SecureRouter::secured_by`](crate::SecureRouter::secured_by) panics, if the path
                /// has a handler for the method already.
                pub fn $name<H, T, A>(self, handler: H) -> Self
                where
                    H: SecuredHandler<A> + Handler<T, S>,
                    T: 'static,
                {
                    self.on(MethodFilter::$filter, handler)
                }
            )+
        }
    };
}

method_functions! {
    /// Routes `GET` requests, and `HEAD` requests where they have no handler of their own.
    get GET
    /// Routes `POST` requests.
    post POST
    /// Routes `PUT` requests.
    put PUT
    /// Routes `PATCH` requests.
    patch PATCH
    /// Routes `DELETE` requests.
    delete DELETE
    /// Routes `HEAD` requests.
    head HEAD
    /// Routes `OPTIONS` requests.
    options OPTIONS
    /// Routes `TRACE` requests.
    trace TRACE
    /// Routes `CONNECT` requests.
    connect CONNECT
}

/// Routes the requests whose method the filter matches.
pub fn on<H, T, A, S>(filter: MethodFilter, handler: H) -> MethodRouter<S>
where
    H: SecuredHandler<A> + Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::of(Vec::new()).on(filter, handler)
}

/// Routes requests of every method.
pub fn any<H, T, A, S>(handler: H) -> MethodRouter<S>
where
    H: SecuredHandler<A> + Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter::of(vec![every_method(handler)])
}

/// An endpoint for every method.
pub(super) fn every_method<H, T, A, S>(handler: H) -> Endpoint<S>
where
    H: SecuredHandler<A> + Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    Endpoint::new(handler.rule(), Methods::Every, |gate| match gate {
        Some(gate) => axum::routing::any(Gated { handler, gate }),
        None => axum::routing::any(handler),
    })
}

impl<S: Clone + Send + Sync + 'static> MethodRouter<S> {
    /// Routes the requests whose method the filter matches.
    ///
    /// [`SecureRouter::secured_by`](crate::SecureRouter::secured_by) panics, if the path has a handler
    /// for one of the methods already.
    pub fn on<H, T, A>(mut self, filter: MethodFilter, handler: H) -> Self
    where
        H: SecuredHandler<A> + Handler<T, S>,
        T: 'static,
    {
        let endpoint = Endpoint::new(
            handler.rule(),
            Methods::Some(filter),
            move |gate| match gate {
                Some(gate) => axum::routing::on(filter, Gated { handler, gate }),
                None => axum::routing::on(filter, handler),
            },
        );
        self.endpoints.push(endpoint);
        self
    }

    /// The methods of one path, made elsewhere.
    pub(super) fn of(endpoints: Vec<Endpoint<S>>) -> Self {
        Self {
            endpoints,
            not_allowed: Endpoint::not_allowed(),
        }
    }

    /// The endpoints, without the answer to other methods.
    pub(super) fn endpoints(&self) -> &[Endpoint<S>] {
        &self.endpoints
    }

    /// Visits the endpoints, without the answer to other methods.
    pub(super) fn endpoints_mut(&mut self) -> &mut [Endpoint<S>] {
        &mut self.endpoints
    }

    /// Adds the methods of another router for the same path. Each method keeps its layers. Those of the
    /// answer to other methods are, as in axum, the other router's, where it has any.
    pub fn merge(mut self, other: Self) -> Self {
        self.endpoints.extend(other.endpoints);
        if other.not_allowed.has_layers() {
            self.not_allowed = other.not_allowed;
        }
        self
    }

    /// Adds a layer outside the gate to the methods so far, and to the answer to other methods: it sees
    /// refused requests, too.
    pub fn layer(mut self, layer: impl RouteLayer) -> Self {
        for endpoint in &mut self.endpoints {
            endpoint.layer_outside(layer.clone());
        }
        self.not_allowed.layer_outside(layer);
        self
    }

    /// Adds a layer inside the gate to the methods so far: it runs only for admitted callers and sees
    /// the [`SecurityContext`](crate::SecurityContext).
    pub fn route_layer(mut self, layer: impl RouteLayer) -> Self {
        for endpoint in &mut self.endpoints {
            endpoint.layer_inside(layer.clone());
        }
        self
    }

    /// Provides the state of the handlers.
    pub fn with_state<S2: Clone + Send + Sync + 'static>(self, state: S) -> MethodRouter<S2> {
        let endpoints = self.endpoints.into_iter();
        MethodRouter {
            endpoints: endpoints.map(|e| e.with_state(state.clone())).collect(),
            not_allowed: self.not_allowed.with_state(state),
        }
    }
}

impl MethodRouter {
    /// The axum router of this path.
    pub(super) fn build(
        self,
        authentication: &Authentication,
        route: &str,
    ) -> axum::routing::MethodRouter {
        let methods = self
            .endpoints
            .into_iter()
            .fold(axum::routing::MethodRouter::new(), |methods, endpoint| {
                methods.merge(endpoint.build(authentication, route))
            });
        methods.merge(self.not_allowed.build(authentication, route))
    }
}
