//! Refusals as GraphQL errors that a client can tell apart: `extensions.code`.

use std::sync::Arc;

use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextRequest};
use async_graphql::{Response, ServerError};
use pico_auth::{
    AuthClientError, AuthUnavailableError, InsufficientPermissionsError, MissingTokenError,
    TokenExpiredError, TokenInvalidError,
};

/// Gives every refusal among the errors of a response its `code` (`UNAUTHENTICATED`, `FORBIDDEN`,
/// `UNAVAILABLE`), `reason` and, where a new token would help, `wwwAuthenticate`. It is one for the whole
/// schema, so that no resolver can forget it.
pub struct Refusals;

impl ExtensionFactory for Refusals {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Refusals {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let mut response = next.run(ctx).await;
        for error in &mut response.errors {
            if let Some(refusal) = refusal(error) {
                describe(error, &refusal);
            }
        }
        response
    }
}

fn describe(error: &mut ServerError, refusal: &AuthClientError) {
    error.message = refusal.detail();
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", code(refusal));
    extensions.set("reason", refusal.code());
    if let Some(challenge) = pico_auth::www_authenticate(refusal) {
        extensions.set("wwwAuthenticate", challenge);
    }
}

fn code(refusal: &AuthClientError) -> &'static str {
    match refusal.status_code() {
        401 => "UNAUTHENTICATED",
        403 => "FORBIDDEN",
        503 => "UNAVAILABLE",
        _ => "INTERNAL_SERVER_ERROR",
    }
}

/// The refusal that a resolver ended with: the base, as attributes return it, or a leaf, as `?` on
/// `SecurityContext::require` does.
fn refusal(error: &ServerError) -> Option<AuthClientError> {
    fn leaf<E>(error: &ServerError) -> Option<AuthClientError>
    where
        E: Into<AuthClientError> + Clone + Send + Sync + 'static,
    {
        error.source::<E>().cloned().map(Into::into)
    }
    leaf::<AuthClientError>(error)
        .or_else(|| leaf::<MissingTokenError>(error))
        .or_else(|| leaf::<TokenExpiredError>(error))
        .or_else(|| leaf::<TokenInvalidError>(error))
        .or_else(|| leaf::<InsufficientPermissionsError>(error))
        .or_else(|| leaf::<AuthUnavailableError>(error))
}
