//! Handlers that answer who they are.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use axum::extract::{FromRequestParts, MatchedPath, OriginalUri, Request};
use axum::handler::Handler;
use axum::http::Extensions;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use pico_auth::__private::{Conditions, Rule};
use pico_auth::Policy;
use pico_auth::routing::SecuredHandler;
use tower::Service;

use super::rule::CONDITIONS;

/// What a request lets its conditions come to: `?c=5`, but the last one is whether the path is long.
pub(crate) fn outcomes(path: &str, query: Option<&str>) -> u32 {
    let value = query.and_then(|query| query.strip_prefix("c="));
    let said: u32 = value.map_or(0, |value| value.parse().unwrap());
    (said & 0b1_1111) | u32::from(path.len() > 4) << (CONDITIONS - 1)
}

/// What handlers look at.
pub(crate) struct At {
    path: String,
    outcomes: u32,
}

impl At {
    fn of(extensions: &Extensions) -> Self {
        let matched = extensions.get::<MatchedPath>();
        let OriginalUri(uri) = extensions.get().unwrap();
        Self {
            path: matched.map_or_else(String::new, |path| path.as_str().to_owned()),
            outcomes: outcomes(uri.path(), uri.query()),
        }
    }

    pub(crate) fn bit(&self, index: usize) -> bool {
        self.outcomes >> index & 1 == 1
    }

    /// The answer of the handler `name`: in headers, for `HEAD`.
    pub(crate) fn answer(&self, name: &str) -> Response {
        let three = if self.bit(3) { "yes" } else { "no" };
        let headers = [
            ("x-handler", name),
            ("x-path", &self.path),
            ("x-three", three),
        ];
        (headers, name.to_owned()).into_response()
    }

    /// The answer of one that has no name, or that others have, too.
    pub(crate) fn answer_of(&self, name: &str, id: usize) -> Response {
        let mut response = self.answer(name);
        response.headers_mut().insert("x-id", id.into());
        response
    }
}

impl<S: Sync> FromRequestParts<S> for At {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions))
    }
}

/// A handler under any rule at all. It decides its conditions as generated code does.
#[derive(Clone, Copy)]
pub(crate) struct Ruled {
    pub(crate) id: usize,
    pub(crate) policy: &'static Policy,
    pub(crate) decides: bool,
}

pub(crate) enum ByRule {}

impl SecuredHandler<ByRule> for Ruled {
    fn rule(&self) -> Rule {
        let rule = Rule::new(*self.policy, module_path!(), "ruled", file!(), line!());
        if self.decides {
            rule.with_conditions(CONDITIONS)
        } else {
            rule
        }
    }
}

impl<S: 'static> Handler<ByRule, S> for Ruled {
    type Future = Ready<Response>;

    fn call(self, request: Request, _: S) -> Ready<Response> {
        let at = At::of(request.extensions());
        if let (Policy::Require(_), true) = (self.policy, self.decides) {
            let mut conditions = Conditions::<CONDITIONS>::new(self.policy).unwrap();
            for index in 0..CONDITIONS {
                if conditions.needs(index) {
                    conditions.decide(index, at.bit(index));
                }
            }
            if let Err(refusal) = conditions.finish() {
                return ready(refusal.into_response());
            }
        }
        ready(at.answer_of(concat!(module_path!(), "::ruled"), self.id))
    }
}

/// A service, one of several types.
#[derive(Clone, Copy)]
pub(crate) struct Answering<const TYPE: usize> {
    pub(crate) id: usize,
}

impl<const TYPE: usize> Service<Request> for Answering<TYPE> {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let at = At::of(request.extensions());
        ready(Ok(at.answer_of(std::any::type_name::<Self>(), self.id)))
    }
}
