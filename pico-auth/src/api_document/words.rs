//! What an operation requires, in a sentence of its description.

use crate::access_map::{AccessEntry, AccessRule};

/// `Requires role: admin`.
pub(super) fn sentence(entry: &AccessEntry) -> String {
    let rule = entry.rule();
    match (rule, entry.reason()) {
        (AccessRule::Anonymous, Some(reason)) => format!("Open to everybody: {}", literal(reason)),
        (AccessRule::Anonymous, None) => "Open to everybody".to_owned(),
        (AccessRule::OptionalAuthentication, _) => {
            "Open to everybody; a token that is sent must be valid".to_owned()
        }
        (AccessRule::Authenticated, _) => "Requires a valid token".to_owned(),
        (AccessRule::Nobody, _) => "Nobody may do this".to_owned(),
        (AccessRule::OneOf { permission, names } | AccessRule::AllOf { permission, names }, _)
            if names.len() == 1 =>
        {
            format!("Requires {}: {}", permission.singular(), list(names))
        }
        (AccessRule::OneOf { permission, names }, _) => {
            format!("Requires one of {}: {}", permission.plural(), list(names))
        }
        (AccessRule::AllOf { permission, names }, _) => {
            format!("Requires all of {}: {}", permission.plural(), list(names))
        }
        (rule, _) => format!("Requires {}", literal(&rule.to_string())),
    }
}

fn list(names: &[Box<str>]) -> String {
    literal(&names.join(", "))
}

/// Descriptions are Markdown, in which `orders:*, users:*` would lose its stars. What means nothing there, such
/// as the line in `support_lead`, stays as it is.
fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let inside_word =
            before.is_alphanumeric() && rest.peek().is_some_and(|c| c.is_alphanumeric());
        if matches!(c, '\\' | '`' | '*' | '[' | '<' | '&' | '~') || (c == '_' && !inside_word) {
            literal.push('\\');
        }
        literal.push(c);
        before = c;
    }
    literal
}
