//! Text of the application as HTML: names of types hold `<`, and reasons anything.

use std::borrow::Cow;

/// The text as itself, in an element or between the quotes of an attribute.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped.into()
}

/// A path of a route or of a function, which lines may break after `/` and `::`.
pub(super) fn breakable(path: &str) -> String {
    let path = escaped(path);
    path.replace('/', "/<wbr>").replace("::", "::<wbr>")
}
