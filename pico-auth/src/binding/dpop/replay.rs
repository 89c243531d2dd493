//! The memory of proofs that were seen: each is good for one request (RFC 9449 §11.1).

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::crypto::{first_half, sha256};

/// The first half of a SHA-256 hash: enough that nobody finds two proofs of one hash by chance, and
/// whoever looks for them on purpose can only spoil proofs of their own key.
type Hash = [u8; 16];

/// What is remembered of one proof.
pub(super) enum Memory {
    /// It was not seen before, and is remembered from now on.
    New,
    /// It was seen before.
    Seen,
    /// There is no room to remember it, so it must not be accepted; there will be after this time.
    Full(Duration),
}

/// Two generations of hashes. A new one begins after each `period`, and the one before the last is
/// forgotten as a whole: so each hash is remembered for at least `period`, at most twice as long as the
/// requests come, and nothing has to look for old ones.
pub(super) struct ReplayMemory {
    period: Duration,
    /// The most proofs of a generation.
    capacity: usize,
    generations: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    began: Duration,
    current: Generation,
    previous: Generation,
}

#[derive(Default)]
struct Generation {
    seen: HashSet<Hash>,
    /// How many of them each key signed.
    of_key: HashMap<Hash, usize>,
}

impl ReplayMemory {
    /// Remembers each proof for `period`, and no more than `capacity` in such a time. `now` is the time
    /// of a clock that never goes backwards.
    pub(super) fn new(period: Duration, capacity: usize, now: Duration) -> Self {
        let generations = Generations {
            began: now,
            ..Generations::default()
        };
        Self {
            period,
            capacity,
            generations: Mutex::new(generations),
        }
    }

    /// Looks for the proof with this `jti` of the key with this thumbprint, and remembers it.
    pub(super) fn remember(&self, jkt: &str, jti: &str, now: Duration) -> Memory {
        let key = hash(&[jkt]);
        // Thumbprints are of one length, so the two texts cannot be cut elsewhere.
        let proof = hash(&[jkt, jti]);
        let mut generations = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        generations.advance(self.period, now);
        let Generations {
            began,
            current,
            previous,
        } = &mut *generations;
        if current.seen.contains(&proof) || previous.seen.contains(&proof) {
            return Memory::Seen;
        }
        let of_key = current.of_key.get(&key).copied().unwrap_or_default();
        if current.seen.len() >= self.capacity || of_key >= self.share() {
            return Memory::Full((*began + self.period).saturating_sub(now));
        }
        current.of_key.insert(key, of_key + 1);
        current.seen.insert(proof);
        Memory::New
    }

    /// The most proofs of one key in a generation: one client alone cannot lock out the others.
    const fn share(&self) -> usize {
        self.capacity.div_ceil(4)
    }
}

impl Generations {
    fn advance(&mut self, period: Duration, now: Duration) {
        let age = now.saturating_sub(self.began);
        if age < period {
            return;
        }
        self.previous = std::mem::take(&mut self.current);
        if age >= period.saturating_mul(2) {
            self.previous = Generation::default();
        }
        self.began = now;
    }
}

fn hash(texts: &[&str]) -> Hash {
    first_half(&sha256(texts.concat().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Duration = Duration::from_secs(70);

    fn is_new(memory: &ReplayMemory, jkt: &str, jti: &str, seconds: u64) -> bool {
        let outcome = memory.remember(jkt, jti, Duration::from_secs(seconds));
        matches!(outcome, Memory::New)
    }

    fn held(memory: &ReplayMemory) -> usize {
        let generations = memory.generations.lock().unwrap();
        generations.current.seen.len() + generations.previous.seen.len()
    }

    #[test]
    fn a_proof_is_remembered_for_its_whole_life() {
        for first in [0, 1, 35, 69, 70, 71, 139] {
            for later in 0..70 {
                let memory = ReplayMemory::new(PERIOD, 100, Duration::ZERO);
                assert!(is_new(&memory, "k", "a", first));
                let at = first + later;
                assert!(!is_new(&memory, "k", "a", at), "{first}, again at {at}");
            }
        }
    }

    #[test]
    fn a_proof_is_remembered_while_others_come() {
        let memory = ReplayMemory::new(PERIOD, 1000, Duration::ZERO);
        for second in 0..500 {
            assert!(is_new(&memory, "k", &second.to_string(), second));
            for back in 0..70.min(second + 1) {
                let earlier = (second - back).to_string();
                assert!(!is_new(&memory, "k", &earlier, second), "{back} s later");
            }
        }
        assert!(held(&memory) <= 140, "{} are held", held(&memory));
    }

    #[test]
    fn proofs_of_two_keys_may_have_one_jti() {
        let memory = ReplayMemory::new(PERIOD, 100, Duration::ZERO);
        assert!(is_new(&memory, "k", "a", 0));
        assert!(is_new(&memory, "l", "a", 0));
        assert!(!is_new(&memory, "l", "a", 0));
    }

    #[test]
    fn a_flood_of_proofs_stays_bounded_and_none_is_accepted_unrecorded() {
        let memory = ReplayMemory::new(PERIOD, 100, Duration::ZERO);
        let mut accepted = 0;
        for second in 0..140 {
            for n in 0..100 {
                let key = format!("k{}", n % 50);
                accepted += usize::from(is_new(&memory, &key, &format!("{second}/{n}"), second));
                assert!(held(&memory) <= 200);
            }
        }
        assert_eq!(accepted, 200, "the capacity of each of two generations");
        assert!(
            !is_new(&memory, "k0", "0/0", 139),
            "the first is not forgotten"
        );
    }

    #[test]
    fn one_client_cannot_fill_the_memory_for_all() {
        let memory = ReplayMemory::new(PERIOD, 100, Duration::ZERO);
        let flood = (0..1000).filter(|n| is_new(&memory, "flooder", &n.to_string(), 0));
        assert_eq!(flood.count(), 25);
        assert!(is_new(&memory, "another", "a", 0));
        let wait = memory.remember("flooder", "x", Duration::from_secs(20));
        assert!(matches!(wait, Memory::Full(wait) if wait == Duration::from_secs(50)));
        assert!(is_new(&memory, "flooder", "x", 70));
    }
}
