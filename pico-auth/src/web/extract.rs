//! The contexts as axum extractors. They read what the gate found and never look at a token.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;

use crate::context::{AgentContext, SecurityContext};
use crate::error::AuthClientError;

/// The caller; refuses with [`MissingTokenError`](crate::MissingTokenError) where there is none.
impl<S: Sync> FromRequestParts<S> for SecurityContext {
    type Rejection = AuthClientError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::require()?)
    }
}

/// The caller, `None` for anonymous ones.
impl<S: Sync> OptionalFromRequestParts<S> for SecurityContext {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(Self::current())
    }
}

/// The agent; refuses with [`MissingTokenError`](crate::MissingTokenError) where there is none.
impl<S: Sync> FromRequestParts<S> for AgentContext {
    type Rejection = AuthClientError;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::require()?)
    }
}

/// The agent, `None` where the request has none.
impl<S: Sync> OptionalFromRequestParts<S> for AgentContext {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(Self::current())
    }
}
