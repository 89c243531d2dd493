//! One route of an access map.

use serde::{Deserialize, Serialize};

use super::{AccessRule, FALLBACK};

/// One route: a method of a path, its rule, and the function behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessEntry {
    pub(super) method: Box<str>,
    pub(super) path: Box<str>,
    pub(super) rule: AccessRule,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) reason: Option<Box<str>>,
    pub(super) handler: Box<str>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) source: Option<Box<str>>,
}

impl AccessEntry {
    /// An entry of the route `method path`, whose rule stands at `source` (`file:line`).
    pub(crate) fn new(
        method: impl Into<Box<str>>,
        path: impl Into<Box<str>>,
        rule: AccessRule,
        handler: impl Into<Box<str>>,
    ) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            rule,
            reason: None,
            handler: handler.into(),
            source: None,
        }
    }

    pub(crate) fn with_reason(mut self, reason: Option<&str>) -> Self {
        self.reason = reason.map(Into::into);
        self
    }

    pub(crate) fn at(mut self, file: &str, line: u32) -> Self {
        self.source = Some(format!("{file}:{line}").into());
        self
    }

    /// The method: `GET`, which answers `HEAD`, too, where `HEAD` has no route of its own; or
    /// [`EVERY_METHOD`](super::EVERY_METHOD).
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path as it was routed, nested ones in full: `/users/{id}`. A service that was nested at `/static`
    /// has the entries `/static`, `/static/` and `/static/{*rest}`, for `{*rest}` is never empty. What
    /// answers where no route matches has [`FALLBACK`](super::FALLBACK).
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What a caller must have: the rule of the function and those of its routers together.
    pub const fn rule(&self) -> &AccessRule {
        &self.rule
    }

    /// Why the rule is as it is, where it says so: `#[allow_anonymous(reason = "..")]`.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// The function with its module, or the type of a closure or service.
    pub fn handler(&self) -> &str {
        &self.handler
    }

    /// Where the rule was written, `file:line`; `None` in a map
    /// [`without_source`](super::AccessMap::without_source).
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// `GET /users/{id}`, or `any other path`.
    pub fn route(&self) -> String {
        match (&*self.method, &*self.path) {
            (_, FALLBACK) => "any other path".to_owned(),
            (super::EVERY_METHOD, path) => format!("every method {path}"),
            (method, path) => format!("{method} {path}"),
        }
    }

    /// By what entries are sorted, in one application without equals.
    pub(super) fn place(&self) -> (bool, &str, usize, &str, &str) {
        const ORDER: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
        let order = ORDER.iter().position(|method| **method == *self.method);
        (
            &*self.path == FALLBACK,
            &self.path,
            order.unwrap_or(ORDER.len()),
            &self.method,
            &self.handler,
        )
    }
}
