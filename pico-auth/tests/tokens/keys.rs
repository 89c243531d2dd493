//! Attacks on keys: documents that are not what they seem, algorithms that do not fit.

use std::sync::Arc;

use pico_auth::{
    Algorithm, KeyLookup, KeyQuery, StaticKeys, TokenInvalidReason as Reason, VerificationKey,
};
use serde_json::{Value, json};

use crate::support::*;

fn with(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}

/// Looks a key up in a set in which one other key is good: a bad key must not spoil it.
#[track_caller]
fn lookup(jwk: &Value, algorithm: Algorithm) -> KeyLookup {
    let keys = StaticKeys::from_jwks(jwks(&[jwk.clone(), ED.jwk("good")])).unwrap();
    let query = |kid, algorithm| KeyQuery {
        kid: Some(kid),
        algorithm,
    };
    let good = keys.lookup(query("good", Algorithm::EdDSA));
    assert!(matches!(good, KeyLookup::Found(_)));
    keys.lookup(query("k", algorithm))
}

#[track_caller]
fn found(jwk: &Value, algorithm: Algorithm) -> Arc<VerificationKey> {
    match lookup(jwk, algorithm) {
        KeyLookup::Found(key) => key,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn skipped(jwk: &Value, algorithm: Algorithm) {
    let answer = lookup(jwk, algorithm);
    assert!(matches!(answer, KeyLookup::Unknown), "{answer:?}");
    StaticKeys::from_jwk(jwk.to_string()).unwrap_err();
}

#[test]
fn the_type_and_curve_decide_the_algorithms() {
    use Algorithm::*;
    let algorithms = |jwk: &Value, one| found(jwk, one).algorithms().collect::<Vec<_>>();
    assert_eq!(
        algorithms(&RSA.jwk("k"), RS256),
        [RS256, RS384, RS512, PS256, PS384, PS512]
    );
    assert_eq!(algorithms(&P256.jwk("k"), ES256), [ES256]);
    assert_eq!(algorithms(&P384.jwk("k"), ES384), [ES384]);
    assert_eq!(algorithms(&ED.jwk("k"), EdDSA), [EdDSA]);
    assert_eq!(algorithms(&ML_DSA_65.jwk("k"), MlDsa65), [MlDsa65]);
    assert_eq!(
        algorithms(&with(RSA.jwk("k"), "alg", json!("PS384")), PS384),
        [PS384]
    );
}

#[test]
fn es384_token_on_p256_key_is_refused() {
    use Algorithm::*;
    for (signer, kid, fits) in [
        (
            &*RSA,
            "rsa",
            &[RS256, RS384, RS512, PS256, PS384, PS512][..],
        ),
        (&*P256, "p256", &[ES256]),
        (&*P384, "p384", &[ES384]),
        (&*ED, "ed", &[EdDSA]),
        (&*ML_DSA_44, "ml-dsa-44", &[MlDsa44]),
        (&*ML_DSA_65, "ml-dsa-65", &[MlDsa65]),
        (&*ML_DSA_87, "ml-dsa-87", &[MlDsa87]),
    ] {
        for algorithm in Algorithm::ALL.iter().filter(|one| !fits.contains(one)) {
            let header = json!({"alg": algorithm.name(), "kid": kid}).to_string();
            let token = sign_with(signer, *algorithm, &header, &claims().to_string());
            assert_eq!(reason(&token), Reason::Algorithm, "{algorithm} on {kid}");
        }
    }
}

#[test]
fn a_token_of_another_algorithm_than_the_key_declares_is_refused() {
    let key = with(RSA.jwk("rsa"), "alg", json!("RS512"));
    let keys = StaticKeys::from_jwk(key.to_string()).unwrap();
    let token = sign(&header(), &claims());
    assert_eq!(
        reason_by(&validator_of(rules(), keys), &token),
        Reason::Algorithm
    );
}

#[test]
fn a_key_refuses_an_algorithm_it_does_not_permit() {
    let key = found(&P256.jwk("k"), Algorithm::ES256);
    assert!(!key.permits(Algorithm::RS256));
    assert_eq!(
        key.verify(Algorithm::RS256, b"", b""),
        Err(Reason::Algorithm)
    );
    assert_eq!(
        key.verify(Algorithm::ES256, b"", b""),
        Err(Reason::Signature)
    );
}

#[test]
fn two_keys_of_one_kid_are_told_apart_by_their_type() {
    let keys = StaticKeys::from_jwks(jwks(&[RSA.jwk("k"), P256.jwk("k")])).unwrap();
    let find = |algorithm| {
        keys.lookup(KeyQuery {
            kid: Some("k"),
            algorithm,
        })
    };
    let KeyLookup::Found(key) = find(Algorithm::ES256) else {
        panic!()
    };
    assert!(key.permits(Algorithm::ES256));
    let KeyLookup::Found(key) = find(Algorithm::PS256) else {
        panic!()
    };
    assert!(key.permits(Algorithm::PS256));
    assert!(matches!(
        find(Algorithm::EdDSA),
        KeyLookup::AlgorithmMismatch
    ));
}

#[test]
fn two_keys_that_both_fit_are_no_answer() {
    let keys = StaticKeys::from_jwks(jwks(&[RSA.jwk("rsa"), OTHER_RSA.jwk("rsa")])).unwrap();
    let token = sign(&header(), &claims());
    assert_eq!(
        reason_by(&validator_of(rules(), keys), &token),
        Reason::UnknownKey
    );
}

#[test]
fn oct_key_in_jwks_is_ignored() {
    skipped(
        &json!({"kty": "oct", "kid": "k", "k": b64("secret")}),
        Algorithm::RS256,
    );
    skipped(
        &json!({"kty": "oct", "kid": "k", "alg": "RS256", "k": b64("x")}),
        Algorithm::RS256,
    );
}

#[test]
fn rsa_1024_key_is_skipped() {
    for bytes in [1, 64, 128, 255] {
        let n = b64(vec![0xff; bytes]);
        skipped(
            &json!({"kty": "RSA", "kid": "k", "n": n, "e": "AQAB"}),
            Algorithm::RS256,
        );
    }
    let (n, e) = rsa_numbers_of_pem(include_str!("rsa_1024.pem"));
    assert_eq!(n.len(), 128);
    skipped(
        &json!({"kty": "RSA", "kid": "k", "n": b64(n), "e": b64(e)}),
        Algorithm::RS256,
    );
    // 256 bytes of which the first is nearly empty: 2041 bits.
    let mut n = vec![0xff; 256];
    n[0] = 1;
    skipped(
        &json!({"kty": "RSA", "kid": "k", "n": b64(n), "e": "AQAB"}),
        Algorithm::RS256,
    );
    let n = b64(vec![0xff; 1025]);
    skipped(
        &json!({"kty": "RSA", "kid": "k", "n": n, "e": "AQAB"}),
        Algorithm::RS256,
    );
}

#[test]
fn rsa_exponents_that_prove_nothing_are_skipped() {
    let even = [&[1u8; 4][..], &[2]].concat();
    for e in [
        vec![],
        vec![0],
        vec![1],
        vec![2],
        vec![1, 0, 0],
        even,
        vec![0xff; 5],
        vec![0xff; 256],
    ] {
        skipped(&with(RSA.jwk("k"), "e", json!(b64(e))), Algorithm::RS256);
    }
}

#[test]
fn leading_zeros_of_rsa_numbers_change_nothing() {
    let key = found(
        &with(RSA.jwk("k"), "e", json!(b64([0, 1, 0, 1]))),
        Algorithm::RS256,
    );
    assert!(key.is_same(&found(&RSA.jwk("k"), Algorithm::RS256)));
    assert!(!key.is_same(&found(&OTHER_RSA.jwk("k"), Algorithm::RS256)));
}

#[test]
fn private_keys_are_skipped() {
    for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        skipped(&with(RSA.jwk("k"), name, json!("AQAB")), Algorithm::RS256);
    }
    skipped(&with(P256.jwk("k"), "d", json!("AQAB")), Algorithm::ES256);
    skipped(&with(ED.jwk("k"), "d", json!(null)), Algorithm::EdDSA);
}

#[test]
fn keys_for_something_else_are_skipped() {
    for (name, value) in [
        ("use", json!("enc")),
        ("use", json!("SIG")),
        ("use", json!(1)),
        ("key_ops", json!([])),
        ("key_ops", json!(["encrypt"])),
        ("key_ops", json!(["sign"])),
        ("key_ops", json!("verify")),
        ("alg", json!("RSA-OAEP")),
        ("alg", json!("HS256")),
        ("alg", json!("none")),
        ("alg", json!("ES256")),
        ("alg", json!("EdDSA")),
        ("alg", json!(["RS256"])),
        ("kty", json!("EC")),
        ("kty", json!("OKP")),
        ("kty", json!("rsa")),
        ("kty", json!(null)),
        ("kid", json!(1)),
    ] {
        let jwk = with(RSA.jwk("k"), name, value);
        let answer = lookup(&jwk, Algorithm::RS256);
        assert!(matches!(answer, KeyLookup::Unknown), "{name}: {answer:?}");
    }
    for (name, value) in [
        ("use", json!("sig")),
        ("key_ops", json!(["verify"])),
        ("alg", json!("RS256")),
    ] {
        found(&with(RSA.jwk("k"), name, value), Algorithm::RS256);
    }
}

#[test]
fn points_off_the_curve_are_skipped() {
    let x = P256.jwk("k")["x"].clone();
    skipped(&with(P256.jwk("k"), "y", x), Algorithm::ES256);
    skipped(
        &with(P256.jwk("k"), "crv", json!("P-384")),
        Algorithm::ES384,
    );
    skipped(
        &with(P256.jwk("k"), "crv", json!("P-521")),
        Algorithm::ES256,
    );
    skipped(
        &with(P256.jwk("k"), "crv", json!("secp256k1")),
        Algorithm::ES256,
    );
    skipped(
        &with(P256.jwk("k"), "crv", json!("Ed25519")),
        Algorithm::EdDSA,
    );
    skipped(&with(ED.jwk("k"), "crv", json!("P-256")), Algorithm::ES256);
    skipped(&with(ED.jwk("k"), "crv", json!("X25519")), Algorithm::EdDSA);
    for length in [0, 1, 31, 33, 44, 64] {
        skipped(
            &with(ED.jwk("k"), "x", json!(b64(vec![1; length]))),
            Algorithm::EdDSA,
        );
        skipped(
            &with(P256.jwk("k"), "x", json!(b64(vec![1; length]))),
            Algorithm::ES256,
        );
    }
}

#[test]
fn a_point_cut_at_another_place_is_skipped() {
    for (signer, algorithm) in [(&*P256, Algorithm::ES256), (&*P384, Algorithm::ES384)] {
        let jwk = signer.jwk("k");
        let x = un_b64(jwk["x"].as_str().unwrap());
        let y = un_b64(jwk["y"].as_str().unwrap());
        // The same bytes, one after the other, are the same point.
        let (x, first) = x.split_at(x.len() - 1);
        let y = [first, &y].concat();
        let jwk = with(with(jwk.clone(), "x", json!(b64(x))), "y", json!(b64(y)));
        skipped(&jwk, algorithm);
    }
}

#[test]
fn a_key_whose_type_does_not_permit_its_alg_is_skipped() {
    for (signer, fits) in [
        (&*P256, Algorithm::ES256),
        (&*P384, Algorithm::ES384),
        (&*ED, Algorithm::EdDSA),
        (&*ML_DSA_44, Algorithm::MlDsa44),
        (&*ML_DSA_65, Algorithm::MlDsa65),
        (&*ML_DSA_87, Algorithm::MlDsa87),
    ] {
        for declared in Algorithm::ALL.iter().filter(|declared| **declared != fits) {
            let jwk = with(signer.jwk("k"), "alg", json!(declared.name()));
            skipped(&jwk, *declared);
            skipped(&jwk, fits);
        }
    }
}

#[test]
fn numbers_that_are_not_strict_base64url_are_skipped() {
    for n in [
        json!("AQAB="),
        json!("+/"),
        json!(" AQAB"),
        json!(""),
        json!(5),
        json!(null),
        json!("AQA\n"),
    ] {
        skipped(&with(RSA.jwk("k"), "n", n.clone()), Algorithm::RS256);
        skipped(&with(ED.jwk("k"), "x", n.clone()), Algorithm::EdDSA);
        skipped(&with(ML_DSA_44.jwk("k"), "pub", n), Algorithm::MlDsa44);
    }
}

#[test]
fn entries_that_are_no_keys_spoil_nothing() {
    for entry in [
        json!(null),
        json!(1),
        json!("x"),
        json!([]),
        json!({}),
        json!([[]]),
    ] {
        lookup(&entry, Algorithm::RS256);
    }
}

#[test]
fn documents_that_are_no_key_sets_are_refused() {
    let key = RSA.jwk("k");
    for document in [
        String::new(),
        "null".into(),
        "[]".into(),
        "{}".into(),
        r#"{"keys":{}}"#.into(),
        r#"{"keys":null}"#.into(),
        r#"{"keys":[]}"#.into(),
        key.to_string(),
        json!([key]).to_string(),
        format!(r#"{{"keys":[{key}],"keys":[{key}]}}"#),
        format!(r#"{{"keys":[{key}]}} x"#),
        "<html>".into(),
    ] {
        let error = StaticKeys::from_jwks(&document).unwrap_err();
        assert_eq!(error.key(), "keys", "{document}");
    }
}

#[test]
fn pem_keys_verify() {
    let keys = StaticKeys::from_pem(Some("rsa"), Algorithm::RS256, RSA.rsa_pem()).unwrap();
    verify_by(&validator_of(rules(), keys), &sign(&header(), &claims())).unwrap();

    // A key without an id is only found by tokens without one.
    let keys = StaticKeys::from_pem(None, Algorithm::RS256, RSA.rsa_pem()).unwrap();
    let validator = validator_of(rules(), keys);
    assert_eq!(
        reason_by(&validator, &sign(&header(), &claims())),
        Reason::UnknownKey
    );
    verify_by(&validator, &sign(&json!({"alg": "RS256"}), &claims())).unwrap();
}

#[test]
fn subject_public_key_info_pem_is_read_for_each_type() {
    use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
    use aws_lc_rs::signature::KeyPair;
    let spki = |signer: &Signer| -> PublicKeyX509Der<'_> {
        match signer {
            Signer::Rsa(key) => key.public_key().as_der().unwrap(),
            Signer::P256(key) | Signer::P384(key) => key.public_key().as_der().unwrap(),
            Signer::Ed(key) => key.public_key().as_der().unwrap(),
            Signer::MlDsa(_, key) => key.public_key().as_der().unwrap(),
        }
    };
    for (signer, algorithm) in [
        (&*RSA, Algorithm::PS256),
        (&*P256, Algorithm::ES256),
        (&*P384, Algorithm::ES384),
        (&*ED, Algorithm::EdDSA),
        (&*ML_DSA_44, Algorithm::MlDsa44),
        (&*ML_DSA_65, Algorithm::MlDsa65),
        (&*ML_DSA_87, Algorithm::MlDsa87),
    ] {
        let text = pem("PUBLIC KEY", spki(signer).as_ref());
        let keys = StaticKeys::from_pem(Some("k"), algorithm, &text).unwrap();
        let header = json!({"alg": algorithm.name(), "kid": "k"}).to_string();
        let token = sign_with(signer, algorithm, &header, &claims().to_string());
        verify_by(&validator_of(rules(), keys), &token)
            .unwrap_or_else(|error| panic!("{algorithm}: {error}"));
        for other in Algorithm::ALL.iter().filter(|other| **other != algorithm) {
            let fits = algorithm == Algorithm::PS256 && matches!(&other.name()[..2], "RS" | "PS");
            assert_eq!(
                StaticKeys::from_pem(None, *other, &text).is_ok(),
                fits,
                "{other}"
            );
        }
        // The same bytes under another name.
        for tag in [
            "PRIVATE KEY",
            "RSA PRIVATE KEY",
            "CERTIFICATE",
            "EC PRIVATE KEY",
        ] {
            StaticKeys::from_pem(None, algorithm, pem(tag, spki(signer).as_ref())).unwrap_err();
        }
    }
}

#[test]
fn weak_or_foreign_pem_keys_are_refused() {
    let rsa_1024 = include_str!("rsa_1024.pem");
    let error = StaticKeys::from_pem(None, Algorithm::RS256, rsa_1024).unwrap_err();
    assert!(error.problem().contains("2048"), "{error}");
    StaticKeys::from_pem(None, Algorithm::ES256, include_str!("secp256k1.pem")).unwrap_err();
    for text in [
        "",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    ] {
        for algorithm in Algorithm::ALL {
            StaticKeys::from_pem(None, *algorithm, text).unwrap_err();
        }
    }
}

#[test]
fn key_sources_can_be_joined() {
    let keys = StaticKeys::from_jwk(RSA.jwk("rsa").to_string()).unwrap();
    let keys = StaticKeys::from_jwk(ED.jwk("ed").to_string())
        .unwrap()
        .and(keys);
    verify_by(&validator_of(rules(), keys), &sign(&header(), &claims())).unwrap();
}
