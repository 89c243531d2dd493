//! From the path of a route to one that matches it.

use crate::access_map::{AccessEntry, Tree};

/// A path that no route has, if there is one: a deep one, for `/{name}` has every short one.
pub(super) fn unrouted(routes: &Tree<'_, '_>, entries: &[AccessEntry]) -> Option<String> {
    let depth = |entry: &AccessEntry| entry.path().matches('/').count();
    let deepest = entries.iter().map(depth).max().unwrap_or_default();
    let deep = "/no-route-has-this-path".repeat(deepest + 1);
    let candidates = ["/no-route-has-this-path", &deep, "/"];
    let mut unrouted = candidates.into_iter();
    unrouted
        .find(|path| routes.reached(path).is_none())
        .map(str::to_owned)
}

/// The path with values in place of its parameters. Braces that are text are written twice.
pub(super) fn concrete<'v>(path: &str, value: impl Fn(&str) -> &'v str) -> String {
    let mut concrete = String::with_capacity(path.len());
    let mut rest = path.chars().peekable();
    while let Some(character) = rest.next() {
        match (character, rest.peek()) {
            ('{', Some('{')) | ('}', Some('}')) => {
                rest.next();
                concrete.push(character);
            }
            ('{', _) => {
                let name: String = rest.by_ref().take_while(|c| *c != '}').collect();
                concrete.push_str(value(name.trim_start_matches('*')));
            }
            _ => concrete.push(character),
        }
    }
    concrete
}

#[cfg(test)]
mod tests {
    use super::concrete;

    #[test]
    fn parameters_get_their_values_and_text_stays() {
        let value = |name: &str| match name {
            "id" => "7",
            "rest" => "a/b",
            _ => "1",
        };
        for (path, expected) in [
            ("/", "/"),
            ("/users/{id}", "/users/7"),
            ("/users/{id}/notes/{note}", "/users/7/notes/1"),
            ("/files/{*rest}", "/files/a/b"),
            ("/v{id}", "/v7"),
            ("/{{id}}/{id}", "/{id}/7"),
        ] {
            assert_eq!(concrete(path, value), expected);
        }
    }
}
