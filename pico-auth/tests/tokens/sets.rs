//! What several keys in one set mean for each other, and what is said of those that are skipped.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use pico_auth::{Algorithm, KeyLookup, KeyQuery, StaticKeys, TokenInvalidReason as Reason};
use serde_json::{Value, json};

use crate::support::*;

fn set(keys: &[Value]) -> StaticKeys {
    StaticKeys::from_jwks(jwks(keys)).unwrap()
}

fn find(keys: &StaticKeys, kid: Option<&str>, algorithm: Algorithm) -> KeyLookup {
    keys.lookup(KeyQuery { kid, algorithm })
}

fn with(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}

fn anonymous(mut jwk: Value) -> Value {
    jwk.as_object_mut().unwrap().remove("kid");
    jwk
}

#[test]
fn a_token_without_a_kid_is_verified_only_if_exactly_one_key_fits() {
    let header = json!({"alg": "RS256"});
    let token = sign(&header, &claims());
    for key in [RSA.jwk("rsa"), anonymous(RSA.jwk(""))] {
        let keys = set(&[key.clone(), P256.jwk("p256"), anonymous(ED.jwk(""))]);
        verify_by(&validator_of(rules(), keys), &token).unwrap();
        for other in [OTHER_RSA.jwk("other"), anonymous(OTHER_RSA.jwk(""))] {
            let keys = set(&[key.clone(), other]);
            let reason = reason_by(&validator_of(rules(), keys), &token);
            assert_eq!(reason, Reason::UnknownKey);
        }
    }
}

#[test]
fn a_token_with_a_kid_never_gets_a_key_without_one() {
    let keys = set(&[anonymous(RSA.jwk(""))]);
    for kid in ["rsa", ""] {
        let answer = find(&keys, Some(kid), Algorithm::RS256);
        assert!(matches!(answer, KeyLookup::Unknown), "{answer:?}");
    }
}

#[test]
fn the_same_key_twice_is_one_key() {
    let keys = set(&[RSA.jwk("k"), RSA.jwk("k"), ED.jwk("k"), RSA.jwk("k")]);
    let answer = find(&keys, Some("k"), Algorithm::RS256);
    assert!(matches!(answer, KeyLookup::Found(_)), "{answer:?}");
    let answer = find(&keys, None, Algorithm::RS256);
    assert!(matches!(answer, KeyLookup::Found(_)), "{answer:?}");
}

/// As while keys are rotated: the old set and the new one have a key in common.
#[test]
fn sets_that_overlap_can_be_joined() {
    let old = set(&[OTHER_RSA.jwk("old"), RSA.jwk("rsa"), anonymous(ED.jwk(""))]);
    let new = set(&[RSA.jwk("rsa"), P256.jwk("new"), anonymous(ED.jwk(""))]);
    for keys in [old.clone().and(new.clone()), new.and(old)] {
        for (kid, algorithm) in [
            (Some("old"), Algorithm::RS256),
            (Some("rsa"), Algorithm::RS256),
            (Some("new"), Algorithm::ES256),
            (None, Algorithm::EdDSA),
        ] {
            let answer = find(&keys, kid, algorithm);
            assert!(matches!(answer, KeyLookup::Found(_)), "{answer:?}");
        }
        let validator = validator_of(rules(), keys);
        verify_by(&validator, &sign(&header(), &claims())).unwrap();
    }
}

#[test]
fn rivals_in_sets_that_are_joined_verify_nothing() {
    let keys = set(&[RSA.jwk("rsa")]).and(set(&[OTHER_RSA.jwk("rsa")]));
    let validator = validator_of(rules(), keys);
    assert_eq!(
        reason_by(&validator, &sign(&header(), &claims())),
        Reason::UnknownKey
    );
}

#[test]
fn two_different_keys_of_one_kid_and_algorithm_verify_nothing() {
    // Whoever can add a key to the set must not be able to stand in for another.
    for keys in [
        [RSA.jwk("rsa"), OTHER_RSA.jwk("rsa")],
        [OTHER_RSA.jwk("rsa"), RSA.jwk("rsa")],
    ] {
        let validator = validator_of(rules(), set(&keys));
        assert_eq!(
            reason_by(&validator, &sign(&header(), &claims())),
            Reason::UnknownKey
        );
    }
    // But for the algorithms they do not share.
    let keys = set(&[
        with(RSA.jwk("k"), "alg", json!("RS256")),
        with(OTHER_RSA.jwk("k"), "alg", json!("PS256")),
        ED.jwk("k"),
    ]);
    for algorithm in [Algorithm::RS256, Algorithm::PS256, Algorithm::EdDSA] {
        let answer = find(&keys, Some("k"), algorithm);
        assert!(matches!(answer, KeyLookup::Found(_)), "{answer:?}");
    }
    let answer = find(&keys, Some("k"), Algorithm::RS512);
    assert!(matches!(answer, KeyLookup::AlgorithmMismatch), "{answer:?}");
}

/// Level, key id and reason of each line.
type Line = (tracing::Level, String, String);

/// Keeps what is logged on this thread about keys.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Line>>>);

impl Log {
    /// The lines since the last call.
    #[cfg_attr(not(feature = "http-client"), expect(dead_code))]
    fn take(&self) -> Vec<Line> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[derive(Default)]
struct Fields {
    kid: String,
    why: String,
}

impl tracing::field::Visit for Fields {
    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        if field.name() == "auth.cause" {
            value.clone_into(&mut self.why);
        }
    }

    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn Debug) {
        if field.name() == "jwt.kid" {
            self.kid = format!("{value:?}").replace('"', "");
        }
    }
}

impl tracing::Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("pico_auth::jwks::key_set")
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = (*event.metadata().level(), fields.kid, fields.why);
        self.0.lock().unwrap().push(line);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[cfg(feature = "http-client")]
#[test]
fn each_skipped_key_is_one_line_in_the_log_per_changed_set() {
    // tracing remembers per line of code, for all threads, whether anyone listens to it.
    passes(&mut alone("sets::what_is_logged"));
}

#[cfg(feature = "http-client")]
#[tokio::test]
#[ignore = "run by the test above"]
async fn what_is_logged() {
    use std::time::Duration;

    use pico_auth::KeySource;
    use tracing::Level;

    use crate::server::Server;

    const ONE_LINE_EACH: [(Level, &str, &str); 9] = [
        (Level::DEBUG, "alien", "`kty`"),
        (Level::DEBUG, "curve", "curve"),
        (Level::DEBUG, "encrypts", "`use`"),
        (Level::DEBUG, "signs", "`key_ops`"),
        (Level::WARN, "broken", "base64url"),
        (Level::WARN, "good", "twice"),
        (Level::WARN, "private", "compromised"),
        (Level::WARN, "rival", "neither"),
        (Level::WARN, "weak", "2048"),
    ];

    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let weak = json!({"kty": "RSA", "kid": "weak", "n": b64([0xff; 128]), "e": "AQAB"});
    let mut keys = vec![
        ED.jwk("good"),
        with(RSA.jwk("encrypts"), "use", json!("enc")),
        json!({"kty": "FUTURE", "kid": "alien", "data": [1]}),
        with(ED.jwk("curve"), "crv", json!("Ed448")),
        with(RSA.jwk("signs"), "key_ops", json!(["sign"])),
        with(RSA.jwk("broken"), "n", json!("?")),
        ED.jwk("good"),
        with(P256.jwk("private"), "d", json!("AQAB")),
        RSA.jwk("rival"),
        OTHER_RSA.jwk("rival"),
        weak,
    ];
    let (server, client, clock) = Server::with_keys(&keys).await;
    let good = || async {
        let query = KeyQuery {
            kid: Some("good"),
            algorithm: Algorithm::EdDSA,
        };
        let answer = client.find(query).await;
        assert!(matches!(answer, Ok(KeyLookup::Found(_))), "{answer:?}");
    };
    good().await;
    let mut lines = log.take();
    lines.sort_by_key(|(level, kid, _)| (*level == Level::WARN, kid.clone()));
    assert_eq!(lines.len(), ONE_LINE_EACH.len(), "{lines:?}");
    for (line, (level, kid, why)) in lines.iter().zip(ONE_LINE_EACH) {
        assert_eq!((line.0, line.1.as_str()), (level, kid));
        assert!(line.2.contains(why), "{line:?}");
    }

    // Fetched again, the same or in another order: nothing new to say.
    for _ in 0..3 {
        keys.rotate_left(1);
        server.put_keys(&keys);
        clock.advance(Duration::from_secs(300));
        good().await;
        assert_eq!(log.take(), []);
    }
    assert_eq!(server.fetches(), 4);
    keys.push(with(ED.jwk("new"), "d", json!("AQAB")));
    server.put_keys(&keys);
    clock.advance(Duration::from_secs(300));
    good().await;
    let lines = log.take();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!((lines[0].0, lines[0].1.as_str()), (Level::WARN, "new"));

    // Sets that are joined: what was said of each is not said again, nor that they overlap.
    let one = set(&[RSA.jwk("a"), with(RSA.jwk("b"), "d", json!("AQAB"))]);
    let other = set(&[RSA.jwk("a"), OTHER_RSA.jwk("rival")]);
    log.take();
    let joined = one.and(other);
    assert_eq!(log.take(), []);
    let _ = joined.and(set(&[RSA.jwk("rival")]));
    let lines = log.take();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!((lines[0].0, lines[0].1.as_str()), (Level::WARN, "rival"));
}
