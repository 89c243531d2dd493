//! Verdicts that are remembered for a while, within a bound on their number and size.
//!
//! Two generations: what is new, and what was found again, is in the young one. When that is full it
//! becomes the old one, and what was old and not found again is forgotten. So the memory keeps at least
//! the latest half of what it may hold, and forgetting costs no search.

use std::collections::HashMap;
use std::time::Duration;

use super::verdict::Verdict;
use crate::crypto::sha256;
use crate::token::RawToken;

/// SHA-256 of a token. The token itself is kept nowhere.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(token: RawToken<'_>) -> Self {
        Self(sha256(token.as_str().as_bytes()))
    }
}

/// How much is remembered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// At least 2.
    pub(super) entries: usize,
    /// The sum of what [`Memory::put`] is told.
    pub(super) bytes: usize,
}

#[derive(Clone)]
struct Entry {
    verdict: Verdict,
    /// On the clock's `elapsed`.
    until: Duration,
    bytes: usize,
}

/// What is forgotten. It may be much: drop it where nobody waits.
#[derive(Default)]
pub(super) struct Forgotten(
    #[expect(dead_code, reason = "kept to be dropped")] HashMap<Fingerprint, Entry>,
);

pub(super) struct Memory {
    room: Room,
    young: HashMap<Fingerprint, Entry>,
    young_bytes: usize,
    old: HashMap<Fingerprint, Entry>,
}

impl Memory {
    pub(super) fn new(room: Room) -> Self {
        Self {
            room,
            young: HashMap::new(),
            young_bytes: 0,
            old: HashMap::new(),
        }
    }

    /// The verdict on a token at the time `now`.
    pub(super) fn get(
        &mut self,
        token: &Fingerprint,
        now: Duration,
    ) -> (Option<Verdict>, Forgotten) {
        if let Some(entry) = self.young.get(token) {
            return (entry.at(now), Forgotten::default());
        }
        let Some(entry) = self.old.remove(token) else {
            return (None, Forgotten::default());
        };
        let verdict = entry.at(now);
        let forgotten = match &verdict {
            Some(_) => self.insert(*token, entry),
            None => Forgotten::default(),
        };
        (verdict, forgotten)
    }

    /// Remembers a verdict until `until`.
    pub(super) fn put(
        &mut self,
        token: Fingerprint,
        verdict: Verdict,
        until: Duration,
        bytes: usize,
    ) -> Forgotten {
        self.old.remove(&token);
        self.insert(
            token,
            Entry {
                verdict,
                until,
                bytes,
            },
        )
    }

    fn insert(&mut self, token: Fingerprint, entry: Entry) -> Forgotten {
        if let Some(known) = self.young.remove(&token) {
            self.young_bytes -= known.bytes;
        }
        if entry.bytes > self.room.bytes / 2 {
            return Forgotten::default();
        }
        let full = self.young.len() >= self.room.entries / 2
            || self.young_bytes + entry.bytes > self.room.bytes / 2;
        let forgotten = if full {
            self.young_bytes = 0;
            std::mem::replace(&mut self.old, std::mem::take(&mut self.young))
        } else {
            HashMap::new()
        };
        self.young_bytes += entry.bytes;
        self.young.insert(token, entry);
        Forgotten(forgotten)
    }
}

impl Entry {
    fn at(&self, now: Duration) -> Option<Verdict> {
        (now < self.until).then(|| self.verdict.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::TokenInvalidReason;
    use crate::jwt::checks::Refusal;

    const SECOND: Duration = Duration::from_secs(1);

    fn token(number: usize) -> Fingerprint {
        let text = number.to_string();
        Fingerprint::of(RawToken::from_bytes(text.as_bytes()).unwrap())
    }

    fn verdict() -> Verdict {
        Verdict::Refused {
            why: Refusal::Invalid(TokenInvalidReason::Inactive),
            jti: None,
        }
    }

    fn of(entries: usize, bytes: usize) -> Memory {
        Memory::new(Room { entries, bytes })
    }

    impl Memory {
        fn remember(&mut self, number: usize, bytes: usize) {
            let _ = self.put(token(number), verdict(), SECOND, bytes);
        }

        fn knows(&mut self, number: usize) -> bool {
            self.get(&token(number), Duration::ZERO).0.is_some()
        }

        fn len(&self) -> usize {
            self.young.len() + self.old.len()
        }
    }

    #[test]
    fn a_flood_of_tokens_fills_no_more_than_the_room() {
        let mut memory = of(100, 1000);
        for number in 0..10_000 {
            memory.remember(number, 1);
            assert!(memory.len() <= 100);
            // Asked for again and again, as a token in use.
            assert!(memory.knows(0), "{number}");
        }
        assert!(memory.knows(9_999));
        assert!(!memory.knows(1));
    }

    #[test]
    fn large_answers_fill_the_room_before_it_is_full_of_entries() {
        let mut memory = of(100, 1000);
        for number in 0..100 {
            memory.remember(number, 100);
            let all = memory.young.values().chain(memory.old.values());
            assert!(all.map(|entry| entry.bytes).sum::<usize>() <= 1000);
            assert!(memory.knows(number));
        }
        memory.remember(1000, 501);
        assert!(!memory.knows(1000), "larger than a generation");
        memory.remember(99, 500);
        memory.remember(99, 500);
        assert!(memory.knows(99), "the same token takes its room once");
    }

    #[test]
    fn nothing_is_remembered_past_its_time() {
        let mut memory = of(100, 1000);
        memory.remember(1, 1);
        assert!(
            memory
                .get(&token(1), Duration::from_nanos(999_999_999))
                .0
                .is_some()
        );
        assert!(memory.get(&token(1), SECOND).0.is_none());
        for number in 2..60 {
            memory.remember(number, 1);
        }
        assert!(memory.old.contains_key(&token(1)));
        assert!(
            memory.get(&token(1), SECOND).0.is_none(),
            "nor in the old generation"
        );
    }
}
