//! The metadata, served by the application that it is about.

use std::collections::BTreeSet;
use std::future::{Ready, ready};
use std::panic::Location;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, CONTENT_TYPE,
};
use http::{HeaderValue, StatusCode};

use super::ProtectedResource;
use crate::policy::Policy;
use crate::web::router::SecureRouter;
use crate::web::routing::{MethodRouter, get};
use crate::web::steps::Step;

/// Metadata that an application serves.
#[derive(Clone)]
pub(crate) struct ServedMetadata {
    resource: ProtectedResource,
    place: &'static Location<'static>,
}

/// Why it is open, for the access map.
const REASON: &str = "OAuth protected resource metadata (RFC 9728)";

impl<S: Clone + Send + Sync + 'static> SecureRouter<S> {
    /// Serves the metadata of a resource, and names it in the challenges of the routes of this router, nested
    /// and merged ones, too, unless they have their own, and of its fallback. So clients find out where to
    /// get a token (RFC 9728 §5).
    ///
    /// It is served at [`ProtectedResource::metadata_path`] of the outermost router, wherever this one is
    /// nested, to everybody, pages of other origins included (CORS): it is not secret, and who asks has no
    /// token yet. Rules of [`require`](Self::require) and layers of nested routers do not apply to it, layers
    /// of the outermost do.
    ///
    /// ```
    /// use pico_auth::{AuthConfigurationError, ProtectedResource, SecureRouter};
    ///
    /// fn router(resource: &ProtectedResource) -> SecureRouter {
    ///     SecureRouter::new().protected_resource_metadata(resource)
    /// }
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let resource = ProtectedResource::builder("https://api.example.com")
    ///     .authorization_server("https://id.example.com")
    ///     .build()?;
    /// let map = router(&resource).access_map();
    /// let access = map.who_can("GET", "/.well-known/oauth-protected-resource")?;
    /// assert!(access.entry().rule().admits_everybody());
    /// # Ok(()) }
    /// ```
    ///
    /// Of two calls on one router, the last decides what challenges name. A resource that several routers name
    /// is served once. Two resources whose documents would be at one path, as those of two hosts are, make
    /// [`secured_by`](Self::secured_by) panic.
    #[track_caller]
    pub fn protected_resource_metadata(self, resource: &ProtectedResource) -> Self {
        self.with_step(Step::Metadata(ServedMetadata {
            resource: resource.clone(),
            place: Location::caller(),
        }))
    }
}

impl ProtectedResource {
    /// The routes that serve the metadata, for a plain axum router. Add them **after** its
    /// [`AuthLayer`](crate::AuthLayer), which refuses everything without a token:
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use pico_auth::{Authentication, AuthConfigurationError, Authenticator, AuthLayer, ProtectedResource};
    ///
    /// fn app(
    ///     authenticator: Authenticator,
    ///     resource: ProtectedResource,
    /// ) -> Result<Router, AuthConfigurationError> {
    ///     let metadata = resource.routes();
    ///     let authentication = Authentication::new(authenticator).protected_resource(resource);
    ///     Ok(Router::new()
    ///         .route("/orders", get(|| async { "orders" }))
    ///         .layer(AuthLayer::new(authentication)?)
    ///         .merge(metadata))
    /// }
    /// ```
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> axum::Router<S> {
        let methods = axum::routing::get(self.document()).options(preflight);
        axum::Router::new().route(self.metadata_path(), methods)
    }

    fn document(&self) -> impl Fn() -> Ready<Response> + Clone + Send + Sync + 'static {
        let document = self.inner.document.clone();
        move || ready(answer(document.clone()))
    }
}

impl ServedMetadata {
    pub(crate) fn path(&self) -> &str {
        self.resource.metadata_path()
    }

    pub(crate) fn methods<S: Clone + Send + Sync + 'static>(&self) -> MethodRouter<S> {
        let open = Policy::AllowAnonymous.because(REASON);
        let module = "pico_auth::protected_resource_metadata";
        let document = open.guard_as(module, "document", self.place, self.resource.document());
        let preflight = open.guard_as(module, "preflight", self.place, preflight);
        get(document).options(preflight)
    }
}

/// All that a router and those inside of it serve, each document once.
pub(crate) fn served<S: Clone + Send + Sync + 'static>(steps: &[Step<S>]) -> Vec<ServedMetadata> {
    let mut found = Vec::new();
    collect(steps, &mut found);
    found
}

fn collect<S: Clone + Send + Sync + 'static>(steps: &[Step<S>], found: &mut Vec<ServedMetadata>) {
    for step in steps {
        match step {
            Step::Metadata(metadata) => {
                // The path follows from the resource, which is in the document.
                let document = &metadata.resource.inner.document;
                let is_same = |other: &ServedMetadata| other.resource.inner.document == *document;
                if !found.iter().any(is_same) {
                    found.push(metadata.clone());
                }
            }
            Step::Nest { router, .. } | Step::Merge { router } => collect(router.steps(), found),
            _ => {}
        }
    }
}

/// The routes by which the outermost router serves it all.
#[track_caller]
pub(crate) fn metadata_routes(steps: &[Step<()>]) -> Vec<Step<()>> {
    let mut paths = BTreeSet::new();
    let mut routes = Vec::new();
    for metadata in served(steps) {
        let path = metadata.path().to_owned();
        let is_new = paths.insert(path.clone());
        assert!(
            is_new,
            "two different documents of protected-resource metadata would be at `{path}`: \
             an application has one for each path of a resource"
        );
        let methods = metadata.methods();
        routes.push(Step::Route { path, methods });
    }
    routes
}

/// What the challenges of a router name.
pub(crate) fn named<S>(steps: &[Step<S>]) -> Option<&ProtectedResource> {
    steps.iter().rev().find_map(|step| match step {
        Step::Metadata(metadata) => Some(&metadata.resource),
        _ => None,
    })
}

const EVERYBODY: HeaderValue = HeaderValue::from_static("*");

fn answer(document: Bytes) -> Response {
    let mut response = Response::new(Body::from(document));
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_static("application/json");
    headers.insert(CONTENT_TYPE, media_type);
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, EVERYBODY);
    response
}

/// Clients of MCP send a header of their own, so that browsers ask before.
async fn preflight() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, EVERYBODY);
    let methods = HeaderValue::from_static("GET");
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, EVERYBODY);
    let an_hour = HeaderValue::from_static("3600");
    headers.insert(ACCESS_CONTROL_MAX_AGE, an_hour);
    response
}
