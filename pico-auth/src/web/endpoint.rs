//! One endpoint while the application is being built: what it runs, its rules, its layers.
//!
//! The gate goes between two kinds of layers, and who authenticates is known only at the end. So an
//! endpoint is a recipe: given the gate, it makes the axum router of its methods.

use std::convert::Infallible;
use std::panic::Location;
use std::sync::Arc;

use axum::routing::{MethodFilter, MethodRouter, any_service};

use super::authentication::Authentication;
use super::bounds::{RouteLayer, RouteService};
use super::gate::Gate;
use super::handler::PolicyWithReason;
use super::layer::GateLayer;
use crate::policy::Policy;
use crate::rule::Rule;

type Recipe<S> = Box<dyn FnOnce(Option<Arc<Gate>>) -> MethodRouter<S> + Send>;
type Outer = Box<dyn FnOnce(MethodRouter) -> MethodRouter + Send>;

/// The methods that an endpoint answers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Methods {
    Every,
    Some(MethodFilter),
}

pub(super) struct Endpoint<S> {
    rule: Rule,
    methods: Methods,
    /// Rules that `require` added.
    required: Vec<Policy>,
    /// Makes the methods, behind the gate if it is given one.
    recipe: Recipe<S>,
    /// Layers outside the gate.
    outer: Vec<Outer>,
}

impl<S> Endpoint<S> {
    pub(super) const fn rule(&self) -> &Rule {
        &self.rule
    }

    pub(super) const fn methods(&self) -> Methods {
        self.methods
    }

    /// The rules that must hold beside its own.
    pub(super) fn required(&self) -> &[Policy] {
        &self.required
    }
}

impl<S: Clone + Send + Sync + 'static> Endpoint<S> {
    pub(super) fn new(
        rule: Rule,
        methods: Methods,
        recipe: impl FnOnce(Option<Arc<Gate>>) -> MethodRouter<S> + Send + 'static,
    ) -> Self {
        Self {
            rule,
            methods,
            required: Vec::new(),
            recipe: Box::new(recipe),
            outer: Vec::new(),
        }
    }

    /// An endpoint of every method for a service without a function.
    #[track_caller]
    pub(super) fn of_service<T: RouteService>(
        service: T,
        policy: impl Into<PolicyWithReason>,
    ) -> Self {
        let name = std::any::type_name::<T>();
        let rule = policy.into().rule("", name, Location::caller());
        Self::new(rule, Methods::Every, |gate| {
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
        Self::new(rule, Methods::Every, |gate| {
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
            methods: self.methods,
            required: self.required,
            recipe: Box::new(move |gate| recipe(gate).with_state(state)),
            outer: self.outer,
        }
    }
}

impl Endpoint<()> {
    /// The axum router of this endpoint's methods, at this path.
    pub(super) fn build(self, authentication: &Authentication, route: &str) -> MethodRouter {
        let gate = Gate::new(
            authentication.clone(),
            self.rule,
            self.required,
            Some(route),
        );
        let methods = (self.recipe)(Some(Arc::new(gate)));
        self.outer
            .into_iter()
            .fold(methods, |methods, layer| layer(methods))
    }
}
