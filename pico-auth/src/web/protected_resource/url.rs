//! URLs of metadata, which clients follow.

use http::Uri;
use http::uri::Authority;

/// A URL in its parts.
pub(super) struct Parts<'u> {
    /// Scheme and host, `https://api.example.com:8443`.
    pub(super) origin: &'u str,
    /// Empty, or from the first slash on.
    pub(super) path: &'u str,
    pub(super) has_query: bool,
}

/// Reads an absolute URL, or says what is wrong with it: it must be https, or http on loopback, without
/// credentials and fragment (RFC 9728 §1.2), and something that can stand in quotes.
pub(super) fn parse(text: &str) -> Result<Parts<'_>, &'static str> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"\\<>^`{|}".contains(&byte);
    if !text.bytes().all(is_plain) {
        return Err("has a character in it that no URL has");
    }
    if text.contains('#') {
        return Err("must not have a fragment");
    }
    let uri: Uri = text.parse().map_err(|_| "is not an absolute URL")?;
    let authority = uri.authority().ok_or("is not an absolute URL")?;
    if authority.as_str().contains('@') {
        return Err("must not contain credentials");
    }
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if is_loopback(authority) => {}
        Some("http") => return Err("must be https: only loopback may be http"),
        _ => return Err("must be an https URL"),
    }
    let (before_query, has_query) = match text.split_once('?') {
        Some((before, _)) => (before, true),
        None => (text, false),
    };
    let host = before_query.find("://").map_or(0, |at| at + 3);
    let slash = before_query.get(host..).and_then(|rest| rest.find('/'));
    let end = slash.map_or(before_query.len(), |at| host + at);
    let (origin, path) = before_query
        .split_at_checked(end)
        .unwrap_or((before_query, ""));
    let is_dots = |segment: &str| {
        let segment = segment.replace("%2e", ".").replace("%2E", ".");
        matches!(&*segment, "." | "..")
    };
    if path.split('/').any(is_dots) {
        return Err("must not have `.` or `..` in its path");
    }
    Ok(Parts {
        origin,
        path,
        has_query,
    })
}

/// `localhost`, 127.0.0.0/8 and `::1`, as they are written; names are not resolved.
fn is_loopback(authority: &Authority) -> bool {
    let host = authority.host();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn what_a_client_must_not_follow_is_no_url() {
        for url in [
            "",
            "/mcp",
            "api.example",
            "https://",
            "http://api.example/mcp",
            "http://127.0.0.1.example/mcp",
            "http://localhost.example/",
            "http://127.0.0.1@api.example/",
            "https://user:secret@api.example/",
            "ftp://api.example/",
            "javascript:alert(1)",
            "https://api.example/#x",
            "https://api.example/a/../b",
            "https://api.example/%2E%2e/b",
            "https://api.example/ b",
            "https://api.example/\"b",
            "https://api.example/b\\",
            "https://api.example/\n",
            "https://api.example/{id}",
            "https://api.example/\u{e9}",
        ] {
            assert!(parse(url).is_err(), "{url:?}");
        }
    }

    #[test]
    fn origin_and_path_are_told_apart() {
        for (url, origin, path) in [
            ("https://a.example", "https://a.example", ""),
            ("https://a.example/", "https://a.example", "/"),
            ("https://a.example:8443/b/", "https://a.example:8443", "/b/"),
            ("https://a.example?q=/b", "https://a.example", ""),
            ("http://[::1]:80/b?q", "http://[::1]:80", "/b"),
            ("http://localhost:1/b", "http://localhost:1", "/b"),
        ] {
            let parts = parse(url).ok();
            let parts = parts.map(|parts| (parts.origin, parts.path));
            assert_eq!(parts, Some((origin, path)), "{url}");
        }
    }
}
