//! Every route of an application, asked by each of several callers.

mod decisions;
mod path;

use std::collections::BTreeMap;
use std::fmt::{self, Debug};

use axum::body::Body;
use http::{Request, Response, StatusCode};
use tower_service::Service;

pub use decisions::Decisions;
use decisions::{Answer, Cell, Row};

use super::{RequestTokens, must};
use crate::access_map::{
    AccessEntry, AccessMap, AccessRule, Caller, Decision, EVERY_METHOD, FALLBACK, Paths, Tree,
};
use crate::{AuthClientError, Authenticator};

/// Sends a request to every route of an access map as each of the given callers, and compares what the service
/// does with what the map says.
///
/// **It calls the handlers**: where a caller is admitted, the handler runs, and does what it does, `DELETE`
/// included. Give it a service whose state is made for the test.
///
/// ```
/// use pico_auth::test_kit::{DecisionMatrix, TestIssuer};
/// use pico_auth::{AuthClientError, SecureRouter, allow_anonymous, requires_role, routing::get};
///
/// #[allow_anonymous]
/// async fn show() -> &'static str {
///     "everybody sees this"
/// }
///
/// #[requires_role("admin")]
/// async fn delete() -> Result<&'static str, AuthClientError> {
///     Ok("deleted")
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let issuer = TestIssuer::in_memory();
/// let authenticator = issuer.authenticator();
/// let router = SecureRouter::new().route("/users/{id}", get(show).delete(delete));
///
/// let decisions = DecisionMatrix::new(router.access_map(), &authenticator)
///     .nobody()
///     .caller("viewer", issuer.token("u1").role("viewer").sign())
///     .caller("admin", issuer.token("u2").role("admin").sign())
///     .parameter("id", "7")
///     .assert(router.secured_by(authenticator.clone()))
///     .await;
///
/// assert_eq!(
///     decisions.to_string(),
///     "\
/// Method  Path            nobody    viewer    admin
/// GET     /users/{id}     admitted  admitted  admitted
/// DELETE  /users/{id}     401       403       admitted
/// *       any other path  401       admitted  admitted
/// "
/// );
/// # });
/// ```
///
/// What a caller has is what the authenticator makes of their token: roles of a claims type, of a resolver and
/// of a hierarchy count. A token that it refuses, such as an expired one, is a caller, too: one who is admitted
/// where the token is not looked at, and nowhere else.
///
/// A route for every method is asked by one that it answers, and what answers where no route matches by a path
/// that none matches; where there is none, it has no row.
///
/// Requests have no body. An admitted one may be answered 400 or 404 by its extractors or its handler: it was
/// admitted. 401 and 403 are refusals, whoever answers them.
#[must_use = "call `assert`"]
pub struct DecisionMatrix {
    map: AccessMap,
    authenticator: Authenticator,
    callers: Vec<Asking>,
    parameters: BTreeMap<String, String>,
    adjust: Option<Adjust>,
}

type Adjust = Box<dyn Fn(&AccessEntry, &mut Request<Body>) + Send + Sync>;

/// By which one of them an entry for every method is asked.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/// Where all of them have routes of their own. No route has one for this (RFC 4918).
const OTHER_METHOD: &str = "PROPFIND";

/// One column.
struct Asking {
    name: String,
    bearer: Option<String>,
    agent: Option<String>,
}

/// What the authenticator makes of the tokens.
enum Known {
    As(Caller),
    /// The tokens are refused.
    Rejected,
}

impl DecisionMatrix {
    /// For the routes of this map, and callers whom this authenticator knows: the one that the service has.
    pub fn new(map: AccessMap, authenticator: &Authenticator) -> Self {
        Self {
            map,
            authenticator: authenticator.clone(),
            callers: Vec::new(),
            parameters: BTreeMap::new(),
            adjust: None,
        }
    }

    /// Adds a caller without a token, called `nobody`.
    pub fn nobody(self) -> Self {
        self.asking("nobody".to_owned(), None, None)
    }

    /// Adds a caller with this bearer token.
    pub fn caller(self, name: impl Into<String>, token: impl Into<String>) -> Self {
        self.asking(name.into(), Some(token.into()), None)
    }

    /// Adds a caller with this bearer token, for whom an agent with this token acts.
    pub fn caller_with_agent(
        self,
        name: impl Into<String>,
        token: impl Into<String>,
        agent_token: impl Into<String>,
    ) -> Self {
        self.asking(name.into(), Some(token.into()), Some(agent_token.into()))
    }

    fn asking(mut self, name: String, bearer: Option<String>, agent: Option<String>) -> Self {
        self.callers.push(Asking {
            name,
            bearer,
            agent,
        });
        self
    }

    /// Puts this value in place of `{name}` and `{*name}` in all paths. Without one it is `1`.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.insert(name.into(), value.into());
        self
    }

    /// Changes each request before it is sent: its URI, its headers, its body.
    pub fn adjust_request(
        mut self,
        adjust: impl Fn(&AccessEntry, &mut Request<Body>) + Send + Sync + 'static,
    ) -> Self {
        self.adjust = Some(Box::new(adjust));
        self
    }

    /// Sends the requests, one after another, in the order of the map.
    ///
    /// # Panics
    ///
    /// If the service decides anything else than the map says; the message lists all of it. Also if the values
    /// of [`parameter`](Self::parameter) make no path of the route.
    pub async fn assert<S, B>(self, service: S) -> Decisions
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone,
        S::Error: Debug,
    {
        let decisions = self.run(service).await;
        decisions.assert_as_mapped();
        decisions
    }

    /// The same without comparing: [`Decisions::mismatches`] tells what differs.
    ///
    /// # Panics
    ///
    /// If the values of [`parameter`](Self::parameter) make no path of the route.
    pub async fn run<S, B>(self, service: S) -> Decisions
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone,
        S::Error: Debug,
    {
        let mut known = Vec::new();
        for caller in &self.callers {
            known.push(self.known(caller).await);
        }
        let mut rows = Vec::new();
        let paths = Paths::of(self.map.entries());
        let routes = paths.tree();
        for access in self.map.access() {
            let entry = access.entry();
            let Some(path) = self.path(entry, &routes) else {
                continue;
            };
            let mut cells = Vec::new();
            for (caller, known) in self.callers.iter().zip(&known) {
                let expected = match known {
                    Known::As(caller) => access.decide(caller),
                    Known::Rejected if *entry.rule() == AccessRule::Anonymous => Decision::Admitted,
                    Known::Rejected => Decision::Refused,
                };
                let request = self.build(entry, &path, caller);
                let got = send(service.clone(), request).await;
                cells.push(Cell { expected, got });
            }
            rows.push(Row {
                entry: entry.clone(),
                path,
                cells,
            });
        }
        let callers = self.callers.into_iter().map(|caller| caller.name);
        Decisions {
            callers: callers.collect(),
            rows,
        }
    }

    async fn known(&self, caller: &Asking) -> Known {
        let Some(bearer) = &caller.bearer else {
            return Known::As(Caller::anonymous());
        };
        let agent = caller.agent.as_deref();
        match self.authenticator.authenticate(bearer, agent).await {
            Ok(context) => Known::As(Caller::from(&context)),
            Err(AuthClientError::AuthUnavailable(error)) => must(Err(error), "who the callers are"),
            Err(_) => Known::Rejected,
        }
    }

    /// The path to ask for; `None` for the fallback where every path is routed.
    fn path(&self, entry: &AccessEntry, routes: &Tree<'_, '_>) -> Option<String> {
        if entry.path() == FALLBACK {
            return path::unrouted(routes, self.map.entries());
        }
        let value = |name: &str| self.parameters.get(name).map_or("1", String::as_str);
        let path = path::concrete(entry.path(), value);
        let reached = match routes.reached(&path) {
            Some(reached) if reached == entry.path() => Ok(()),
            Some(other) => Err(format!("`{path}` is a path of `{other}`")),
            None => Err(format!("`{path}` is a path of no route")),
        };
        must(reached, &format!("the values of `{}`", entry.route()));
        Some(path)
    }

    /// The method to ask for. Where an entry answers every method, some of them have their own.
    fn method<'e>(&self, entry: &'e AccessEntry) -> &'e str {
        if entry.method() != EVERY_METHOD {
            return entry.method();
        }
        let is_of_entry = |method: &&str| {
            let answering = self
                .map
                .answering(method, |other| other.path() == entry.path());
            answering == Some(entry)
        };
        METHODS
            .into_iter()
            .find(is_of_entry)
            .unwrap_or(OTHER_METHOD)
    }

    fn build(&self, entry: &AccessEntry, path: &str, caller: &Asking) -> Request<Body> {
        let method = self.method(entry);
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &caller.bearer {
            request = request.bearer(token);
        }
        if let Some(token) = &caller.agent {
            request = request.agent(token);
        }
        let what = format!("a request for `{method} {path}`");
        let mut request = must(request.body(Body::empty()), &what);
        if let Some(adjust) = &self.adjust {
            adjust(entry, &mut request);
        }
        request
    }
}

async fn send<S, B>(mut service: S, request: Request<Body>) -> Answer
where
    S: Service<Request<Body>, Response = Response<B>>,
    S::Error: Debug,
{
    let ready = std::future::poll_fn(|cx| service.poll_ready(cx)).await;
    must(ready, "the service is ready");
    let response = must(service.call(request).await, "the service answers");
    let refusal = response.extensions().get::<AuthClientError>();
    let status = response.status();
    let says = refusal.map(ToString::to_string);
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Answer::Refused(status, says),
        _ if refusal.is_some() => Answer::Undecided(status, says),
        _ => Answer::Admitted(status),
    }
}

/// Names the callers; their tokens stay out of logs, as everywhere.
impl Debug for DecisionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let callers: Vec<&str> = self.callers.iter().map(|caller| &*caller.name).collect();
        f.debug_struct("DecisionMatrix")
            .field("callers", &callers)
            .finish_non_exhaustive()
    }
}
