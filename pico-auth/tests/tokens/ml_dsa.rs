//! ML-DSA (RFC 9964): the RFC's examples, and attacks that its key type and its signatures invite.

use std::sync::Arc;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::signature::{
    KeyPair, ML_DSA_44_SIGNING, ML_DSA_65_SIGNING, ML_DSA_87_SIGNING, PqdsaKeyPair,
};
use pico_auth::{
    Algorithm, KeyLookup, KeyQuery, StaticKeys, TokenInvalidReason as Reason, ValidationRules,
    VerificationKey,
};
use serde_json::{Value, json};

use crate::support::*;

const SETS: [(Algorithm, usize); 3] = [
    (Algorithm::MlDsa44, 2420),
    (Algorithm::MlDsa65, 3309),
    (Algorithm::MlDsa87, 4627),
];

fn signer(algorithm: Algorithm) -> (&'static Signer, &'static str) {
    match algorithm {
        Algorithm::MlDsa44 => (&ML_DSA_44, "ml-dsa-44"),
        Algorithm::MlDsa65 => (&ML_DSA_65, "ml-dsa-65"),
        _ => (&ML_DSA_87, "ml-dsa-87"),
    }
}

/// A good token of this algorithm, of its own key, with this `kid`.
fn token(algorithm: Algorithm, kid: &str) -> String {
    let header = json!({"alg": algorithm.name(), "kid": kid}).to_string();
    let (signer, _) = signer(algorithm);
    sign_with(signer, algorithm, &header, &claims().to_string())
}

/// The examples of the RFC: key (with its seed), key without it, JWS, algorithm.
fn examples() -> Vec<(Value, Value, String, Algorithm)> {
    let document: Value = serde_json::from_str(include_str!("rfc9964.json")).unwrap();
    let examples = document["examples"].as_array().unwrap();
    let read = |example: &Value| {
        let jwk = example["jwk"].clone();
        let mut public = jwk.clone();
        public.as_object_mut().unwrap().remove("priv").unwrap();
        let algorithm = public["alg"].as_str().unwrap().parse().unwrap();
        let jws = example["jws"].as_str().unwrap().to_owned();
        (jwk, public, jws, algorithm)
    };
    examples.iter().map(read).collect()
}

fn key_of(jwk: &Value, algorithm: Algorithm) -> Arc<VerificationKey> {
    let keys = StaticKeys::from_jwk(jwk.to_string()).unwrap();
    let kid = jwk["kid"].as_str();
    match keys.lookup(KeyQuery { kid, algorithm }) {
        KeyLookup::Found(key) => key,
        other => panic!("{other:?}"),
    }
}

/// The reason why a JWK is not taken; one that is skipped does not spoil its set.
#[track_caller]
fn refused(jwk: &Value) -> String {
    let set = StaticKeys::from_jwks(jwks(&[jwk.clone(), RSA.jwk("rsa")])).unwrap();
    verify_by(&validator_of(rules(), set), &sign(&header(), &claims())).unwrap();
    let error = StaticKeys::from_jwk(jwk.to_string()).unwrap_err();
    error.problem().to_owned()
}

fn with(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}

fn without(mut jwk: Value, name: &str) -> Value {
    jwk.as_object_mut().unwrap().remove(name).unwrap();
    jwk
}

#[test]
fn the_examples_of_rfc_9964_verify() {
    let examples = examples();
    let algorithms: Vec<_> = examples.iter().map(|(.., algorithm)| *algorithm).collect();
    assert_eq!(algorithms, SETS.map(|(algorithm, _)| algorithm));
    for (_, public, jws, algorithm) in examples {
        let key = key_of(&public, algorithm);
        assert_eq!(key.algorithms().collect::<Vec<_>>(), [algorithm]);
        let (message, signature) = jws.rsplit_once('.').unwrap();
        let signature = un_b64(signature);
        key.verify(algorithm, message.as_bytes(), &signature)
            .unwrap();
        let other = format!("{message}A");
        assert_eq!(
            key.verify(algorithm, other.as_bytes(), &signature),
            Err(Reason::Signature)
        );
        // As a token, all of it is right but that its payload is a sentence.
        let keys = StaticKeys::from_jwk(public.to_string()).unwrap();
        let reason = reason_by(&validator_of(rules(), keys), &jws);
        assert!(matches!(reason, Reason::Malformed(_)), "{reason:?}");
    }
}

#[test]
fn the_seeds_of_rfc_9964_make_its_keys_and_sign_tokens_for_them() {
    for (private, public, _, algorithm) in examples() {
        let signing = match algorithm {
            Algorithm::MlDsa44 => &ML_DSA_44_SIGNING,
            Algorithm::MlDsa65 => &ML_DSA_65_SIGNING,
            _ => &ML_DSA_87_SIGNING,
        };
        let seed = un_b64(private["priv"].as_str().unwrap());
        let pair = PqdsaKeyPair::from_seed(signing, &seed).unwrap();
        assert_eq!(b64(pair.public_key()), public["pub"]);
        let header = json!({"alg": algorithm.name(), "kid": public["kid"]}).to_string();
        let signer = Signer::MlDsa(algorithm, pair);
        let token = sign_with(&signer, algorithm, &header, &claims().to_string());
        let keys = StaticKeys::from_jwk(public.to_string()).unwrap();
        verify_by(&validator_of(rules(), keys), &token).unwrap();
    }
}

#[test]
fn a_published_seed_is_refused() {
    for (private, ..) in examples() {
        assert!(refused(&private).contains("compromised"));
        let hidden = with(private, "priv", json!(null));
        assert!(refused(&hidden).contains("compromised"));
    }
}

#[test]
fn ml_dsa_is_refused_unless_it_is_accepted_by_name() {
    let defaults = validator_of(ValidationRules::new(ISSUER, [AUDIENCE]), all_keys());
    verify_by(&defaults, &sign(&header(), &claims())).unwrap();
    for (algorithm, _) in SETS {
        let (_, kid) = signer(algorithm);
        assert_eq!(
            reason_by(&defaults, &token(algorithm, kid)),
            Reason::Algorithm
        );
        let mut one = rules();
        one.algorithms = vec![algorithm];
        let validator = validator_of(one, all_keys());
        for (other, _) in SETS {
            let (_, kid) = signer(other);
            let verified = verify_by(&validator, &token(other, kid));
            assert_eq!(verified.is_ok(), other == algorithm, "{other}");
        }
    }
    for name in ["ml-dsa-44", "ML-DSA", "ML-DSA-44 ", "MLDSA44", "MlDsa44"] {
        name.parse::<Algorithm>().unwrap_err();
    }
    assert_eq!(
        "ML-DSA-87".parse::<Algorithm>().unwrap(),
        Algorithm::MlDsa87
    );
}

#[test]
fn a_set_that_mixes_ml_dsa_and_rsa_keys_serves_both() {
    let set = jwks(&[RSA.jwk("rsa"), ML_DSA_65.jwk("ml-dsa-65")]);
    let validator = validator_of(rules(), StaticKeys::from_jwks(set).unwrap());
    verify_by(&validator, &sign(&header(), &claims())).unwrap();
    verify_by(&validator, &token(Algorithm::MlDsa65, "ml-dsa-65")).unwrap();

    // Also under one `kid`, and without any: the algorithm tells them apart.
    let set = jwks(&[RSA.jwk("k"), ML_DSA_65.jwk("k")]);
    let validator = validator_of(rules(), StaticKeys::from_jwks(set).unwrap());
    for header in [json!({"alg": "RS256", "kid": "k"}), json!({"alg": "RS256"})] {
        verify_by(&validator, &sign(&header, &claims())).unwrap();
    }
    verify_by(&validator, &token(Algorithm::MlDsa65, "k")).unwrap();
    assert_eq!(
        reason_by(&validator, &token(Algorithm::MlDsa44, "k")),
        Reason::Algorithm
    );
}

#[test]
fn an_ml_dsa_token_on_the_kid_of_an_rsa_key_is_refused_and_the_reverse() {
    for (algorithm, _) in SETS {
        let (_, kid) = signer(algorithm);
        assert_eq!(reason(&token(algorithm, "rsa")), Reason::Algorithm);
        let header = json!({"alg": "RS256", "kid": kid});
        assert_eq!(reason(&sign(&header, &claims())), Reason::Algorithm);
    }
}

#[test]
fn a_token_relabelled_for_another_parameter_set_is_refused() {
    for (named, _) in SETS {
        for (signed, _) in SETS.into_iter().filter(|(signed, _)| *signed != named) {
            let (_, kid) = signer(named);
            // The header and the key agree, the signature is of another set; then the key is.
            let header = json!({"alg": named.name(), "kid": kid}).to_string();
            let text = sign_with(signer(signed).0, signed, &header, &claims().to_string());
            assert_eq!(reason(&text), Reason::Signature, "{signed} as {named}");
            assert_eq!(reason(&token(signed, kid)), Reason::Algorithm);
        }
    }
}

#[test]
fn signatures_of_another_length_are_refused() {
    for (algorithm, length) in SETS {
        let (_, kid) = signer(algorithm);
        let token = token(algorithm, kid);
        let (message, signature) = token.rsplit_once('.').unwrap();
        let signature = un_b64(signature);
        assert_eq!(signature.len(), length);
        let longer = |by| [signature.as_slice(), &vec![0; by]].concat();
        for wrong in [
            vec![0],
            vec![0; length],
            signature[1..].to_vec(),
            signature[..length - 1].to_vec(),
            longer(1),
            longer(length),
        ] {
            let text = format!("{message}.{}", b64(wrong));
            assert_eq!(reason(&text), Reason::Signature);
        }
    }
}

/// RFC 9964 §5: the context is empty; §7.2: what is signed is the message, not its hash.
#[test]
fn signatures_over_a_context_or_a_hash_are_refused() {
    let made: Value = serde_json::from_str(include_str!("ml_dsa_variants.json")).unwrap();
    let (_, public, ..) = examples().remove(0);
    let key = key_of(&public, Algorithm::MlDsa44);
    let verify = |name: &str| {
        let signature = un_b64(made[name].as_str().unwrap());
        let message = made["message"].as_str().unwrap().as_bytes();
        key.verify(Algorithm::MlDsa44, message, &signature)
    };
    assert_eq!(verify("empty_context"), Ok(()));
    for name in ["context", "pre_hash", "internal"] {
        assert_eq!(verify(name), Err(Reason::Signature), "{name}");
    }
}

#[test]
fn an_akp_key_without_alg_is_refused() {
    for (algorithm, _) in SETS {
        let (signer, kid) = signer(algorithm);
        let jwk = signer.jwk(kid);
        assert!(refused(&without(jwk.clone(), "alg")).contains("needs an `alg`"));
        for alg in [json!(null), json!(44), json!([algorithm.name()]), json!({})] {
            refused(&with(jwk.clone(), "alg", alg));
        }
    }
}

#[test]
fn an_akp_key_of_an_algorithm_unknown_or_of_another_type_is_refused() {
    let jwk = ML_DSA_44.jwk("k");
    // Some are registered or proposed for `AKP`; none is spelt as we know it.
    for alg in [
        "ML-DSA-44-ES256",
        "SLH-DSA-SHA2-128s",
        "HPKE-0",
        "ml-dsa-44",
        "ML-DSA-44 ",
        "",
        "none",
        "HS256",
    ] {
        let why = refused(&with(jwk.clone(), "alg", json!(alg)));
        assert!(why.contains("not supported"), "{alg}: {why}");
    }
    for alg in ["RS256", "ES256", "EdDSA"] {
        let why = refused(&with(jwk.clone(), "alg", json!(alg)));
        assert!(why.contains("does not permit"), "{alg}: {why}");
    }
    for kty in ["akp", "OKP", "EC", "RSA"] {
        refused(&with(jwk.clone(), "kty", json!(kty)));
    }
    for other in [RSA.jwk("k"), P256.jwk("k"), ED.jwk("k")] {
        let why = refused(&with(other.clone(), "alg", json!("ML-DSA-44")));
        assert!(why.contains("does not permit"), "{why}");
        refused(&with(
            with(other, "alg", json!("ML-DSA-44")),
            "kty",
            json!("AKP"),
        ));
    }
}

#[test]
fn a_public_key_of_another_length_is_refused() {
    for (algorithm, _) in SETS {
        let (signer, kid) = signer(algorithm);
        let jwk = signer.jwk(kid);
        let public = un_b64(jwk["pub"].as_str().unwrap());
        let Signer::MlDsa(_, pair) = signer else {
            panic!()
        };
        let der = pair.public_key().as_der().unwrap();
        assert_eq!(der.as_ref().len(), public.len() + 22);
        for wrong in [
            vec![],
            vec![0; 32],
            public[1..].to_vec(),
            public[..public.len() - 1].to_vec(),
            [&public[..], &[0]].concat(),
            // The same key, in a form the back-end would take.
            der.as_ref().to_vec(),
        ] {
            let why = refused(&with(jwk.clone(), "pub", json!(b64(wrong))));
            assert!(why.contains("length"), "{why}");
        }
        for other in [json!(null), json!(1), json!([jwk["pub"]])] {
            refused(&with(jwk.clone(), "pub", other));
        }
        refused(&without(jwk, "pub"));
    }
}

#[test]
fn an_ml_dsa_key_for_something_else_is_refused() {
    let jwk = ML_DSA_87.jwk("k");
    for (name, value) in [
        ("use", json!("enc")),
        ("use", json!(1)),
        ("key_ops", json!([])),
        ("key_ops", json!(["sign"])),
        ("key_ops", json!("verify")),
        ("kid", json!(1)),
        ("d", json!("AQAB")),
        ("k", json!("AQAB")),
    ] {
        refused(&with(jwk.clone(), name, value));
    }
    for (name, value) in [
        ("use", json!("sig")),
        ("key_ops", json!(["verify"])),
        ("x-vendor", json!({"a": 1})),
    ] {
        key_of(&with(jwk.clone(), name, value), Algorithm::MlDsa87);
    }
    let twice = jwk.to_string().replacen('{', r#"{"alg":"ML-DSA-44","#, 1);
    StaticKeys::from_jwk(&twice).unwrap_err();
    StaticKeys::from_jwks(format!(r#"{{"keys":[{twice}]}}"#)).unwrap_err();
}

#[test]
fn a_pem_of_ml_dsa_with_another_oid_or_trailing_bytes_is_refused() {
    for (algorithm, _) in SETS {
        let Signer::MlDsa(_, pair) = signer(algorithm).0 else {
            panic!()
        };
        let der = pair.public_key().as_der().unwrap().as_ref().to_vec();
        let read = |der: &[u8]| StaticKeys::from_pem(None, algorithm, pem("PUBLIC KEY", der));
        read(&der).unwrap();
        // The last byte of the OID (RFC 9881 §2) says which set it is.
        assert!((0x11..=0x13).contains(&der[16]), "{:x}", der[16]);
        for last in (0x10..=0x14).filter(|last| *last != der[16]) {
            let mut der = der.clone();
            der[16] = last;
            read(&der).unwrap_err();
        }
        read(&[&der[..], &[0]].concat()).unwrap_err();
        read(&der[..der.len() - 1]).unwrap_err();
        read(&der[22..]).unwrap_err();
        let text = pem("RSA PUBLIC KEY", &der);
        StaticKeys::from_pem(None, algorithm, text).unwrap_err();
        let two = pem("PUBLIC KEY", &der).repeat(2);
        StaticKeys::from_pem(None, algorithm, two).unwrap_err();
    }
}

#[test]
fn tokens_of_every_parameter_set_are_within_the_default_limit() {
    for (algorithm, length) in SETS {
        let (_, kid) = signer(algorithm);
        let token = token(algorithm, kid);
        assert!(token.len() > length * 4 / 3, "{}", token.len());
        assert!(token.len() * 2 < ValidationRules::new(ISSUER, [AUDIENCE]).max_token_bytes);
        verify(&token).unwrap();
    }
}
