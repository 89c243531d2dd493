//! `htu`: for which URI a proof is, compared as RFC 9449 §4.3 asks for: without query and fragment,
//! after the syntax-based and scheme-based normalization of RFC 3986 §6.2.2 and §6.2.3.

/// A URI with scheme `http` or `https`, in the form that is the same text for the same resource. `None`
/// where it is none, or has something in it that a URI of a request never has.
pub(super) fn normalized(uri: &str) -> Option<String> {
    let uri = without_query(uri);
    let (scheme, rest) = uri.split_once("://")?;
    let default_port = match scheme.to_ascii_lowercase().as_str() {
        "https" => 443,
        "http" => 80,
        _ => return None,
    };
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at_checked(at)?,
        None => (rest, "/"),
    };
    let authority = normalized_authority(authority, default_port)?;
    let scheme = if default_port == 443 { "https" } else { "http" };
    let path = normalized_path(path)?;
    Some(format!("{scheme}://{authority}{path}"))
}

/// An absolute path, without its query, in the same form.
fn normalized_path(path: &str) -> Option<String> {
    let path = normalized_escapes(without_query(path))?;
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.strip_prefix('/')?.split('/').peekable();
    // RFC 3986 §5.2.4: a dot at the end leaves the slash before it.
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    Some(format!("/{}", kept.join("/")))
}

/// The path of a request, in the same form; `None` where it has dot segments. Clients resolve them before
/// they send, and routers do not: `/files/../me` would run what serves `/files/`, with the proof for `/me`.
pub(super) fn requested_path(path: &str) -> Option<String> {
    let path = normalized_escapes(without_query(path))?;
    let has_dots = path.split('/').any(|segment| matches!(segment, "." | ".."));
    (path.starts_with('/') && !has_dots).then_some(path)
}

fn without_query(uri: &str) -> &str {
    let end = uri.find(['?', '#']).unwrap_or(uri.len());
    uri.get(..end).unwrap_or(uri)
}

/// Host and port: in lower case, and without the port that the scheme has anyway.
fn normalized_authority(authority: &str, default_port: u16) -> Option<String> {
    let (host, port) = match authority.rsplit_once(':') {
        // The colons of an IPv6 address stand in brackets.
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (authority, ""),
    };
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~[]:".contains(&byte);
    if host.is_empty() || !host.bytes().all(is_host) {
        return None;
    }
    let mut normalized = host.to_ascii_lowercase();
    if !port.is_empty() {
        if !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let port: u16 = port.parse().ok()?;
        if port != default_port {
            normalized.push(':');
            normalized.push_str(&port.to_string());
        }
    }
    Some(normalized)
}

/// Escapes in upper case, and none for what needs none (RFC 3986 §6.2.2.1, §6.2.2.2).
fn normalized_escapes(path: &str) -> Option<String> {
    let mut normalized = String::with_capacity(path.len());
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let (high, low) = (char::from(bytes.next()?), char::from(bytes.next()?));
                let escaped = u8::try_from(high.to_digit(16)? * 16 + low.to_digit(16)?).ok()?;
                if is_unreserved(escaped) {
                    normalized.push(char::from(escaped));
                } else {
                    let escape = ['%', high.to_ascii_uppercase(), low.to_ascii_uppercase()];
                    normalized.extend(escape);
                }
            }
            // What no URI has unescaped, as two readers could take it for different things.
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}' => return None,
            _ if byte.is_ascii_graphic() => normalized.push(char::from(byte)),
            _ => return None,
        }
    }
    Some(normalized)
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_resource_is_the_same_text() {
        for (uri, expected) in [
            ("https://a.example", "https://a.example/"),
            ("HTTPS://A.Example:443/", "https://a.example/"),
            ("https://a.example:/", "https://a.example/"),
            ("https://a.example:00443/x", "https://a.example/x"),
            ("http://a.example:80/x?q=1#f", "http://a.example/x"),
            ("http://a.example:443/x", "http://a.example:443/x"),
            ("https://a.example?q=/..", "https://a.example/"),
            (
                "https://a.example/%7euser/%2f%c3",
                "https://a.example/~user/%2F%C3",
            ),
            ("https://a.example/a/./b/../c", "https://a.example/a/c"),
            ("https://a.example/a/%2E%2e/b/.", "https://a.example/b/"),
            ("https://a.example/../../b/..", "https://a.example/"),
            ("https://a.example/a//b/", "https://a.example/a//b/"),
            ("https://[::1]:8443/x", "https://[::1]:8443/x"),
            ("https://[::1]/x", "https://[::1]/x"),
        ] {
            assert_eq!(normalized(uri).as_deref(), Some(expected), "{uri}");
        }
    }

    #[test]
    fn case_and_slashes_of_a_path_matter() {
        let differ = |a: &str, b: &str| normalized_path(a) != normalized_path(b);
        assert!(differ("/A", "/a"));
        assert!(differ("/a", "/a/"));
        assert!(differ("/a/b", "/a%2Fb"));
    }

    #[test]
    fn what_no_request_has_is_no_target() {
        for uri in [
            "",
            "/path",
            "a.example/path",
            "ftp://a.example/",
            "https://",
            "https:///path",
            "https://user@a.example/",
            "https://a.example@b.example/",
            "https://a.example:x/",
            "https://a.example:99999/",
            "https://a.example:+1/",
            "https://a%2eexample/",
            "https://a.example\\@b.example/",
            "https://a.example/\\..\\b",
            "https://a.example/%",
            "https://a.example/%4",
            "https://a.example/%zz",
            "https://a.example/%+1",
            "https://a.example/a b",
            "https://a.example/\u{e9}",
            "https://a.example/\n",
            " https://a.example/",
        ] {
            assert_eq!(normalized(uri), None, "{uri:?}");
        }
        for path in ["", "*", "a", "?a", "//\\", "/./a", "/a/..", "/%2E%2e/a"] {
            assert_eq!(requested_path(path), None, "{path:?}");
        }
        for path in ["/", "/a", "/.../a..", "//a//", "/a%2F..", "/%252e%252e/a"] {
            assert_eq!(requested_path(path).as_deref(), Some(path));
            assert_eq!(normalized_path(path).as_deref(), Some(path));
        }
    }
}
