//! Functions with rules and without, and how they get into a router.

use axum::handler::Handler;
use axum::response::Response;
use pico_auth::routing::{
    MethodFilter, MethodRouter, SecuredHandler, any, connect, delete, get, head, on, options,
    patch, post, put, trace,
};
use pico_auth::{
    Policy, SecureRouter, allow_anonymous, authenticated, authorize, optional_authentication,
    requires_agent_scope, requires_authentication, requires_group, requires_role, requires_scope,
};
use tower::layer::util::Identity;

use super::caller::AppRole;
use super::handlers::{At, Ruled};
use super::rule::{Tree, What, has_strength};

/// How a handler gets to its methods.
#[derive(Debug, Clone, Copy)]
pub(crate) enum How {
    /// `get(handler)`, `post(handler)`, by its place in [`METHODS`].
    Function(usize),
    On(MethodFilter),
    Any,
    Fallback,
}

pub(crate) const METHODS: [(&str, MethodFilter); 9] = [
    ("GET", MethodFilter::GET),
    ("HEAD", MethodFilter::HEAD),
    ("POST", MethodFilter::POST),
    ("PUT", MethodFilter::PUT),
    ("PATCH", MethodFilter::PATCH),
    ("DELETE", MethodFilter::DELETE),
    ("OPTIONS", MethodFilter::OPTIONS),
    ("TRACE", MethodFilter::TRACE),
    ("CONNECT", MethodFilter::CONNECT),
];

/// Where a handler goes: after others of its path, or as the fallback.
pub(crate) enum Place {
    Path(Option<MethodRouter>),
    Router(SecureRouter),
}

impl Place {
    pub(crate) fn path(self) -> MethodRouter {
        match self {
            Self::Path(Some(methods)) => methods,
            _ => panic!("no methods were added"),
        }
    }

    pub(crate) fn router(self) -> SecureRouter {
        match self {
            Self::Router(router) => router,
            Self::Path(_) => panic!("not a router"),
        }
    }
}

/// Adds a handler, in a chain or by a merge.
fn add<H, T, A>(place: Place, how: How, merge: bool, handler: H) -> Place
where
    H: SecuredHandler<A> + Handler<T, ()>,
    T: 'static,
{
    let methods = match (place, how) {
        (Place::Router(router), _) => return Place::Router(router.fallback(handler)),
        (Place::Path(Some(methods)), How::Function(which)) if !merge => match which {
            0 => methods.get(handler),
            1 => methods.head(handler),
            2 => methods.post(handler),
            3 => methods.put(handler),
            4 => methods.patch(handler),
            5 => methods.delete(handler),
            6 => methods.options(handler),
            7 => methods.trace(handler),
            _ => methods.connect(handler),
        },
        (Place::Path(Some(methods)), How::On(filter)) if !merge => methods.on(filter, handler),
        (Place::Path(before), how) => {
            let alone = match how {
                How::Function(0) => get(handler),
                How::Function(1) => head(handler),
                How::Function(2) => post(handler),
                How::Function(3) => put(handler),
                How::Function(4) => patch(handler),
                How::Function(5) => delete(handler),
                How::Function(6) => options(handler),
                How::Function(7) => trace(handler),
                How::Function(_) => connect(handler),
                How::On(filter) => on(filter, handler),
                How::Any | How::Fallback => any(handler),
            };
            match before {
                Some(methods) => methods.merge(alone),
                None => alone,
            }
        }
    };
    Place::Path(Some(methods))
}

macro_rules! plain {
    ($($name:ident)*) => {
        $(async fn $name(at: At) -> Response {
            at.answer(concat!(module_path!(), "::", stringify!($name)))
        })*
    };
}

plain! { plain_0 plain_1 plain_2 }

/// Functions with rules, and the same rules in the words of the model.
macro_rules! annotated {
    ($($(#[$rule:meta])+ $name:ident($at:ident): $model:expr;)*) => {
        $(
            $(#[$rule])+
            async fn $name($at: At) -> Response {
                $at.answer(concat!(module_path!(), "::", stringify!($name)))
            }
        )*

        pub(crate) const ANNOTATED: &[(&str, fn() -> Ask)] =
            &[$((concat!(module_path!(), "::", stringify!($name)), || $model)),*];

        fn add_annotated(place: Place, how: How, merge: bool, which: usize) -> Place {
            let name = ANNOTATED[which].0;
            $(
                if name.ends_with(concat!("::", stringify!($name))) {
                    return add(place, how, merge, $name);
                }
            )*
            panic!("no such function")
        }
    };
}

/// What a rule asks for, in the words of the model.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    Nothing,
    NothingButNoBadToken,
    Token,
    Requirement(Tree),
}

impl Ask {
    pub(crate) fn has_strength(&self) -> bool {
        matches!(self, Self::Requirement(tree) if has_strength(tree))
    }
}

fn one_of(what: What, names: &[&'static str]) -> Tree {
    Tree::Names(what, false, names.to_vec())
}

fn all_of(what: What, names: &[&'static str]) -> Tree {
    Tree::Names(what, true, names.to_vec())
}

annotated! {
    #[allow_anonymous]
    open(at): Ask::Nothing;
    #[optional_authentication]
    optional(at): Ask::NothingButNoBadToken;
    #[authenticated]
    signed_in(at): Ask::Token;
    #[requires_role("viewer")]
    viewer(at): Ask::Requirement(one_of(What::Role, &["viewer"]));
    #[requires_role(AppRole::Owner, AppRole::Auditor)]
    typed(at): Ask::Requirement(one_of(What::Role, &["owner", "auditor"]));
    #[requires_group("staff", "Staff")]
    group(at): Ask::Requirement(one_of(What::Group, &["staff", "Staff"]));
    #[requires_scope("a:b")]
    scope(at): Ask::Requirement(one_of(What::Scope, &["a:b"]));
    #[requires_scope(all("a", "b"))]
    scopes(at): Ask::Requirement(all_of(What::Scope, &["a", "b"]));
    #[requires_agent_scope("a:b:c")]
    agent(at): Ask::Requirement(one_of(What::AgentScope, &["a:b:c"]));
    #[requires_authentication(acr = "mfa", max_age_seconds = 300)]
    stepped_up(at): Ask::Requirement(Tree::Strength(Some(vec!["mfa"]), Some(300)));
    #[requires_role("viewer")]
    #[requires_authentication(max_age_seconds = 3600)]
    recent_viewer(at): Ask::Requirement(Tree::All(vec![
        one_of(What::Role, &["viewer"]),
        Tree::Strength(None, Some(3600)),
    ]));
    #[requires_role("viewer")]
    #[requires_scope(any("b", "ab"))]
    stacked(at): Ask::Requirement(Tree::All(vec![
        one_of(What::Role, &["viewer"]),
        one_of(What::Scope, &["b", "ab"]),
    ]));
    #[authorize(any(role("admin"), when(at.bit(0))))]
    admin_or_when(at): Ask::Requirement(Tree::Any(vec![
        one_of(What::Role, &["admin"]),
        Tree::When(0),
    ]));
    #[authorize(when(at.bit(5)))]
    long_path(at): Ask::Requirement(Tree::When(5));
    #[authorize(all(not(when(at.bit(0))), any(role("viewer"), not(agent_scope("a")))))]
    not_when(at): Ask::Requirement(Tree::All(vec![
        Tree::Not(Box::new(Tree::When(0))),
        Tree::Any(vec![
            one_of(What::Role, &["viewer"]),
            Tree::Not(Box::new(one_of(What::AgentScope, &["a"]))),
        ]),
    ]));
    #[authorize(any(all(role("editor"), when(at.bit(1))), all(scope("a"), when(at.bit(2)))))]
    two_conditions(at): Ask::Requirement(Tree::Any(vec![
        Tree::All(vec![one_of(What::Role, &["editor"]), Tree::When(1)]),
        Tree::All(vec![one_of(What::Scope, &["a"]), Tree::When(2)]),
    ]));
    #[authorize(after = |_, answer: &Response| answer.headers()["x-three"] == "yes")]
    of_the_answer(at): Ask::Requirement(Tree::When(3));
    #[authorize(role("viewer"), after = |_, answer: &Response| answer.headers()["x-three"] == "no")]
    viewer_of_the_answer(at): Ask::Requirement(Tree::All(vec![
        one_of(What::Role, &["viewer"]),
        Tree::Not(Box::new(Tree::When(3))),
    ]));
}

/// A handler of this file: under a policy of its own, or under the given one.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which {
    Plain(usize),
    Closure,
    ClosureWithReason,
    Ruled,
    Annotated(usize),
    ClosureOfViewer,
    LayeredScope,
}

pub(crate) fn add_any(
    place: Place,
    how: How,
    merge: bool,
    which: Which,
    (policy, id): (&'static Policy, usize),
) -> Place {
    let closure = move |at: At| async move { at.answer_of("", id) };
    match which {
        Which::Plain(0) => add(place, how, merge, policy.guard(plain_0)),
        Which::Plain(1) => add(place, how, merge, policy.guard(plain_1)),
        Which::Plain(_) => add(
            place,
            how,
            merge,
            policy.guard(plain_2.layer(Identity::new())),
        ),
        Which::Closure => add(place, how, merge, policy.guard(closure)),
        Which::ClosureWithReason => {
            add(place, how, merge, policy.because("a reason").guard(closure))
        }
        Which::Ruled => {
            let decides = true;
            add(
                place,
                how,
                merge,
                Ruled {
                    id,
                    policy,
                    decides,
                },
            )
        }
        Which::Annotated(which) => add_annotated(place, how, merge, which),
        Which::ClosureOfViewer => add(place, how, merge, |at: At| viewer(at)),
        Which::LayeredScope => add(place, how, merge, scope.layer(Identity::new())),
    }
}

impl Which {
    /// Its name in the map, and its rule where it has its own.
    pub(crate) fn known(self) -> (Option<&'static str>, Option<Ask>) {
        let named = |name: &str| {
            let mut all = ANNOTATED.iter();
            let (name, ask) = all.find(|(other, _)| other.ends_with(name)).unwrap();
            (Some(*name), Some(ask()))
        };
        match self {
            Self::Plain(0) => (Some(concat!(module_path!(), "::plain_0")), None),
            Self::Plain(1) => (Some(concat!(module_path!(), "::plain_1")), None),
            Self::Ruled => (Some("access_map::handlers::ruled"), None),
            Self::Plain(_) | Self::Closure | Self::ClosureWithReason => (None, None),
            Self::Annotated(which) => named(ANNOTATED[which].0),
            Self::ClosureOfViewer => named("::viewer"),
            Self::LayeredScope => named("::scope"),
        }
    }
}
