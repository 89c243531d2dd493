//! Attacks with a good signature: what the claims say.

use std::time::Duration;

use pico_auth::{AuthClientError, TokenInvalidReason as Reason};
use serde_json::{Value, json};

use crate::support::*;

fn with(name: &str, value: Value) -> String {
    sign(&header(), &claims_with(name, value))
}

#[track_caller]
fn expired(token: &str) {
    let error = verify(token).unwrap_err();
    assert!(
        matches!(error, AuthClientError::TokenExpired(_)),
        "{error:?}"
    );
}

#[test]
fn exp_is_mandatory() {
    assert_eq!(
        reason(&sign(&header(), &claims_without("exp"))),
        missing("exp")
    );
    assert_eq!(reason(&with("exp", json!(null))), missing("exp"));
}

#[test]
fn exp_as_string_is_refused() {
    for exp in [
        json!("1900000000"),
        json!(""),
        json!(true),
        json!([1_900_000_000]),
        json!({}),
        json!(-1),
        json!(-0.5),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        // Milliseconds in place of seconds.
        json!(NOW * 1000),
        json!(253_402_300_800_u64),
    ] {
        assert_eq!(reason(&with("exp", exp.clone())), invalid("exp"), "{exp}");
    }
}

#[test]
fn numbers_that_json_does_not_have_are_refused() {
    for number in [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e400",
        "01",
        "0x7fffffff",
        "1_000",
    ] {
        let payload = claims()
            .to_string()
            .replace(&(NOW + 60).to_string(), number);
        let reason = reason(&sign_text(&header().to_string(), &payload));
        assert!(
            matches!(reason, Reason::Malformed(_)),
            "{number}: {reason:?}"
        );
    }
}

#[test]
fn expired_tokens_are_expired_to_the_second() {
    expired(&with("exp", json!(NOW)));
    expired(&with("exp", json!(NOW - 1)));
    expired(&with("exp", json!(0)));
    expired(&with("exp", json!(-0.0)));
    verify(&with("exp", json!(NOW + 1))).unwrap();
    verify(&with("exp", json!(1_800_000_000.5))).unwrap();
    verify(&with("exp", json!(253_402_300_799_u64))).unwrap();
}

#[test]
fn leeway_is_for_exp_and_nbf_and_is_exact() {
    let mut rules = rules();
    rules.leeway = Duration::from_secs(30);
    let validator = validator_of(rules, all_keys());
    verify_by(&validator, &with("exp", json!(NOW - 29))).unwrap();
    let error = verify_by(&validator, &with("exp", json!(NOW - 30))).unwrap_err();
    assert!(matches!(error, AuthClientError::TokenExpired(_)));
    verify_by(&validator, &with("nbf", json!(NOW + 30))).unwrap();
    assert_eq!(
        reason_by(&validator, &with("nbf", json!(NOW + 31))),
        Reason::NotYetValid
    );
}

#[test]
fn a_huge_leeway_does_not_overflow() {
    let mut rules = rules();
    rules.leeway = Duration::MAX;
    verify_by(
        &validator_of(rules, all_keys()),
        &with("nbf", json!(NOW + 9)),
    )
    .unwrap();
}

#[test]
fn nbf_in_the_future_is_refused() {
    assert_eq!(reason(&with("nbf", json!(NOW + 1))), Reason::NotYetValid);
    verify(&with("nbf", json!(NOW))).unwrap();
}

#[test]
fn mistyped_times_are_refused() {
    for name in ["nbf", "iat"] {
        for value in [json!("1"), json!([1]), json!(false), json!(-5)] {
            assert_eq!(reason(&with(name, value)), invalid(name));
        }
    }
}

#[test]
fn iss_must_be_exactly_the_issuer() {
    for iss in [
        "https://id.example/",
        "https://ID.example",
        "https://id.example.evil",
        "",
        " https://id.example",
    ] {
        assert_eq!(reason(&with("iss", json!(iss))), Reason::Issuer);
    }
}

#[test]
fn iss_as_array_is_refused() {
    for iss in [json!([ISSUER]), json!([ISSUER, "x"]), json!({}), json!(1)] {
        assert_eq!(reason(&with("iss", iss)), invalid("iss"));
    }
    assert_eq!(
        reason(&sign(&header(), &claims_without("iss"))),
        missing("iss")
    );
}

#[test]
fn aud_must_contain_this_service() {
    for aud in [
        json!("other"),
        json!("Service"),
        json!("service "),
        json!("serv"),
        json!([]),
        json!(["a", "b"]),
    ] {
        assert_eq!(reason(&with("aud", aud)), Reason::Audience);
    }
    verify(&with("aud", json!(["other", AUDIENCE]))).unwrap();
}

#[test]
fn mistyped_or_absent_aud_is_refused() {
    for aud in [
        json!(1),
        json!({ AUDIENCE: 1 }),
        json!([AUDIENCE, 1]),
        json!([[AUDIENCE]]),
        json!(true),
    ] {
        assert_eq!(reason(&with("aud", aud)), invalid("aud"));
    }
    assert_eq!(
        reason(&sign(&header(), &claims_without("aud"))),
        missing("aud")
    );
    assert_eq!(reason(&with("aud", json!(null))), missing("aud"));
}

#[test]
fn one_of_several_audiences_suffices() {
    let mut rules = rules();
    rules.audience = vec!["a".into(), "b".into()];
    let validator = validator_of(rules, all_keys());
    verify_by(&validator, &with("aud", json!("b"))).unwrap();
    assert_eq!(
        reason_by(&validator, &with("aud", json!("c"))),
        Reason::Audience
    );
}

#[test]
fn duplicate_claim_is_refused() {
    let payload = claims().to_string();
    for extra in [
        r#""sub":"mallory""#,
        r#""exp":9999999999"#,
        r#""\u0073ub":"mallory""#,
        r#""a":{"roles":[],"roles":["admin"]}"#,
        r#""a":[{"b":[{"c":1,"c":1}]}]"#,
    ] {
        let twice = format!("{},{extra}}}", payload.strip_suffix('}').unwrap());
        let reason = reason(&sign_text(&header().to_string(), &twice));
        assert!(
            matches!(reason, Reason::Malformed(_)),
            "{extra}: {reason:?}"
        );
    }
}

#[test]
fn claims_that_are_no_object_are_refused() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(3000), "]".repeat(3000));
    for payload in [
        "[]",
        "null",
        "1",
        "\"x\"",
        "{",
        "{}{}",
        "\u{feff}{}",
        " ",
        &deep,
    ] {
        let reason = reason(&sign_text(&header().to_string(), payload));
        assert!(
            matches!(reason, Reason::Malformed(_)),
            "{payload}: {reason:?}"
        );
    }
}

#[test]
fn nested_token_is_refused() {
    let inner = sign(&header(), &claims());
    let reason = reason(&sign_text(
        &header_with("cty", json!("JWT")).to_string(),
        &inner,
    ));
    assert!(matches!(reason, Reason::Malformed(_)));
}

#[test]
fn refresh_token_is_not_an_access_token() {
    for (name, value) in [
        ("type", "refresh"),
        ("type", "user"),
        ("typ", "Refresh"),
        ("typ", "Offline"),
        ("typ", "ID"),
        ("typ", "Logout"),
        ("typ", "DPoP"),
        ("token_use", "id"),
        ("token_use", "refresh"),
        ("token_type", "refresh"),
        ("token_type", "refresh_token"),
        ("token_type", "id_token"),
        ("token_type", ""),
        ("token_type", " access"),
        ("typ", "something new"),
    ] {
        assert_eq!(
            reason(&with(name, json!(value))),
            Reason::NotAnAccessToken,
            "{name}={value}"
        );
    }
}

#[test]
fn a_token_that_is_bound_to_its_sender_is_no_bearer_token() {
    let jkt = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    for cnf in [
        json!({ "jkt": jkt }),
        json!({ "x5t#S256": jkt }),
        json!({ "kid": "key" }),
        json!({}),
        json!(null),
        json!("key"),
    ] {
        let refusal = reason(&with("cnf", cnf.clone()));
        assert!(
            matches!(refusal, Reason::SenderConstraint(_)),
            "{cnf}: {refusal:?}"
        );
    }
}

#[test]
fn access_words_are_access_tokens() {
    for (name, value) in [
        ("typ", "Bearer"),
        ("token_use", "access"),
        ("type", "access"),
        ("type", "ACCESS"),
        ("token_type", "access_token"),
        ("token_type", "Bearer"),
        ("typ", "at+jwt"),
        ("typ", "JWT"),
    ] {
        verify(&with(name, json!(value))).expect(value);
    }
    verify(&with("typ", json!(null))).unwrap();
    verify(&with("nonce", json!("n"))).unwrap();
}

#[test]
fn mistyped_purpose_is_refused() {
    for name in ["type", "typ", "token_use", "token_type"] {
        for value in [
            json!(1),
            json!(["access"]),
            json!({"access": true}),
            json!(false),
        ] {
            assert_eq!(reason(&with(name, value)), invalid(name));
        }
    }
}

#[test]
fn one_access_word_does_not_outweigh_another_kind() {
    let mut claims = claims_with("type", json!("access"));
    claims["token_use"] = json!("id");
    assert_eq!(reason(&sign(&header(), &claims)), Reason::NotAnAccessToken);
}

#[test]
fn logout_and_id_tokens_are_refused_by_their_claims() {
    let logout = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    for (name, value) in [
        ("events", logout),
        ("at_hash", json!("x")),
        ("c_hash", json!("x")),
        ("s_hash", json!("x")),
    ] {
        assert_eq!(reason(&with(name, value)), Reason::NotAnAccessToken);
    }
}

#[test]
fn an_expired_token_of_another_issuer_or_kind_is_not_told_expired() {
    let mut claims = claims_with("exp", json!(1));
    claims["iss"] = json!("https://other.example");
    assert_eq!(reason(&sign(&header(), &claims)), Reason::Issuer);
    claims["iss"] = json!(ISSUER);
    expired(&sign(&header(), &claims));
    claims["type"] = json!("refresh");
    assert_eq!(reason(&sign(&header(), &claims)), Reason::NotAnAccessToken);
}

#[test]
fn strict_mode_wants_the_whole_of_rfc_9068() {
    let mut rules = rules();
    rules.require_at_jwt = true;
    let validator = validator_of(rules, all_keys());
    let at_jwt = header_with("typ", json!("at+jwt"));
    verify_by(&validator, &sign(&at_jwt, &claims())).unwrap();
    assert_eq!(
        reason_by(&validator, &sign(&header(), &claims())),
        Reason::NotAnAccessToken
    );
    let mut untyped = header();
    untyped.as_object_mut().unwrap().remove("typ");
    assert_eq!(
        reason_by(&validator, &sign(&untyped, &claims())),
        Reason::NotAnAccessToken
    );
    for name in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        let token = sign(&at_jwt, &claims_without(name));
        assert_eq!(reason_by(&validator, &token), missing(name));
    }
    for name in ["sub", "client_id", "jti"] {
        for value in [json!(1), json!("")] {
            let token = sign(&at_jwt, &claims_with(name, value));
            assert_eq!(reason_by(&validator, &token), invalid(name));
        }
    }
}
