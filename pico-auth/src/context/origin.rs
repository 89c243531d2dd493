//! Who says that the caller is the caller, and for how long it holds.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{AgentContext, SecurityContext};
use crate::clock::{Clock, SystemClock};
use crate::error::TokenKind;

/// What a context rests on.
#[derive(Clone)]
pub(crate) enum Origin {
    /// Tokens.
    Tokens(Validity),
    /// This service itself, under this name.
    System(Arc<str>),
}

/// By which clock and with which leeway tokens expire. The default: that of the operating system, and none.
#[derive(Clone, Default)]
pub(crate) struct Validity {
    pub(crate) clock: Option<Arc<dyn Clock>>,
    pub(crate) leeway: Duration,
}

impl Default for Origin {
    fn default() -> Self {
        Self::Tokens(Validity::default())
    }
}

impl Origin {
    pub(super) fn now(&self) -> Duration {
        match self {
            Self::Tokens(Validity {
                clock: Some(clock), ..
            }) => clock.now(),
            _ => SystemClock::new().now(),
        }
    }

    /// By how much the clocks of issuer and service may differ.
    pub(super) const fn leeway(&self) -> Duration {
        match self {
            Self::Tokens(validity) => validity.leeway,
            Self::System(_) => Duration::ZERO,
        }
    }
}

impl SecurityContext {
    /// Whether a request with this caller's tokens would be refused now, because one of them has expired:
    /// the bearer token, or that of the [agent](Self::agent). By the clock and with the leeway of the
    /// authenticator that made the context.
    ///
    /// Rules do not look at it again: who was let in stays in until the request ends. It is for what goes on
    /// for long. A [system caller](crate::system) never expires.
    pub fn has_expired(&self) -> bool {
        self.expired_token().is_some()
    }

    /// The token that has expired.
    pub(crate) fn expired_token(&self) -> Option<TokenKind> {
        let now = self.origin().now();
        let mut ends = self.ends();
        ends.find_map(|(kind, end)| (end <= now).then_some(kind))
    }

    /// How long this caller's tokens are still good; `None` where there is none that could expire.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        let end = self.ends().map(|(_, end)| end).min()?;
        Some(end.saturating_sub(self.origin().now()))
    }

    /// When each token ends, since the epoch, with the leeway.
    fn ends(&self) -> impl Iterator<Item = (TokenKind, Duration)> {
        let leeway = self.origin().leeway();
        let bearer = match self.origin() {
            Origin::Tokens(_) => Some(self.expires_at()),
            Origin::System(_) => None,
        };
        let agent = self.agent().map(AgentContext::expires_at);
        let tokens = [(TokenKind::Bearer, bearer), (TokenKind::Agent, agent)];
        tokens.into_iter().filter_map(move |(kind, expires_at)| {
            Some((kind, since_epoch(expires_at?).saturating_add(leeway)))
        })
    }
}

fn since_epoch(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).unwrap_or_default()
}
