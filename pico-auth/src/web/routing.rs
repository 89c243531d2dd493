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

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::IntoResponse;
use axum::routing::Route;
use tower_layer::Layer;
use tower_service::Service;

pub use axum::routing::MethodFilter;

use super::endpoint::Endpoint;
use super::gate::Gate;
use super::handler::Gated;
pub use super::handler::{Guarded, SecuredHandler};

/// The methods of one path, each with its access rule. Methods without a handler are answered 405 to
/// callers with a valid token, and 401 to others.
#[must_use]
pub struct MethodRouter<S = ()> {
    pub(super) endpoints: Vec<Endpoint<S>>,
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
    MethodRouter {
        endpoints: Vec::new(),
    }
    .on(filter, handler)
}

/// Routes requests of every method.
pub fn any<H, T, A, S>(handler: H) -> MethodRouter<S>
where
    H: SecuredHandler<A> + Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    MethodRouter {
        endpoints: vec![every_method(handler)],
    }
}

/// An endpoint for every method.
pub(super) fn every_method<H, T, A, S>(handler: H) -> Endpoint<S>
where
    H: SecuredHandler<A> + Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    Endpoint::new(handler.rule(), |gate| {
        gated(gate, handler, axum::routing::any, axum::routing::any)
    })
}

/// Hands the handler to axum, behind its gate if the gate does not stand around its layers.
fn gated<H, S>(
    gate: Option<Arc<Gate>>,
    handler: H,
    with_gate: impl FnOnce(Gated<H>) -> axum::routing::MethodRouter<S>,
    without_gate: impl FnOnce(H) -> axum::routing::MethodRouter<S>,
) -> axum::routing::MethodRouter<S> {
    match gate {
        Some(gate) => with_gate(Gated { handler, gate }),
        None => without_gate(handler),
    }
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
        self.endpoints
            .push(Endpoint::new(handler.rule(), move |gate| {
                let on = axum::routing::on;
                gated(
                    gate,
                    handler,
                    |gated| on(filter, gated),
                    |handler| axum::routing::on(filter, handler),
                )
            }));
        self
    }

    /// Adds the methods of another router for the same path.
    pub fn merge(mut self, other: Self) -> Self {
        self.endpoints.extend(other.endpoints);
        self
    }

    /// Adds a layer outside the gate to the methods so far: it sees refused requests, too.
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        for endpoint in &mut self.endpoints {
            endpoint.layer_outside(layer.clone());
        }
        self
    }

    /// Adds a layer inside the gate to the methods so far: it runs only for admitted callers and sees
    /// the [`SecurityContext`](crate::SecurityContext).
    pub fn route_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
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
        }
    }
}
