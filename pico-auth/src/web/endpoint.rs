//! One endpoint while the application is being built: what it runs, its rules, its layers.
//!
//! The gate goes between two kinds of layers, and who authenticates is known only at the end. So an
//! endpoint is a recipe: given the gate, it makes the axum router of its methods.

use std::convert::Infallible;
use std::panic::Location;
use std::sync::Arc;

use axum::routing::{MethodRouter, any_service};

use super::authentication::Authentication;
use super::bounds::{RouteLayer, RouteService};
use super::gate::Gate;
use super::layer::GateLayer;
use crate::policy::Policy;
use crate::rule::Rule;

type Recipe<S> = Box<dyn FnOnce(Option<Arc<Gate>>) -> MethodRouter<S> + Send>;
type Outer = Box<dyn FnOnce(MethodRouter) -> MethodRouter + Send>;

pub(super) struct Endpoint<S> {
    rule: Rule,
    /// Rules that `require` added.
    required: Vec<Policy>,
    /// Makes the methods, behind the gate if it is given one.
    recipe: Recipe<S>,
    /// Layers outside the gate.
    outer: Vec<Outer>,
}

impl<S: Clone + Send + Sync + 'static> Endpoint<S> {
    pub(super) fn new(
        rule: Rule,
        recipe: impl FnOnce(Option<Arc<Gate>>) -> MethodRouter<S> + Send + 'static,
    ) -> Self {
        Self {
            rule,
            required: Vec::new(),
            recipe: Box::new(recipe),
            outer: Vec::new(),
        }
    }

    /// An endpoint of every method for a service without a function.
    #[track_caller]
    pub(super) fn of_service<T: RouteService>(service: T, policy: Policy) -> Self {
        let place = Location::caller();
        let name = std::any::type_name::<T>();
        let rule = Rule::new(policy, "", name, place.file(), place.line());
        Self::new(rule, |gate| {
            let methods = any_service(service);
            match gate {
                Some(gate) => methods.layer::<_, Infallible>(GateLayer::new(gate)),
                None => methods,
            }
        })
    }

    /// What answers the methods that a path does not have: 405, to callers with a valid token.
    pub(super) fn not_allowed() -> Self {
        let rule = Rule::new(
            Policy::Authenticated,
            module_path!(),
            "not_allowed",
            file!(),
            line!(),
        );
        Self::new(rule, |gate| {
            let none = MethodRouter::new();
            match gate {
                // axum's own 405 stays the default, so that routers of one path can be merged.
                Some(gate) => none.layer::<_, Infallible>(GateLayer::new(gate)),
                None => none,
            }
        })
    }

    /// Adds a rule that must hold, too.
    pub(super) fn require(&mut self, policy: Policy) {
        self.required.push(policy);
    }

    /// Adds a layer inside the gate: the gate moves from the handler to around the layer.
    pub(super) fn layer_inside(&mut self, layer: impl RouteLayer) {
        let unused: Recipe<S> = Box::new(|_| MethodRouter::new());
        let inner = std::mem::replace(&mut self.recipe, unused);
        self.recipe = Box::new(move |gate| {
            let layered = inner(None).layer::<_, Infallible>(layer);
            match gate {
                Some(gate) => layered.layer::<_, Infallible>(GateLayer::new(gate)),
                None => layered,
            }
        });
    }

    /// Adds a layer outside the gate.
    pub(super) fn layer_outside(&mut self, layer: impl RouteLayer) {
        self.outer.push(Box::new(move |methods| {
            methods.layer::<_, Infallible>(layer)
        }));
    }

    pub(super) fn has_layers(&self) -> bool {
        !self.outer.is_empty()
    }

    pub(super) fn with_state<S2: 'static>(self, state: S) -> Endpoint<S2> {
        let recipe = self.recipe;
        Endpoint {
            rule: self.rule,
            required: self.required,
            recipe: Box::new(move |gate| recipe(gate).with_state(state)),
            outer: self.outer,
        }
    }
}

impl Endpoint<()> {
    /// The axum router of this endpoint's methods.
    pub(super) fn build(self, authentication: &Authentication) -> MethodRouter {
        let gate = Gate::of_function(authentication.clone(), &self.rule, self.required);
        let methods = (self.recipe)(Some(Arc::new(gate)));
        self.outer
            .into_iter()
            .fold(methods, |methods, layer| layer(methods))
    }
}
