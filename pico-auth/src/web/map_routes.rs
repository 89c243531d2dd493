//! The access map of an application, served by itself.

use std::future::ready;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, StatusCode};

use super::access;
use super::authentication::Authentication;
use super::handler::PolicyWithReason;
use super::router::SecureRouter;
use super::routing::get;
use super::steps::Step;
use crate::access_map::content_security_policy;

/// The map as it is served; there once the application is finished.
#[derive(Clone, Default)]
pub(super) struct ServedMap {
    documents: Arc<OnceLock<Documents>>,
}

#[derive(Clone)]
struct Documents {
    page: Bytes,
    policy: Option<HeaderValue>,
    json: Bytes,
}

impl<S: Clone + Send + Sync + 'static> SecureRouter<S> {
    /// Serves the [access map](crate::access_map) of the whole application, in whichever of its routers this
    /// is called: as a page for people at `path` ([`AccessMap::to_html`](crate::access_map::AccessMap::to_html)),
    /// as JSON below it at `map.json`. Both are routes as any other, under this policy, and in the map
    /// themselves.
    ///
    /// The map tells a caller where to look for weak spots, so say who may see it:
    ///
    /// ```
    /// use pico_auth::{Policy, Requirement, SecureRouter};
    ///
    /// const AUDITOR: Policy = Policy::require(Requirement::any_role(&["auditor"]));
    ///
    /// let router: SecureRouter = SecureRouter::new().access_map_routes("/access-map", AUDITOR);
    /// assert_eq!(router.access_map().who_can("GET", "/access-map")?.roles(), ["auditor"]);
    /// # Ok::<(), pico_auth::access_map::UnknownRouteError>(())
    /// ```
    ///
    /// It is made once, by [`secured_by`](SecureRouter::secured_by), with the role hierarchies of all issuers
    /// that are trusted then.
    ///
    /// A browser sends no bearer token of its own accord: it needs [`TokenCookie`](crate::TokenCookie) or a
    /// proxy that adds one. The page is a single file, so `curl -o` with a token does as well.
    #[track_caller]
    pub fn access_map_routes(self, path: &str, policy: impl Into<PolicyWithReason>) -> Self {
        let (policy, place) = (policy.into(), Location::caller());
        let map = ServedMap::default();
        let json_path = format!("{}/map.json", path.trim_end_matches('/'));
        let serve = |name, answer: fn(Documents) -> Response| {
            let map = map.clone();
            let handler = move || ready(map.answer(answer));
            get(policy.guard_as("pico_auth::access_map_routes", name, place, handler))
        };
        let (page, json) = (serve("page", page), serve("json", json));
        self.route(path, page)
            .route(&json_path, json)
            .with_step(Step::AccessMap(map))
    }
}

/// Tells every [`ServedMap`] of an application what to serve.
pub(super) fn fill(router: &SecureRouter, authentication: &Authentication) {
    let mut served = Vec::new();
    collect(router.steps(), &mut served);
    if served.is_empty() {
        return;
    }
    let hierarchies = authentication.authenticator.hierarchies().into_iter();
    let map = hierarchies.fold(access::map(router), |map, hierarchy| {
        map.with_hierarchy(hierarchy)
    });
    let documents = Documents {
        page: map.to_html("Access map").into(),
        policy: HeaderValue::try_from(content_security_policy()).ok(),
        json: map.to_json().into(),
    };
    for map in served {
        // It is new: an application is finished once.
        let _ = map.documents.set(documents.clone());
    }
}

fn collect<'r>(steps: &'r [Step<()>], served: &mut Vec<&'r ServedMap>) {
    for step in steps {
        match step {
            Step::AccessMap(map) => served.push(map),
            Step::Nest { router, .. } | Step::Merge { router } => collect(router.steps(), served),
            _ => {}
        }
    }
}

impl ServedMap {
    fn answer(&self, with: fn(Documents) -> Response) -> Response {
        match self.documents.get() {
            Some(documents) => with(documents.clone()),
            // Nothing is served before it is finished.
            None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

fn page(documents: Documents) -> Response {
    let mut response = document(documents.page, "text/html; charset=utf-8");
    if let Some(policy) = documents.policy {
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

fn json(documents: Documents) -> Response {
    document(documents.json, "application/json")
}

/// What is for this caller alone: no cache keeps it, no address leaks, and no browser guesses what it is.
fn document(body: Bytes, media_type: &'static str) -> Response {
    const HEADERS: [(HeaderName, &str); 3] = [
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
