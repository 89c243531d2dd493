//! Nonces of this service (RFC 9449 §9): a proof that holds one was made after the service gave it out,
//! so nobody can make proofs for the future while they have the key at hand.
//!
//! A nonce is the time it was given out and a MAC of it: nothing has to be remembered.

use std::time::Duration;

use crate::binding::base64url;
use crate::crypto::{MacKey, same};
use crate::strict;

pub(super) struct Nonces {
    key: MacKey,
    /// How long a nonce is accepted.
    lifetime: Duration,
}

/// Keeps this use of the key apart from any other.
const CONTEXT: &[u8] = b"pico-auth DPoP nonce\0";

/// Half of SHA-256: as hard to guess as a key of 128 bits.
const TAG: usize = 16;

impl Nonces {
    pub(super) const fn new(key: MacKey, lifetime: Duration) -> Self {
        Self { key, lifetime }
    }

    /// A fresh nonce.
    pub(super) fn issue(&self, now: Duration) -> Box<str> {
        let time = now.as_secs().to_be_bytes();
        let tag = self.tag(time);
        let tag = tag.get(..TAG).unwrap_or_default();
        base64url(&[time.as_slice(), tag].concat()).into()
    }

    /// Whether this service, or one with the same secret, gave it out within its lifetime; `leeway` is by
    /// how much the clocks of two such services may differ.
    pub(super) fn accepts(&self, nonce: &str, now: Duration, leeway: Duration) -> bool {
        let Some(bytes) = strict::base64url(nonce) else {
            return false;
        };
        let Some((time, tag)) = bytes.split_first_chunk::<8>() else {
            return false;
        };
        let expected = self.tag(*time);
        let issued = Duration::from_secs(u64::from_be_bytes(*time));
        expected
            .get(..TAG)
            .is_some_and(|expected| same(expected, tag))
            && issued <= now.saturating_add(leeway)
            && now <= issued.saturating_add(self.lifetime)
    }

    fn tag(&self, time: [u8; 8]) -> [u8; 32] {
        self.key.tag(&[CONTEXT, time.as_slice()].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_800_000_000);
    const LIFETIME: Duration = Duration::from_secs(300);
    const LEEWAY: Duration = Duration::from_secs(5);

    fn nonces(secret: &[u8]) -> Nonces {
        Nonces::new(MacKey::new(secret), LIFETIME)
    }

    #[test]
    fn a_nonce_is_accepted_for_its_lifetime() {
        let nonces = nonces(b"secret");
        let nonce = nonces.issue(NOW);
        let seconds = |n| Duration::from_secs(n);
        for (at, accepted) in [
            (seconds(1_799_999_994), false),
            (seconds(1_799_999_995), true),
            (NOW, true),
            (NOW + LIFETIME, true),
            (NOW + LIFETIME + seconds(1), false),
            (Duration::ZERO, false),
            (Duration::MAX, false),
        ] {
            assert_eq!(nonces.accepts(&nonce, at, LEEWAY), accepted, "{at:?}");
        }
    }

    #[test]
    fn forged_nonces_are_refused() {
        let service = nonces(b"secret");
        let good = service.issue(NOW);
        let of_another = nonces(b"other").issue(NOW);
        let mut later = strict::base64url(&*good).unwrap();
        later[7] += 1;
        let mut longer = strict::base64url(&*good).unwrap();
        longer.push(0);
        let shorter = strict::base64url(&*good).unwrap()[..23].to_vec();
        for forged in [
            "",
            "AAAAAAAAAAA",
            "not base64url!",
            &of_another,
            &base64url(&later),
            &base64url(&longer),
            &base64url(&shorter),
            &format!("{good}="),
        ] {
            assert!(!service.accepts(forged, NOW, LEEWAY), "{forged}");
        }
        assert!(
            nonces(b"secret").accepts(&good, NOW, LEEWAY),
            "a shared secret"
        );
    }
}
