//! The credential of a header value.

use pico_auth::{AuthScheme, RawToken};

#[test]
fn bearer_tokens_are_found_whatever_the_case_of_the_scheme() {
    for value in [
        "Bearer abc.def-_~+/=",
        "bearer abc.def-_~+/=",
        "BEARER abc.def-_~+/=",
        "bEaReR    abc.def-_~+/=",
    ] {
        let token = RawToken::from_header_value(value.as_bytes()).expect(value);
        assert_eq!(token.as_str(), "abc.def-_~+/=");
    }
}

#[test]
fn what_is_not_a_bearer_token_is_none() {
    let values: &[&[u8]] = &[
        b"",
        b"Bearer",
        b"Bearer ",
        b"Bearer   ",
        b"Bearerabc",
        b"Bearer\tabc",
        b"Bearer \tabc",
        b" Bearer abc",
        b"Bearer abc ",
        b"Bearer abc def",
        b"Bearer abc,def",
        b"Bearer abc, Bearer def",
        b"Bearer \"abc\"",
        b"Bearer =",
        b"Bearer a=b",
        b"Bearer token=abc",
        b"Bearer abc\0",
        b"Bearer abc\r\nX: y",
        b"Bearer ab\xc3\xa9",
        b"Bearer \xff\xfe",
        b"Basic YTpi",
        b"DPoP abc",
        b"Bear abc",
        "Bearer\u{a0}abc".as_bytes(),
    ];
    for value in values {
        assert_eq!(RawToken::from_header_value(value), None, "{value:?}");
    }
}

#[test]
fn a_dpop_token_is_never_taken_for_a_bearer_token() {
    for value in ["DPoP abc.def", "dpop   abc.def", "DPOP abc.def"] {
        let token = RawToken::from_dpop_header_value(value.as_bytes()).expect(value);
        assert_eq!(
            (token.as_str(), token.scheme()),
            ("abc.def", AuthScheme::DPoP)
        );
        assert_eq!(RawToken::from_header_value(value.as_bytes()), None);
    }
    for value in [
        "Bearer abc",
        "DPoP",
        "DPoP ",
        "DPoPabc",
        "DPoP\tabc",
        "DPoP a, DPoP b",
        "DPoP =",
    ] {
        assert_eq!(
            RawToken::from_dpop_header_value(value.as_bytes()),
            None,
            "{value}"
        );
    }
    let bearer = RawToken::from_header_value(b"Bearer abc").unwrap();
    assert_eq!(bearer.scheme(), AuthScheme::Bearer);
    assert_eq!(RawToken::from_bytes(b"abc"), Some(bearer));
}

#[test]
fn debug_does_not_show_the_token() {
    let token = RawToken::from_bytes(b"secret").unwrap();
    assert_eq!(format!("{token:?}"), "RawToken(6 bytes)");
}
