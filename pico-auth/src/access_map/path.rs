//! Paths of routes.

use super::FALLBACK;

/// The path without the names of its parameters.
pub(crate) fn unnamed(path: &str) -> String {
    if path == FALLBACK {
        return path.to_owned();
    }
    let mut unnamed = String::with_capacity(path.len());
    let mut in_name = false;
    for c in path.chars() {
        match c {
            '}' => in_name = false,
            '*' => {}
            _ if in_name => continue,
            _ => {}
        }
        unnamed.push(c);
        in_name |= c == '{';
    }
    unnamed
}
