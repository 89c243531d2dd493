//! Matching of scopes.

/// Whether the scope `granted` covers the scope `required`.
///
/// - A scope covers itself, byte by byte.
/// - `*` covers every scope.
/// - `a:*` covers `a` and everything below it: `a:b`, `a:b:c`, also the required wildcard `a:b:*`.
/// - A `*` anywhere else is an ordinary character: there is no wildcard in the middle.
///
/// A required wildcard is thus met only by the same or a wider grant: `a:b` does not cover `a:*`.
///
/// ```
/// use pico_auth::scope_matches;
///
/// assert!(scope_matches("treasury:*", "treasury:write:budget"));
/// assert!(!scope_matches("treasury:write", "treasury:*"));
/// assert!(!scope_matches("treasury:*", "treasury2"));
/// ```
#[inline]
pub fn scope_matches(granted: &str, required: &str) -> bool {
    // For scopes without a wildcard, which most are, this is all.
    granted == required
        || (granted.as_bytes().last() == Some(&b'*') && wildcard_matches(granted, required))
}

fn wildcard_matches(granted: &str, required: &str) -> bool {
    if granted == "*" {
        return true;
    }
    let Some(prefix) = granted.strip_suffix(":*") else {
        return false;
    };
    match required.strip_prefix(prefix) {
        Some("") => true,
        Some(below) => below.starts_with(':'),
        None => false,
    }
}
