//! Random routers, and what was put into them.

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use pico_auth::routing::{MethodFilter, MethodRouter};
use pico_auth::{Policy, SecureRouter};
use tower::layer::util::Identity;

use super::handlers::Answering;
use super::paths::{EVERY, Paths, joined, random_path};
use super::pool::{ANNOTATED, Ask, How, METHODS, Place, Which, add_any};
use super::rule::{Generator, Indices, Tree, decided_by_nobody, requirement};

/// One endpoint, as it was put into the router.
#[derive(Debug)]
pub(crate) struct Record {
    /// In full; a nested service has several. Empty for the fallback.
    pub(crate) paths: Vec<String>,
    /// As of [`Paths`].
    pub(crate) methods: u16,
    /// The name of the handler, if it has one.
    pub(crate) name: Option<String>,
    /// All must hold.
    pub(crate) asks: Vec<Ask>,
}

impl Record {
    pub(crate) fn answers(&self, path: &str, method: &str) -> bool {
        let position = METHODS.iter().position(|(name, _)| *name == method);
        let bit = position.map_or(EVERY, |position| 1 << position);
        self.paths.iter().any(|own| own == path) && self.methods & bit != 0
    }
}

pub(crate) struct Builder {
    pub(crate) generator: Generator,
    pub(crate) records: Vec<Record>,
    paths: Paths,
}

impl Builder {
    pub(crate) fn new(seed: u64) -> Self {
        let mut generator = Generator::new(seed, Indices::Own);
        generator.has_strengths = true;
        Self {
            generator,
            records: Vec::new(),
            paths: Paths::default(),
        }
    }

    fn below(&mut self, end: usize) -> usize {
        self.generator.random.below(end)
    }

    fn one_in(&mut self, end: usize) -> bool {
        self.generator.random.one_in(end)
    }

    /// The whole application.
    pub(crate) fn application(&mut self) -> SecureRouter {
        let router = self.router("", 0);
        let id = self.records.len();
        match self.below(4) {
            0 => router,
            1 => {
                let (policy, ask) = self.policy(false);
                self.record(Vec::new(), u16::MAX, Some(service_name::<2>()), ask);
                router.fallback_service(Answering::<2> { id }, *policy)
            }
            _ => {
                let (which, policy) = self.handler(Vec::new(), u16::MAX);
                add_any(
                    Place::Router(router),
                    How::Fallback,
                    false,
                    which,
                    (policy, id),
                )
                .router()
            }
        }
    }

    fn router(&mut self, prefix: &str, depth: usize) -> SecureRouter {
        let first = self.records.len();
        let mut router = SecureRouter::new();
        for _ in 0..2 + self.below(6) {
            let has_routes = self.records.len() > first;
            router = match self.below(16) {
                0..=6 => self.route(router, prefix),
                7 => self.service(router, prefix),
                8 => self.nested_service(router, prefix),
                9 | 10 if depth < 3 => {
                    let path = random_path(&mut self.generator.random, true);
                    let inner = self.router(&joined(prefix, &path), depth + 1);
                    router.nest(&path, inner)
                }
                11 if depth < 3 => router.merge(self.router(prefix, depth + 1)),
                12 if has_routes => {
                    let (policy, ask) = self.policy(false);
                    for record in &mut self.records[first..] {
                        record.asks.push(ask.clone());
                    }
                    router.require(*policy)
                }
                13 if has_routes => {
                    router.route_layer(from_fn(|request: Request, next: Next| next.run(request)))
                }
                14 => router.layer(Identity::new()),
                _ => router,
            };
        }
        router
    }

    /// Some methods of one path.
    fn route(&mut self, router: SecureRouter, prefix: &str) -> SecureRouter {
        let path = random_path(&mut self.generator.random, false);
        let full = joined(prefix, &path);
        let mut place = Place::Path(None);
        let mut added = false;
        for _ in 0..=self.below(4) {
            let (how, wanted) = self.methods();
            // `on` takes several methods together.
            let exact = self.paths.take(&full, wanted, false);
            let how = match how {
                _ if exact == 0 => continue,
                How::On(_) => How::On(filter(exact)),
                how => how,
            };
            let id = self.records.len();
            let (which, policy) = self.handler(vec![full.clone()], exact);
            place = add_any(place, how, self.one_in(3), which, (policy, id));
            added = true;
            if self.one_in(6) {
                place = Place::Path(Some(self.layered(place.path())));
            }
        }
        if added {
            router.route(&path, place.path())
        } else {
            router
        }
    }

    fn methods(&mut self) -> (How, u16) {
        match self.below(8) {
            0 => (How::Any, EVERY),
            1 | 2 => {
                let bits = (0..3).fold(0, |bits, _| bits | 1 << self.below(METHODS.len()));
                (How::On(filter(bits)), bits)
            }
            _ => {
                let which = if self.one_in(2) {
                    0
                } else {
                    self.below(METHODS.len())
                };
                (How::Function(which), 1 << which)
            }
        }
    }

    fn layered(&mut self, methods: MethodRouter) -> MethodRouter {
        if self.one_in(2) {
            methods.layer(Identity::new())
        } else {
            methods.route_layer(Identity::new())
        }
    }

    fn service(&mut self, router: SecureRouter, prefix: &str) -> SecureRouter {
        let path = random_path(&mut self.generator.random, false);
        let full = joined(prefix, &path);
        if self.paths.take(&full, EVERY, false) == 0 {
            return router;
        }
        let id = self.records.len();
        let (policy, ask) = self.policy(false);
        self.record(vec![full], EVERY, Some(service_name::<0>()), ask);
        router.route_service(&path, Answering::<0> { id }, *policy)
    }

    fn nested_service(&mut self, router: SecureRouter, prefix: &str) -> SecureRouter {
        let path = random_path(&mut self.generator.random, true);
        let full = joined(prefix, &path);
        // As the documentation of axum says: the path itself, with a slash, and everything below.
        let mut all = vec![full.clone()];
        if full.ends_with('/') {
            all.push(format!("{full}{{*rest}}"));
        } else {
            all.push(format!("{full}/"));
            all.push(format!("{full}/{{*rest}}"));
        }
        let mut paths = self.paths.clone();
        if all.iter().any(|path| paths.take(path, u16::MAX, true) == 0) {
            return router;
        }
        self.paths = paths;
        let id = self.records.len();
        let (policy, ask) = self.policy(false);
        self.record(all, u16::MAX, Some(service_name::<1>()), ask);
        router.nest_service(&path, Answering::<1> { id }, policy.because("files"))
    }

    /// A random handler, recorded, and the policy for it.
    fn handler(&mut self, paths: Vec<String>, methods: u16) -> (Which, &'static Policy) {
        let which = match self.below(12) {
            0..=2 => Which::Plain(self.below(3)),
            3 => Which::Closure,
            4 => Which::ClosureWithReason,
            5 | 6 => Which::Ruled,
            7 => Which::ClosureOfViewer,
            8 => Which::LayeredScope,
            _ => Which::Annotated(self.below(ANNOTATED.len())),
        };
        let (policy, given) = self.policy(matches!(which, Which::Ruled));
        let (name, own) = which.known();
        let name = name.map(str::to_owned);
        self.record(paths, methods, name, own.unwrap_or(given));
        (which, policy)
    }

    fn record(&mut self, paths: Vec<String>, methods: u16, name: Option<String>, ask: Ask) {
        self.records.push(Record {
            paths,
            methods,
            name,
            asks: vec![ask],
        });
    }

    /// A random policy, whose conditions the function decides or nobody.
    fn policy(&mut self, decides: bool) -> (&'static Policy, Ask) {
        let (policy, ask) = match self.below(10) {
            0 => (Policy::AllowAnonymous, Ask::Nothing),
            1 => (Policy::OptionalAuthentication, Ask::NothingButNoBadToken),
            2 | 3 => (Policy::Authenticated, Ask::Token),
            _ => {
                self.generator.conditions = 0;
                let depth = self.below(4);
                let mut tree = self.generator.tree(depth, false);
                let mut model = tree.clone();
                if self.one_in(6) {
                    // Nobody decides the conditions of a named policy, wherever it stands.
                    let named = |tree| Tree::Policy(Box::new(tree));
                    let condition = Tree::When(0);
                    model = Tree::Any(vec![model, named(decided_by_nobody(&condition))]);
                    tree = Tree::Any(vec![tree, named(condition)]);
                }
                let policy = Policy::require(requirement(&tree));
                let tree = if decides {
                    model
                } else {
                    decided_by_nobody(&model)
                };
                (policy, Ask::Requirement(tree))
            }
        };
        (Box::leak(Box::new(policy)), ask)
    }
}

fn service_name<const TYPE: usize>() -> String {
    std::any::type_name::<Answering<TYPE>>().to_owned()
}

fn filter(bits: u16) -> MethodFilter {
    let chosen = METHODS
        .iter()
        .enumerate()
        .filter(|(i, _)| bits & 1 << i != 0);
    let filters = chosen.map(|(_, (_, filter))| *filter);
    filters.reduce(MethodFilter::or).unwrap()
}
