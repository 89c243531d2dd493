//! Paths of routes.

use super::FALLBACK;

/// The path without the names of its parameters. Braces that are text are written twice, and stay so.
pub(crate) fn unnamed(path: &str) -> String {
    if path == FALLBACK {
        return path.to_owned();
    }
    let mut unnamed = String::with_capacity(path.len());
    let mut rest = path.chars().peekable();
    while let Some(c) = rest.next() {
        unnamed.push(c);
        match (c, rest.peek()) {
            ('{', Some('{')) | ('}', Some('}')) => unnamed.extend(rest.next()),
            ('{', _) => {
                let name: String = rest.by_ref().take_while(|c| *c != '}').collect();
                unnamed.push_str(if name.starts_with('*') { "*}" } else { "}" });
            }
            _ => {}
        }
    }
    unnamed
}

#[cfg(test)]
mod tests {
    use super::unnamed;

    #[test]
    fn names_go_and_braces_that_are_text_stay() {
        for (path, expected) in [
            ("*", "*"),
            ("/", "/"),
            ("/users/{id}/notes/{note}", "/users/{}/notes/{}"),
            ("/files/{*rest}", "/files/{*}"),
            ("/v{id}", "/v{}"),
            ("/q{{1}}", "/q{{1}}"),
            ("/q{{2}}{id}", "/q{{2}}{}"),
        ] {
            assert_eq!(unnamed(path), expected, "{path}");
        }
    }
}
