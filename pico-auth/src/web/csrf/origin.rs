//! Origins, as browsers write them (RFC 6454 §6.2).

use std::net::{Ipv4Addr, Ipv6Addr};

use http::Uri;

/// Whether `origin` is the origin of pages that this host and port serve.
///
/// Whether a request came over TLS is not known behind a proxy. Plain http counts on loopback alone:
/// elsewhere, whoever holds the network can write pages of `http://` the same host.
pub(super) fn is_of(origin: &[u8], authority: &[u8]) -> bool {
    let of = |scheme: &[u8]| {
        origin
            .strip_prefix(scheme)
            .is_some_and(|rest| rest == authority)
    };
    !authority.is_empty() && (of(b"https://") || (of(b"http://") && is_loopback(authority)))
}

fn is_loopback(authority: &[u8]) -> bool {
    let Ok(authority) = std::str::from_utf8(authority) else {
        return false;
    };
    let host = match authority.rsplit_once(':') {
        // The colons of an IPv6 address stand in brackets.
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    let ipv6 = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match ipv6 {
        Some(host) => host.parse().is_ok_and(|host: Ipv6Addr| host.is_loopback()),
        None => host == "localhost" || host.parse().is_ok_and(|host: Ipv4Addr| host.is_loopback()),
    }
}

/// Why no browser ever sends this as an `Origin`, so that it would never match; `None` where one may.
pub(super) fn problem(origin: &str) -> Option<&'static str> {
    if origin == "null" {
        return Some("is sent by any page that hides its origin, so it proves nothing");
    }
    if origin.contains('*') {
        return Some("is a pattern; name each origin");
    }
    if !origin.is_ascii() {
        return Some("is not ASCII; write the host as browsers send it (`xn--…`)");
    }
    let Some((scheme, authority)) = origin.split_once("://") else {
        return Some("has no scheme, such as `https://`");
    };
    if origin.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Some("has upper case letters, which browsers never send");
    }
    let default_port = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return Some("is neither https nor http"),
    };
    if authority.contains(['/', '?', '#']) {
        return Some("has a path; an origin ends with the host or the port");
    }
    if authority.ends_with(default_port) {
        return Some("names the port that the scheme has anyway, which browsers leave out");
    }
    let well_formed = origin.parse::<Uri>().is_ok_and(|parsed| {
        let host = parsed.host().filter(|host| !host.is_empty());
        let port = host.and_then(|host| authority.strip_prefix(host));
        port.is_some_and(|port| port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
    });
    (!well_formed).then_some("is not a scheme, a host and perhaps a port")
}

/// As browsers write it: without zeros or signs before it.
fn is_port(port: &str) -> bool {
    port.parse::<u16>()
        .is_ok_and(|number| number.to_string() == port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_origins_are_https_or_on_loopback() {
        for (origin, authority, expected) in [
            ("https://example.com", "example.com", true),
            ("https://example.com:8443", "example.com:8443", true),
            ("http://127.0.0.1:3000", "127.0.0.1:3000", true),
            ("http://127.1.2.3", "127.1.2.3", true),
            ("http://[::1]:3000", "[::1]:3000", true),
            ("http://localhost", "localhost", true),
            ("http://example.com", "example.com", false),
            (
                "http://localhost.example.com",
                "localhost.example.com",
                false,
            ),
            (
                "http://127.0.0.1.example.com",
                "127.0.0.1.example.com",
                false,
            ),
            ("http://[::2]", "[::2]", false),
            ("https://example.com", "example.com:443", false),
            ("https://example.com:443", "example.com", false),
            ("https://example.com", "EXAMPLE.com", false),
            ("https://example.com.", "example.com", false),
            ("https://example.com", "", false),
            ("https://", "", false),
            ("http://", "", false),
            ("example.com", "example.com", false),
            ("ftp://example.com", "example.com", false),
            ("null", "null", false),
        ] {
            let is_own = is_of(origin.as_bytes(), authority.as_bytes());
            assert_eq!(is_own, expected, "{origin} of {authority}");
        }
        assert!(!is_of(b"http://\xff", b"\xff"));
    }

    #[test]
    fn what_no_browser_sends_is_no_origin() {
        for good in [
            "https://example.com",
            "https://example.com:8443",
            "http://localhost:5173",
            "http://intranet",
            "https://xn--bcher-kva.example",
            "https://192.0.2.1",
            "https://[2001:db8::1]:8443",
            "https://example.com:80",
        ] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in [
            "",
            "null",
            "*",
            "https://*.example.com",
            "example.com",
            "//example.com",
            "https://",
            "https://example.com/",
            "https://example.com/path",
            "https://example.com?q",
            "https://example.com#f",
            "https://Example.com",
            "HTTPS://example.com",
            "https://example.com:443",
            "http://example.com:80",
            "https://example.com:",
            "https://example.com:0443",
            "https://example.com:99999",
            "https://:8443",
            "https://user@example.com",
            "https://b\u{fc}cher.example",
            "ftp://example.com",
            "file://",
            "https://example.com, https://b.example",
            "https://a b",
            " https://example.com",
            "https://example.com ",
        ] {
            assert!(problem(bad).is_some(), "{bad:?}");
        }
    }
}
