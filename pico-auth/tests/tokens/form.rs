//! Attacks on the form, the header, the key and the signature of a token.

use pico_auth::{Algorithm, AuthClientError, StaticKeys, TokenInvalidReason as Reason, TokenKind};
use serde_json::json;

use crate::support::*;

#[track_caller]
fn malformed(token: &str) {
    let reason = reason(token);
    assert!(matches!(reason, Reason::Malformed(_)), "{reason:?}");
}

#[test]
fn a_good_token_is_verified_with_every_algorithm() {
    for algorithm in Algorithm::ALL {
        let (signer, kid) = match algorithm {
            Algorithm::ES256 => (&*P256, "p256"),
            Algorithm::ES384 => (&*P384, "p384"),
            Algorithm::EdDSA => (&*ED, "ed"),
            Algorithm::MlDsa44 => (&*ML_DSA_44, "ml-dsa-44"),
            Algorithm::MlDsa65 => (&*ML_DSA_65, "ml-dsa-65"),
            Algorithm::MlDsa87 => (&*ML_DSA_87, "ml-dsa-87"),
            _ => (&*RSA, "rsa"),
        };
        let header = json!({"alg": algorithm.name(), "kid": kid}).to_string();
        let token = sign_with(signer, *algorithm, &header, &claims().to_string());
        let verified = verify(&token).unwrap_or_else(|error| panic!("{algorithm}: {error}"));
        assert_eq!(verified.claims["sub"], "alice");
        assert_eq!(verified.expires_at.as_secs(), NOW + 60);
        assert_eq!(verified.kid.as_deref(), Some(kid));
        assert_eq!(verified.key.as_ref().unwrap().kid(), Some(kid));
        assert!(!format!("{verified:?}").contains("alice"));
    }
}

#[test]
fn alg_none_is_refused() {
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let token = format!(
            "{}.{}.",
            b64(json!({ "alg": alg }).to_string()),
            b64(claims().to_string())
        );
        assert_eq!(reason(&token), Reason::Algorithm);
        // With a signature that is not looked at, too.
        assert_eq!(
            reason(&sign(&header_with("alg", json!(alg)), &claims())),
            Reason::Algorithm
        );
    }
}

#[test]
fn hs256_signed_with_the_public_key_is_refused() {
    use aws_lc_rs::hmac;
    let secrets = [
        RSA.rsa_pem(),
        RSA.jwk("rsa").to_string(),
        RSA.jwk("rsa")["n"].to_string(),
    ];
    for secret in secrets {
        for alg in ["HS256", "HS384", "HS512"] {
            let message = format!(
                "{}.{}",
                b64(header_with("alg", json!(alg)).to_string()),
                b64(claims().to_string())
            );
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            let tag = hmac::sign(&key, message.as_bytes());
            let token = format!("{message}.{}", b64(tag));
            assert_eq!(reason(&token), Reason::Algorithm);
        }
    }
}

#[test]
fn an_algorithm_that_is_not_a_known_string_is_refused() {
    for alg in [
        json!("rs256"),
        json!("RS256 "),
        json!("ES512"),
        json!(["RS256"]),
        json!(null),
        json!(1),
    ] {
        assert_eq!(
            reason(&sign(&header_with("alg", alg), &claims())),
            Reason::Algorithm
        );
    }
    let mut header = header();
    header.as_object_mut().unwrap().remove("alg");
    assert_eq!(reason(&sign(&header, &claims())), Reason::Algorithm);
}

#[test]
fn an_algorithm_off_the_allow_list_is_refused() {
    let mut rules = rules();
    rules.algorithms = vec![Algorithm::ES256];
    let validator = validator_of(rules, all_keys());
    assert_eq!(
        reason_by(&validator, &sign(&header(), &claims())),
        Reason::Algorithm
    );
}

#[test]
fn the_default_allow_list_is_rs256() {
    let rules = pico_auth::ValidationRules::new(ISSUER, [AUDIENCE]);
    assert_eq!(rules.algorithms, [Algorithm::RS256]);
    assert!(!rules.require_at_jwt);
    assert_eq!(rules.max_token_bytes, 16 * 1024);
}

#[test]
fn symmetric_algorithms_and_none_cannot_be_configured() {
    for (name, word) in [
        ("none", "unsigned"),
        ("NONE", "unsigned"),
        ("HS256", "symmetric"),
        ("hs512", "symmetric"),
        ("rs256", "RS256"),
        ("", "RS256"),
    ] {
        let error = name.parse::<Algorithm>().unwrap_err();
        assert_eq!(error.key(), "accepted_algorithms");
        assert!(error.problem().contains(word), "{error}");
        assert!(serde_json::from_value::<Algorithm>(json!(name)).is_err());
    }
    assert_eq!("ES384".parse::<Algorithm>().unwrap().to_string(), "ES384");
    assert_eq!(
        serde_json::from_str::<Algorithm>("\"PS512\"").unwrap(),
        Algorithm::PS512
    );
}

#[test]
fn rules_that_admit_anything_or_nothing_are_refused_at_start_up() {
    let keys = || std::sync::Arc::new(all_keys());
    let clock = || std::sync::Arc::new(ManualClock::default());
    let mut cases = vec![
        (pico_auth::ValidationRules::new("", [AUDIENCE]), "issuer"),
        (pico_auth::ValidationRules::new(ISSUER, [""]), "audience"),
        (pico_auth::ValidationRules::new(ISSUER, [""; 0]), "audience"),
    ];
    let mut nothing = rules();
    nothing.algorithms.clear();
    cases.push((nothing, "accepted_algorithms"));
    for (rules, key) in cases {
        let error = pico_auth::TokenValidator::new(rules, keys(), clock()).unwrap_err();
        assert_eq!(error.key(), key);
    }
}

#[test]
fn another_number_of_parts_is_refused() {
    let token = sign(&header(), &claims());
    for text in [
        "",
        ".",
        "..",
        "...",
        "a.b",
        "abc",
        &format!("{token}."),
        &format!(".{token}"),
    ] {
        malformed(text);
    }
    // JWE in compact form has five parts.
    malformed("a.b.c.d.e");
    let parts: Vec<_> = token.split('.').collect();
    malformed(&format!("{}.{}", parts[0], parts[1]));
    malformed(&format!("{}.{}.", parts[0], parts[1]));
    malformed(&format!("{}..{}", parts[0], parts[2]));
    malformed(&format!(".{}.{}", parts[1], parts[2]));
}

#[test]
fn too_large_a_token_is_refused_unread() {
    assert_eq!(reason(&"x".repeat(16 * 1024 + 1)), Reason::TooLarge);
    malformed(&"x".repeat(16 * 1024));
}

#[test]
fn padding_and_stray_characters_are_refused() {
    let token = sign(&header(), &claims());
    for stray in ["=", "==", " ", "\n", "+", "/", "\0", "é", "%3D"] {
        for part in 0..3 {
            let mut parts: Vec<_> = token.split('.').map(String::from).collect();
            parts[part] += stray;
            malformed(&parts.join("."));
        }
    }
}

#[test]
fn signature_with_trailing_bits_is_refused() {
    // 256 bytes are 342 characters; the last one carries 2 bits and 4 that must be zero.
    let token = sign(&header(), &claims());
    let (rest, last) = token.split_at(token.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let value = alphabet.find(last).unwrap();
    assert_eq!(value % 16, 0);
    for bits in 1..16 {
        malformed(&format!("{rest}{}", &alphabet[value + bits..=value + bits]));
    }
}

#[test]
fn a_header_that_is_no_object_with_unique_members_is_refused() {
    let payload = claims().to_string();
    for header in [
        "",
        "null",
        "[]",
        "\"RS256\"",
        "{",
        "{\"alg\":\"RS256\"} x",
        "{\"alg\":\"RS256\",\"alg\":\"RS256\"}",
        "{\"alg\":\"RS256\",\"kid\":\"rsa\",\"kid\":\"rsa\"}",
        // The same name, once with an escape.
        "{\"alg\":\"RS256\",\"\\u0061lg\":\"RS256\"}",
        "{\"alg\":\"RS256\",\"x\":{\"y\":1,\"y\":2}}",
    ] {
        malformed(&sign_text(header, &payload));
    }
    let deep = format!(
        "{{\"alg\":\"RS256\",\"x\":{}{}}}",
        "[".repeat(4000),
        "]".repeat(4000)
    );
    malformed(&sign_text(&deep, &payload));
    let invalid_utf8 = format!("{}.{}.AA", b64(b"{\"alg\":\"RS256\xff\"}"), b64("{}"));
    malformed(&invalid_utf8);
}

#[test]
fn mistyped_header_members_are_refused() {
    for name in ["kid", "typ"] {
        for value in [json!(1), json!(["rsa"]), json!(null), json!({})] {
            malformed(&sign(&header_with(name, value), &claims()));
        }
    }
}

#[test]
fn crit_is_refused_whatever_it_lists() {
    for crit in [
        json!(["b64"]),
        json!(["exp"]),
        json!([]),
        json!(null),
        json!("x"),
    ] {
        malformed(&sign(&header_with("crit", crit), &claims()));
    }
}

#[test]
fn unencoded_payload_is_refused() {
    for b64 in [json!(false), json!(true)] {
        malformed(&sign(&header_with("b64", b64), &claims()));
    }
}

#[test]
fn another_kind_of_token_is_refused_by_its_typ_header() {
    for typ in [
        "dpop+jwt",
        "logout+jwt",
        "secevent+jwt",
        "token-introspection+jwt",
        "rt+jwt",
        // Okta's org authorization server, for Okta's own APIs.
        "application/okta-internal-at+jwt",
        "JWE",
        "JWT ",
        "application/",
        "application/application/jwt",
        "",
    ] {
        assert_eq!(
            reason(&sign(&header_with("typ", json!(typ)), &claims())),
            Reason::NotAnAccessToken,
            "{typ}"
        );
    }
    for typ in [
        "JWT",
        "jwt",
        "at+jwt",
        "AT+JWT",
        "application/at+jwt",
        "Application/AT+jwt",
    ] {
        verify(&sign(&header_with("typ", json!(typ)), &claims())).expect(typ);
    }
}

#[test]
fn jku_header_is_never_followed() {
    let attacker = OTHER_RSA.jwk("rsa");
    for (name, value) in [
        ("jku", json!("http://127.0.0.1:1/jwks")),
        ("x5u", json!("http://127.0.0.1:1/cert")),
        ("jwk", attacker),
        ("x5c", json!(["MIIB"])),
    ] {
        let header = header_with(name, value);
        let forged = sign_with(
            &OTHER_RSA,
            Algorithm::RS256,
            &header.to_string(),
            &claims().to_string(),
        );
        assert_eq!(reason(&forged), Reason::Signature, "{name}");
        verify(&sign(&header, &claims())).expect("an ignored header spoils nothing");
    }
}

#[test]
fn forged_expired_token_is_told_signature_not_expired() {
    let expired = claims_with("exp", json!(1)).to_string();
    let forged = sign_with(
        &OTHER_RSA,
        Algorithm::RS256,
        &header().to_string(),
        &expired,
    );
    assert_eq!(reason(&forged), Reason::Signature);
}

#[test]
fn claims_of_another_token_are_refused() {
    let (one, two) = (
        sign(&header(), &claims()),
        sign(&header(), &claims_with("sub", json!("bob"))),
    );
    let (one, two): (Vec<_>, Vec<_>) = (one.split('.').collect(), two.split('.').collect());
    assert_eq!(
        reason(&format!("{}.{}.{}", one[0], two[1], one[2])),
        Reason::Signature
    );
}

#[test]
fn signatures_of_another_form_are_refused() {
    let message = format!(
        "{}.{}",
        b64(r#"{"alg":"ES256","kid":"p256"}"#),
        b64(claims().to_string())
    );
    let good = P256.sign(Algorithm::ES256, message.as_bytes());
    let zeros = vec![0; 64];
    let short = good[..63].to_vec();
    let long = [good.as_slice(), &[0]].concat();
    // ASN.1 instead of two fixed numbers (RFC 7518 §3.4 wants the latter).
    let asn1 = [
        &[0x30, 0x44, 0x02, 0x20],
        &good[..32],
        &[0x02, 0x20],
        &good[32..],
    ]
    .concat();
    for signature in [zeros, short, long, asn1, vec![0], vec![0xff; 64]] {
        assert_eq!(
            reason(&format!("{message}.{}", b64(signature))),
            Reason::Signature
        );
    }
    verify(&format!("{message}.{}", b64(good))).unwrap();
}

#[test]
fn a_signature_of_another_padding_is_refused() {
    let claims = claims().to_string();
    let pss_as_pkcs1 = sign_with(&RSA, Algorithm::PS256, &header().to_string(), &claims);
    assert_eq!(reason(&pss_as_pkcs1), Reason::Signature);
    let header = header_with("alg", json!("PS256")).to_string();
    assert_eq!(
        reason(&sign_with(&RSA, Algorithm::RS256, &header, &claims)),
        Reason::Signature
    );
}

#[test]
fn an_unknown_kid_is_an_unknown_key() {
    for kid in ["other", "", "RSA", "rsa ", "../rsa", "' OR 1=1"] {
        assert_eq!(
            reason(&sign(&header_with("kid", json!(kid)), &claims())),
            Reason::UnknownKey
        );
    }
}

#[test]
fn without_kid_the_only_fitting_key_is_used() {
    let no_kid = |alg: &str| json!({ "alg": alg }).to_string();
    let claims = claims().to_string();
    verify(&sign_with(
        &P256,
        Algorithm::ES256,
        &no_kid("ES256"),
        &claims,
    ))
    .unwrap();

    let two = StaticKeys::from_jwks(jwks(&[RSA.jwk("one"), OTHER_RSA.jwk("two")])).unwrap();
    let token = sign_with(&RSA, Algorithm::RS256, &no_kid("RS256"), &claims);
    assert_eq!(
        reason_by(&validator_of(rules(), two), &token),
        Reason::UnknownKey
    );
}

#[test]
fn errors_name_the_token_its_key_and_only_verified_ids() {
    let validator = validator_of(rules(), all_keys());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let agent = |token: &str| {
        runtime
            .block_on(validator.verify(token, TokenKind::Agent))
            .unwrap_err()
    };

    let forged = sign_with(
        &OTHER_RSA,
        Algorithm::RS256,
        &header().to_string(),
        &claims().to_string(),
    );
    let AuthClientError::TokenInvalid(error) = agent(&forged) else {
        panic!()
    };
    assert_eq!(
        (error.token(), error.kid(), error.jti()),
        (TokenKind::Agent, Some("rsa"), None)
    );

    let AuthClientError::TokenExpired(error) =
        agent(&sign(&header(), &claims_with("exp", json!(1))))
    else {
        panic!()
    };
    assert_eq!(
        (error.token(), error.kid(), error.jti()),
        (TokenKind::Agent, Some("rsa"), Some("t-1"))
    );
}

/// An issuer that cannot be reached.
struct Down;

impl pico_auth::KeySource for Down {
    fn find<'a>(&'a self, _: pico_auth::KeyQuery<'a>) -> pico_auth::KeyFuture<'a> {
        let error = pico_auth::AuthUnavailableError::new(pico_auth::Dependency::SigningKeys);
        Box::pin(std::future::ready(Err(error)))
    }
}

#[test]
fn only_well_formed_tokens_ask_for_a_key() {
    let clock = std::sync::Arc::new(ManualClock::default());
    let validator =
        pico_auth::TokenValidator::new(rules(), std::sync::Arc::new(Down), clock).unwrap();
    // While the issuer is down, garbage is still garbage: 401 and no 503.
    let good = sign(&header(), &claims());
    for token in [
        "garbage".to_owned(),
        "x".repeat(20_000),
        sign(&header_with("alg", json!("none")), &claims()),
        sign(&header_with("typ", json!("dpop+jwt")), &claims()),
        sign(&header_with("crit", json!([])), &claims()),
        format!("{good}="),
        good.rsplit_once('.').unwrap().0.to_owned() + ".",
    ] {
        reason_by(&validator, &token);
    }
    // A well-formed one cannot be judged, and its caller is not told that it is wrong.
    let error = verify_by(&validator, &good).unwrap_err();
    assert_eq!(error.status_code(), 503);
}

#[test]
fn verification_can_move_between_threads() {
    fn assert_send<T: Send>(_: &T) {}
    let validator = validator_of(rules(), all_keys());
    assert_send(&validator.verify("", TokenKind::Bearer));
}
