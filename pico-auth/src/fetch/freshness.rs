//! How long the server says a document may be kept (RFC 9111 §5.2.2).

use std::time::Duration;

use reqwest::header::{CACHE_CONTROL, HeaderMap};

/// What `Cache-Control` says: zero for `no-store` and `no-cache`, else the smallest `max-age`. What
/// is not a number is zero, as §4.2.1 advises. `None` where it says nothing. `s-maxage` is for
/// shared caches; `Expires`, `Age` and `must-revalidate` are left alone, because the caller has
/// bounds of its own.
pub(crate) fn max_age(headers: &HeaderMap) -> Option<Duration> {
    headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .filter_map(directive)
        .min()
}

fn directive(text: &str) -> Option<Duration> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name.trim(), value.trim()),
        None => (text.trim(), ""),
    };
    if name.eq_ignore_ascii_case("no-store") || name.eq_ignore_ascii_case("no-cache") {
        return Some(Duration::ZERO);
    }
    if !name.eq_ignore_ascii_case("max-age") {
        return None;
    }
    // §5.2: the value may be quoted.
    let digits = value.trim_matches('"');
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    // §1.2.2: a number too large to hold is a large number.
    let seconds = if is_number {
        digits.parse().unwrap_or(u64::from(u32::MAX))
    } else {
        0
    };
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn cache_control_is_read_as_the_rfc_says() {
        for (lines, seconds) in [
            (&[][..], None),
            (&["public"], None),
            (&["public, max-age=300"], Some(300)),
            (&["MAX-AGE=\"60\" , must-revalidate"], Some(60)),
            (&["max-age=300", "max-age=100"], Some(100)),
            (&["max-age=300, no-cache"], Some(0)),
            (&["no-store"], Some(0)),
            (&["no-cache=\"set-cookie\""], Some(0)),
            (&["max-age=-1"], Some(0)),
            (&["max-age=+5"], Some(0)),
            (&["max-age"], Some(0)),
            (&["max-age=soon"], Some(0)),
            (&["max-age=99999999999999999999"], Some(u64::from(u32::MAX))),
            (&["s-maxage=5, x-max-age=7"], None),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(CACHE_CONTROL, HeaderValue::from_static(line));
            }
            assert_eq!(
                max_age(&headers),
                seconds.map(Duration::from_secs),
                "{lines:?}"
            );
        }
    }
}
