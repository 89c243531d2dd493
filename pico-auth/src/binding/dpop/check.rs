//! Whether a proof is one for this request and this token (RFC 9449 §4.3).

use std::time::Duration;

use super::nonce::Nonces;
use super::proof::{Proof, token_hash};
use super::replay::{Memory, ReplayMemory};
use super::target;
use crate::binding::credentials::Presented;
use crate::binding::rules::Refusal;
use crate::clock::Clock;
use crate::crypto::same;
use crate::error::{AuthUnavailableError, Dependency, TokenInvalidReason};
use crate::jwks::Algorithm;

/// Checks proofs, and remembers them.
pub(in crate::binding) struct DpopCheck {
    /// What stands before the path of a request.
    bases: Vec<Box<str>>,
    accepted: Box<[Algorithm]>,
    /// Their names, separated by spaces.
    names: Box<str>,
    max_age: Duration,
    leeway: Duration,
    nonces: Option<Nonces>,
    replay: ReplayMemory,
}

impl DpopCheck {
    pub(super) fn new(
        bases: Vec<Box<str>>,
        accepted: Box<[Algorithm]>,
        (max_age, leeway): (Duration, Duration),
        (capacity, elapsed): (usize, Duration),
        nonces: Option<Nonces>,
    ) -> Self {
        let names: Vec<_> = accepted.iter().map(|algorithm| algorithm.name()).collect();
        // From the leeway in the future to the age of a minute; once more the leeway, so that a wall
        // clock that is set back a little brings no proof back to life.
        let period = max_age + leeway * 2;
        Self {
            bases,
            names: names.join(" ").into(),
            accepted,
            max_age,
            leeway,
            nonces,
            replay: ReplayMemory::new(period, capacity, elapsed),
        }
    }

    /// The accepted algorithms, separated by spaces.
    pub(in crate::binding) fn algorithms(&self) -> &str {
        &self.names
    }

    /// Checks that the proof is for this request, for `token`, and by the key with the thumbprint `jkt`.
    pub(in crate::binding) fn check(
        &self,
        token: &str,
        jkt: &str,
        presented: &Presented<'_>,
        clock: &dyn Clock,
    ) -> Result<(), Refusal> {
        let now = clock.now();
        let proof = Proof::parse(presented.proof, &self.accepted)?;
        if !same(proof.jkt.as_bytes(), jkt.as_bytes()) {
            let what = "is bound to another key than that of its DPoP proof";
            return Err(TokenInvalidReason::SenderConstraint(what).into());
        }
        self.is_for(&proof, token, presented)?;
        let jti = proof.string("jti", "has no `jti`")?;
        self.is_fresh(&proof, now)?;
        self.has_nonce(&proof, now)?;
        proof.verify()?;
        // The last step: what is not accepted for another reason takes up no room.
        match self.replay.remember(jkt, jti, clock.elapsed()) {
            Memory::New => Ok(()),
            Memory::Seen => Err(wrong("was used before")),
            Memory::Full(wait) => {
                let full = AuthUnavailableError::new(Dependency::ReplayCheck);
                Err(Refusal::Unavailable(full.with_retry_after(wait)))
            }
        }
    }

    fn is_for(
        &self,
        proof: &Proof<'_>,
        token: &str,
        presented: &Presented<'_>,
    ) -> Result<(), Refusal> {
        // Methods are case-sensitive (RFC 9110 §9.1).
        if proof.string("htm", "has no `htm`")? != presented.method {
            return Err(wrong("is for another method"));
        }
        let htu = target::normalized(proof.string("htu", "has no `htu`")?);
        let htu = htu.ok_or_else(|| wrong("has an `htu` that is not a URL"))?;
        let path = target::requested_path(presented.path);
        let is_ours = path.is_some_and(|path| {
            let path_of = |base: &str| htu.strip_prefix(base).is_some_and(|rest| rest == path);
            self.bases.iter().any(|base| path_of(base))
        });
        if !is_ours {
            return Err(wrong("is for another URL"));
        }
        let ath = proof.string("ath", "has no `ath`")?;
        if !same(ath.as_bytes(), token_hash(token).as_bytes()) {
            return Err(wrong("is for another token"));
        }
        Ok(())
    }

    fn is_fresh(&self, proof: &Proof<'_>, now: Duration) -> Result<(), Refusal> {
        let issued_at = proof.issued_at()?;
        if issued_at > now.saturating_add(self.leeway) {
            return Err(wrong("was made in the future"));
        }
        if now > issued_at.saturating_add(self.max_age) {
            return Err(wrong("is too old"));
        }
        Ok(())
    }

    fn has_nonce(&self, proof: &Proof<'_>, now: Duration) -> Result<(), Refusal> {
        let Some(nonces) = &self.nonces else {
            return Ok(());
        };
        let nonce = proof.nonce();
        if nonce.is_some_and(|nonce| nonces.accepts(nonce, now, self.leeway)) {
            return Ok(());
        }
        Err(TokenInvalidReason::DpopNonce(nonces.issue(now)).into())
    }
}

fn wrong(what: &'static str) -> Refusal {
    TokenInvalidReason::DpopProof(what).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binding::Dpop;

    /// RFC 9449 §4.1, figure 2: a proof for a token request.
    const AT_THE_ISSUER: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIi\
        wieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHp\
        iVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybF\
        RjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMj\
        YyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT\
        3Lg";

    /// RFC 9449 §7.1, figure 13: a proof for a request of a resource, and its token.
    const PROOF: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Im\
        w4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3V\
        OSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaH\
        RtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdC\
        I6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9R\
        P35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA";
    const TOKEN: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";

    /// RFC 9449 §6.1, figure 9.
    const JKT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

    /// The second in which the example was made.
    struct Then;

    impl Clock for Then {
        fn now(&self) -> Duration {
            Duration::from_secs(1_562_262_618)
        }

        fn elapsed(&self) -> Duration {
            Duration::ZERO
        }
    }

    fn outcome(check: &DpopCheck, proof: &str, method: &str, path: &str) -> String {
        let presented = Presented {
            proof,
            method,
            path,
        };
        match check.check(TOKEN, JKT, &presented, &Then) {
            Ok(()) => "accepted".to_owned(),
            Err(Refusal::Invalid(reason)) => reason.to_string(),
            Err(Refusal::Unavailable(outage)) => outage.to_string(),
        }
    }

    fn check_of(url: &str) -> DpopCheck {
        Dpop::new([url]).check(&Then).unwrap()
    }

    #[test]
    fn the_example_of_rfc_9449_is_accepted_once() {
        let check = check_of("https://resource.example.org");
        let outcome = |proof: &str| outcome(&check, proof, "GET", "/protectedresource?q");
        assert_eq!(outcome(PROOF), "accepted");
        assert_eq!(outcome(PROOF), "The DPoP proof was used before");
    }

    #[test]
    fn the_proof_that_the_issuer_saw_is_none_for_a_resource() {
        let check = check_of("https://server.example.com");
        let proof = Proof::parse(AT_THE_ISSUER, &check.accepted).unwrap();
        assert_eq!(proof.jkt, JKT);
        assert_eq!(proof.verify(), Ok(()));
        assert_eq!(
            outcome(&check, AT_THE_ISSUER, "POST", "/token"),
            "The DPoP proof has no `ath`"
        );
    }

    #[test]
    fn the_example_with_any_byte_changed_is_refused() {
        let check = check_of("https://resource.example.org");
        for at in 0..PROOF.len() {
            for replacement in [b'A', b'B', b'.', b'=', b' ', b'\0'] {
                let mut bytes = PROOF.as_bytes().to_vec();
                if bytes[at] == replacement {
                    continue;
                }
                bytes[at] = replacement;
                let forged = String::from_utf8(bytes).unwrap();
                let outcome = outcome(&check, &forged, "GET", "/protectedresource");
                assert_ne!(outcome, "accepted", "at {at}");
            }
            let outcome = outcome(&check, &PROOF[..at], "GET", "/protectedresource");
            assert_ne!(outcome, "accepted", "cut at {at}");
        }
    }
}
