//! Revoked tokens, each until it would have expired by itself.

use std::collections::HashMap;
use std::time::Duration;

use super::digest::Digest;

/// How much longer an entry is kept than it was asked for. A token is accepted for the leeway beyond its
/// `exp`, which is at most this long, and a list that forgot it then would bring it back to life.
pub(super) const MARGIN: Duration = Duration::from_secs(10 * 60);

/// The fewest entries for which it is worth looking for expired ones.
const FEW: usize = 1024;

/// Memory follows what is live: whenever the number of entries has doubled, the expired ones go.
pub(super) struct Entries {
    /// To the second since the epoch at which each is forgotten.
    forget_at: HashMap<Digest, u64>,
    sweep_at: usize,
}

impl Entries {
    pub(super) fn new() -> Self {
        Self {
            forget_at: HashMap::new(),
            sweep_at: FEW,
        }
    }

    /// Lists a token until `until`, and longer where it is listed for longer already.
    pub(super) fn insert(&mut self, token: Digest, until: Duration, now: Duration) {
        if self.forget_at.len() >= self.sweep_at {
            let now = now.as_secs();
            self.forget_at.retain(|_, forget_at| *forget_at > now);
            self.sweep_at = FEW.max(self.forget_at.len().saturating_mul(2));
            self.forget_at.shrink_to(self.sweep_at);
        }
        // Rounded up: `exp` may have a fraction.
        let forget_at = until.saturating_add(MARGIN).as_secs().saturating_add(1);
        let known = self.forget_at.entry(token).or_insert(forget_at);
        *known = forget_at.max(*known);
    }

    pub(super) fn contains(&self, token: Digest, now: Duration) -> bool {
        self.forget_at
            .get(&token)
            .is_some_and(|forget_at| *forget_at > now.as_secs())
    }

    /// How many are kept, expired ones that are not yet dropped included.
    pub(super) fn len(&self) -> usize {
        self.forget_at.len()
    }
}
