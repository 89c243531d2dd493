//! Measures nothing, and compiles to nothing.

#[cfg(any(feature = "http-client", feature = "redis"))]
use std::time::Duration;

use crate::clock::Clock;
use crate::error::{AuthClientError, TokenKind};
#[cfg(feature = "axum")]
use crate::outcome::DecisionOutcome;

pub(crate) const fn decided(_: &'static str, _: &'static str) {}

#[cfg(feature = "axum")]
#[derive(Default)]
pub(crate) struct Admissions(());

#[cfg(feature = "axum")]
impl Admissions {
    #[expect(clippy::unused_self, reason = "as where it is measured")]
    pub(crate) const fn count(&self, _: DecisionOutcome) {}
}

#[derive(Default)]
pub(crate) struct Hits(());

#[expect(clippy::unused_self, reason = "as where it is measured")]
impl Hits {
    pub(crate) const fn hit(&self, _: TokenKind) {}
}

pub(crate) const fn miss(_: TokenKind) {}

pub(crate) struct Begun;

#[expect(clippy::unused_self, reason = "as where it is measured")]
impl Begun {
    pub(crate) const fn now(_: &dyn Clock) -> Self {
        Self
    }

    pub(crate) const fn verification<T>(
        &self,
        _: &dyn Clock,
        _: &'static str,
        _: TokenKind,
        _: &Result<T, AuthClientError>,
    ) {
    }

    #[cfg(feature = "http-client")]
    pub(crate) fn key_fetch(&self, _: &dyn Clock, _: impl FnOnce() -> String, _: bool) {}
}

#[cfg(any(feature = "http-client", feature = "redis"))]
pub(crate) fn revocation_list_current(_: &dyn Clock, _: impl FnOnce() -> String, _: Duration) {}

pub(crate) const fn audit_records(_: &'static str, _: u64) {}
