//! Every byte of a token matters: whatever is changed, it is refused, and nothing panics.

use pico_auth::{Algorithm, RawToken};
use serde_json::json;

use crate::support::*;

/// A small deterministic generator (xorshift), so that a failure can be run again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

fn tokens() -> Vec<String> {
    [
        (&*RSA, "rsa", Algorithm::RS256),
        (&P256, "p256", Algorithm::ES256),
        (&ED, "ed", Algorithm::EdDSA),
        (&ML_DSA_44, "ml-dsa-44", Algorithm::MlDsa44),
    ]
    .into_iter()
    .map(|(signer, kid, algorithm)| {
        let header = json!({"alg": algorithm.name(), "kid": kid}).to_string();
        sign_with(signer, algorithm, &header, &claims().to_string())
    })
    .collect()
}

#[test]
fn any_changed_byte_is_refused() {
    let validator = validator_of(rules(), all_keys());
    for token in tokens() {
        verify_by(&validator, &token).unwrap();
        for at in 0..token.len() {
            for flip in [1, 2, 0x20, 0x40] {
                let mut bytes = token.clone().into_bytes();
                bytes[at] ^= flip;
                if let Ok(text) = String::from_utf8(bytes) {
                    assert!(verify_by(&validator, &text).is_err(), "byte {at} ^ {flip}");
                }
            }
        }
    }
}

#[test]
fn any_damage_is_refused_and_nothing_panics() {
    const CHARS: &[u8] = b"ABCxyz019-_.=+/ {}\"\\\0\x7f";
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let validator = validator_of(rules(), all_keys());
    for token in tokens() {
        for round in 0..3000 {
            let mut bytes = token.clone().into_bytes();
            for _ in 0..=dice.roll(4) {
                let at = dice.roll(bytes.len());
                match dice.roll(5) {
                    0 => bytes[at] = CHARS[dice.roll(CHARS.len())],
                    1 => bytes.insert(at, CHARS[dice.roll(CHARS.len())]),
                    2 if bytes.len() > 4 => drop(bytes.remove(at)),
                    3 => bytes.truncate(at.max(4)),
                    _ => {
                        let to = dice.roll(bytes.len());
                        bytes.swap(at, to);
                    }
                }
            }
            let _ = RawToken::from_header_value(&bytes);
            let _ = RawToken::from_bytes(&bytes);
            let text = String::from_utf8(bytes).unwrap();
            if text != token {
                assert!(
                    verify_by(&validator, &text).is_err(),
                    "round {round}: {text}"
                );
            }
        }
    }
}

#[test]
fn signed_nonsense_never_panics() {
    // The signature is good, so the damage reaches the parser of header and claims.
    let mut dice = Dice(42);
    let validator = validator_of(rules(), all_keys());
    let signer = &*ED;
    let base = json!({"alg": "EdDSA", "kid": "ed", "typ": "JWT"}).to_string();
    for _ in 0..3000 {
        let mut header = base.clone().into_bytes();
        let mut payload = claims().to_string().into_bytes();
        for _ in 0..=dice.roll(3) {
            let at = dice.roll(payload.len());
            payload[at] = u8::try_from(dice.roll(256)).unwrap();
        }
        if dice.roll(4) == 0 {
            let at = dice.roll(header.len());
            header[at] = u8::try_from(dice.roll(256)).unwrap();
        }
        let message = format!("{}.{}", b64(header), b64(payload));
        let signature = b64(signer.sign(Algorithm::EdDSA, message.as_bytes()));
        let _ = verify_by(&validator, &format!("{message}.{signature}"));
    }
}

#[test]
fn damaged_key_sets_never_panic() {
    let mut dice = Dice(7);
    let document = jwks(&[RSA.jwk("rsa"), P256.jwk("p256"), ED.jwk("ed")]);
    let pem = RSA.rsa_pem();
    for _ in 0..2000 {
        let mut bytes = document.clone().into_bytes();
        let at = dice.roll(bytes.len());
        bytes[at] = u8::try_from(dice.roll(256)).unwrap();
        let _ = pico_auth::StaticKeys::from_jwks(&bytes);
        let mut bytes = pem.clone().into_bytes();
        let at = dice.roll(bytes.len());
        bytes[at] = u8::try_from(dice.roll(128)).unwrap();
        for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
            let _ = pico_auth::StaticKeys::from_pem(None, algorithm, &bytes);
        }
    }
}
