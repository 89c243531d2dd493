//! Handlers with the documentation that `#[utoipa::path]` writes beside them.

use axum::handler::Handler;
use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::schema::Schema;

use crate::web::handler::SecuredHandler;
use crate::web::routing::{MethodFilter, MethodRouter, on};

/// Handlers with their documentation; made by [`routes!`](crate::openapi::routes).
#[must_use]
pub struct Routes<S = ()> {
    pub(super) routes: Vec<Documented<S>>,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
}

pub(super) struct Documented<S> {
    pub(super) path: String,
    pub(super) methods: Vec<HttpMethod>,
    pub(super) operation: Operation,
    pub(super) router: MethodRouter<S>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No handlers.
    #[doc(hidden)]
    pub fn none() -> Self {
        Self {
            routes: Vec::new(),
            schemas: Vec::new(),
        }
    }

    /// Adds a handler whose documentation is that of `P`.
    #[doc(hidden)]
    pub fn with<P, H, T, A>(mut self, handler: H) -> Self
    where
        P: utoipa::Path + for<'t> Tags<'t> + SchemaReferences,
        H: SecuredHandler<A> + Handler<T, S>,
        T: 'static,
    {
        let methods = P::methods();
        let mut operation = P::operation();
        let tags: Vec<String> = P::tags().into_iter().map(str::to_owned).collect();
        if !tags.is_empty() {
            operation.tags.get_or_insert_default().extend(tags);
        }
        P::schemas(&mut self.schemas);
        let filters = methods.iter().map(filter);
        if let Some(filter) = filters.reduce(MethodFilter::or) {
            self.routes.push(Documented {
                path: P::path(),
                methods,
                operation,
                router: on(filter, handler),
            });
        }
        self
    }
}

const fn filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Delete => MethodFilter::DELETE,
        HttpMethod::Options => MethodFilter::OPTIONS,
        HttpMethod::Head => MethodFilter::HEAD,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Trace => MethodFilter::TRACE,
    }
}

/// Generated code, see [`routes!`](crate::openapi::routes).
#[doc(hidden)]
#[macro_export]
macro_rules! __pico_auth_openapi_routes {
    ($($handler:path),+ $(,)?) => {
        $crate::openapi::Routes::none()
            $(.with::<$crate::__private::path_of!($handler), _, _, _>($handler))+
    };
}
