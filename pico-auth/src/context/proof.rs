//! How strongly, and how long ago, the caller has authenticated.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::Origin;

/// What is to be taken for true in place of the claims `acr` and `auth_time`.
#[derive(Clone, Copy)]
pub(super) struct Assumed {
    pub(super) acr: &'static str,
    pub(super) age_seconds: u64,
}

impl Origin {
    /// Whether `then` is at most so long ago; `None` where it is still to come.
    pub(super) fn is_within(&self, then: SystemTime, seconds: u64) -> Option<bool> {
        let then = then.duration_since(UNIX_EPOCH).ok()?;
        let (now, leeway) = (self.now(), self.leeway());
        if then > now.saturating_add(leeway) {
            return None;
        }
        let most = Duration::from_secs(seconds).saturating_add(leeway);
        Some(now.saturating_sub(then) <= most)
    }
}
