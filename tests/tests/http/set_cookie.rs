//! The cookie as the service sets it.

use std::time::Duration;

use pico_auth::{TokenCookie, TokenInvalidReason};

use super::support::admin;

#[test]
fn the_cookie_is_out_of_reach_of_scripts_other_hosts_and_the_network() {
    let cookie = TokenCookie::default();
    let set = cookie
        .set_cookie("a.b.c", Duration::from_millis(299_999))
        .unwrap();
    assert_eq!(
        set,
        "__Host-token=a.b.c; Max-Age=299; Path=/; HttpOnly; Secure; SameSite=Lax"
    );
    assert_eq!(
        cookie.clear_cookie(),
        "__Host-token=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax"
    );
    let session = TokenCookie::new("__Host-session").unwrap();
    let set = session.set_cookie(&admin(), Duration::ZERO).unwrap();
    assert!(set.starts_with("__Host-session=ey"), "{set}");
    assert!(set.contains("; Max-Age=0; "), "{set}");
}

#[test]
fn what_is_no_token_cannot_add_attributes() {
    for value in [
        "",
        "a; Domain=example.com",
        "a b",
        "a\r\nSet-Cookie: b=c",
        "\"a\"",
        "a,b",
        "\u{e9}",
    ] {
        let error = TokenCookie::default()
            .set_cookie(value, Duration::from_secs(1))
            .expect_err(value);
        assert!(
            matches!(error.reason(), TokenInvalidReason::Malformed(_)),
            "{value}"
        );
    }
}

#[test]
fn a_cookie_that_browsers_would_drop_is_an_error() {
    let name = "__Host-token".len();
    let set = |bytes: usize| {
        TokenCookie::default().set_cookie(&"a".repeat(bytes), Duration::from_secs(1))
    };
    assert!(set(4096 - name).is_ok());
    let error = set(4097 - name).expect_err("one too many");
    assert_eq!(error.reason(), &TokenInvalidReason::TooLarge);
}

#[test]
fn a_prefix_that_not_all_browsers_heed_is_a_configuration_error() {
    for name in [
        "__host-token",
        "__HOST-token",
        "__secure-token",
        "__Secure-token2".to_uppercase().as_str(),
    ] {
        let error = TokenCookie::new(name).expect_err(name);
        assert_eq!(error.key(), "token_cookie");
    }
    for name in ["__Host-token", "__Secure-token", "session", "_", "__Hos"] {
        assert!(TokenCookie::new(name).is_ok(), "{name}");
    }
}
