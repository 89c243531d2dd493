//! A router and its OpenAPI document, growing together.

use utoipa::openapi::{Components, Info, OpenApi, Paths};

use super::routes::{Documented, Routes};
use crate::api_document::{documented, secure};
use crate::policy::Policy;
use crate::web::access::nested;
use crate::web::bounds::RouteLayer;
use crate::web::router::SecureRouter;
use crate::web::routing::MethodRouter;

/// A [`SecureRouter`] and the OpenAPI document of its routes. [`split`](Self::split) gives both.
#[must_use = "a router does nothing until `split` and `secured_by` make it a service"]
pub struct OpenApiRouter<S = ()> {
    router: SecureRouter<S>,
    document: OpenApi,
}

impl<S: Clone + Send + Sync + 'static> Default for OpenApiRouter<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> OpenApiRouter<S> {
    /// A router without routes, and a document without operations, title and version.
    pub fn new() -> Self {
        Self::with_document(OpenApi::new(Info::new("", ""), Paths::new()))
    }

    /// A router without routes, whose operations are added to this document: title, version, servers, tags,
    /// such as `ApiDoc::openapi()` of a type that derives `utoipa::OpenApi`.
    pub fn with_document(document: OpenApi) -> Self {
        Self {
            router: SecureRouter::new(),
            document,
        }
    }

    /// Adds handlers with their documentation: `.routes(routes!(list, users::delete))`.
    pub fn routes(mut self, routes: Routes<S>) -> Self {
        for Documented {
            path,
            methods,
            operation,
            router,
        } in routes.routes
        {
            // As utoipa-axum takes it: the root of what this is nested under.
            let path = if path.is_empty() { "/" } else { &path };
            self.router = self.router.route(path, router);
            let path = documented(path);
            self.document
                .paths
                .add_path_operation(path, methods, operation);
        }
        let components = self.document.components.get_or_insert_with(Components::new);
        for (name, schema) in routes.schemas {
            components.schemas.entry(name).or_insert(schema);
        }
        self
    }

    /// As [`SecureRouter::route`]: a route that is not in the document.
    pub fn route(mut self, path: &str, methods: MethodRouter<S>) -> Self {
        self.router = self.router.route(path, methods);
        self
    }

    /// As [`SecureRouter::nest`], with the document.
    #[track_caller]
    pub fn nest(mut self, path: &str, inner: Self) -> Self {
        let mut document = inner.document;
        let items = std::mem::take(&mut document.paths.paths);
        document.paths.paths = items
            .into_iter()
            .map(|(below, item)| (documented(&nested(path, &below)), item))
            .collect();
        self.document.merge(document);
        self.router = self.router.nest(path, inner.router);
        self
    }

    /// As [`SecureRouter::merge`], with the document.
    #[track_caller]
    pub fn merge(mut self, other: Self) -> Self {
        self.document.merge(other.document);
        self.router = self.router.merge(other.router);
        self
    }

    /// As [`SecureRouter::require`]; the document says so, too.
    #[track_caller]
    pub fn require(mut self, policy: Policy) -> Self {
        self.router = self.router.require(policy);
        self
    }

    /// As [`SecureRouter::layer`].
    pub fn layer(mut self, layer: impl RouteLayer) -> Self {
        self.router = self.router.layer(layer);
        self
    }

    /// As [`SecureRouter::route_layer`].
    #[track_caller]
    pub fn route_layer(mut self, layer: impl RouteLayer) -> Self {
        self.router = self.router.route_layer(layer);
        self
    }

    /// As [`SecureRouter::with_state`].
    pub fn with_state<S2: Clone + Send + Sync + 'static>(self, state: S) -> OpenApiRouter<S2> {
        OpenApiRouter {
            router: self.router.with_state(state),
            document: self.document,
        }
    }

    /// The router, and the document with what the rules of its routes say. A rule that a router around this
    /// one adds later is not in it: nest first, and split in the end. [`check`](crate::openapi::check) finds it.
    pub fn split(self) -> (SecureRouter<S>, OpenApi) {
        let Self {
            router,
            mut document,
        } = self;
        secure(&mut document, &router.access_map());
        (router, document)
    }
}
