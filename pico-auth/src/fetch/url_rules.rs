//! Which URLs may be asked.
//!
//! A key that travels without TLS is a key anyone on the way can replace. Loopback is the exception,
//! for development and side-cars, and only where the operator wrote it down: a document fetched from
//! elsewhere must not be able to point the service at itself (a server-side request forgery).

use url::{Host, Url};

use crate::error::AuthConfigurationError;

/// Parses a URL out of the settings. `key` names the setting.
///
/// # Errors
///
/// [`AuthConfigurationError`] for `key` where it is not an absolute `https` URL (or `http` on
/// loopback), or has credentials or a fragment.
pub(crate) fn configured(key: &'static str, text: &str) -> Result<Url, AuthConfigurationError> {
    // Without the text itself: it may hold a password, or an API key in its query.
    let wrong = |why: &'static str| AuthConfigurationError::new(key, why);
    let url = parse(text).map_err(wrong)?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(wrong("must be https: only loopback may be http")),
        _ => Err(wrong("must be an https URL")),
    }
}

/// Parses a URL that a document of `issuer` names. What the operator did not write down must be
/// https and elsewhere than here, unless the operator's own URL is on loopback.
pub(crate) fn out_of_document(text: &str, issuer: &Url) -> Result<Url, &'static str> {
    let url = parse(text)?;
    match url.scheme() {
        _ if is_loopback(issuer) && is_loopback(&url) => Ok(url),
        "https" if is_local(&url) && !is_loopback(issuer) => Err("points back at this host"),
        "https" => Ok(url),
        _ => Err("must be https"),
    }
}

fn parse(text: &str) -> Result<Url, &'static str> {
    // The parser would silently drop tabs and newlines, and trim spaces.
    if text
        .chars()
        .any(|char| char.is_whitespace() || char.is_control())
    {
        return Err("has white space in it");
    }
    let url = Url::parse(text).map_err(|_| "is not an absolute URL")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must be an https URL");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain credentials");
    }
    if url.fragment().is_some() {
        return Err("must not have a fragment");
    }
    Ok(url)
}

/// `localhost`, 127.0.0.0/8 and `::1`, as they are written in the URL; names are not resolved.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Wider than loopback, because it is for refusing: whatever would reach this host.
fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(Host::Ipv6(address)) => {
            address.is_loopback()
                || address.is_unspecified()
                || address
                    .to_ipv4_mapped()
                    .is_some_and(|address| address.is_loopback() || address.is_unspecified())
        }
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(issuer: &str, jwks_uri: &str) -> bool {
        Url::parse(issuer).is_ok_and(|issuer| out_of_document(jwks_uri, &issuer).is_ok())
    }

    #[test]
    fn jwks_uri_that_points_back_at_this_host_is_refused() {
        for uri in [
            "https://localhost/jwks",
            "https://LOCALHOST./jwks",
            "https://a.localhost/jwks",
            "https://127.0.0.1/jwks",
            "https://127.1/jwks",
            "https://0x7f000001/jwks",
            "https://2130706433/jwks",
            "https://0.0.0.0/jwks",
            "https://[::1]/jwks",
            "https://[::]/jwks",
            "https://[::ffff:127.0.0.1]/jwks",
            "http://localhost/jwks",
            "http://127.0.0.1/jwks",
            "http://keys.example/jwks",
            "https://user@keys.example/jwks",
            "https://keys.example/jwks#x",
            "file:///jwks",
            "/jwks",
            "",
        ] {
            assert!(!allowed("https://id.example", uri), "{uri}");
        }
        assert!(allowed(
            "https://id.example",
            "https://keys.example/jwks?v=1"
        ));
    }

    #[test]
    fn a_loopback_issuer_may_keep_its_keys_on_loopback() {
        for uri in [
            "http://localhost:1/jwks",
            "http://[::1]/jwks",
            "https://127.0.0.1/jwks",
        ] {
            assert!(allowed("http://127.0.0.1:8100", uri), "{uri}");
        }
        assert!(allowed("http://localhost", "https://keys.example/jwks"));
        assert!(!allowed("http://localhost", "http://keys.example/jwks"));
    }
}
