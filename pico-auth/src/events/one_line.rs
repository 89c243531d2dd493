//! Foreign text in the message of an event. Subscribers escape fields, and write a message as it is.

use std::fmt::{self, Display, Formatter, Write};

use crate::plain::is_plain;

/// The longest foreign text in an event, in characters.
pub(super) const MAX_TEXT: usize = 1024;

/// Shows a text as a part of one line that nobody can take for another: what would end the line, move the
/// cursor or turn the direction of writing is escaped, and the text is cut.
pub(super) struct OneLine<T>(pub(super) T);

impl<T: Display> Display for OneLine<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut line = Line {
            written: f,
            room: MAX_TEXT,
        };
        write!(line, "{}", self.0)
    }
}

struct Line<'l, 'f> {
    written: &'l mut Formatter<'f>,
    /// How many characters still fit; the last of them says that more are left out.
    room: usize,
}

impl Write for Line<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| {
            if is_plain(character) {
                self.put(character)
            } else {
                character
                    .escape_unicode()
                    .try_for_each(|part| self.put(part))
            }
        })
    }
}

impl Line<'_, '_> {
    /// What no longer fits is read to its end all the same: an error would be one of the writer.
    fn put(&mut self, character: char) -> fmt::Result {
        let Some(room) = self.room.checked_sub(1) else {
            return Ok(());
        };
        self.room = room;
        self.written
            .write_char(if room == 0 { '…' } else { character })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{AuthClientError, InsufficientPermissionsError, Permission};

    fn shown(name: &str) -> String {
        let error = InsufficientPermissionsError::of(Permission::Role, name);
        OneLine(&AuthClientError::from(error)).to_string()
    }

    #[test]
    fn the_names_of_a_usual_rule_stay_as_they_are() {
        for name in [
            "admin",
            "orders:read",
            "Prüfer \\ 'a' \"b\"",
            "会計",
            "नमस्ते",
        ] {
            assert_eq!(shown(name), format!("Requires one of roles: ['{name}']"));
        }
    }

    #[test]
    fn a_name_cannot_write_a_line_of_its_own() {
        for hostile in [
            "x\n2027-01-15 INFO admitted",
            "x\r",
            "x\u{b}\u{c}\u{1c}\u{85}",
            "x\u{2028}y\u{2029}",
            "x\0\u{7}\u{8}\u{1b}[2J\u{9b}2J\u{7f}",
            "x\u{202e}nimda\u{202c}",
            "x\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}",
        ] {
            let shown = shown(hostile);
            assert!(shown.chars().all(is_plain), "{shown:?}");
            assert!(
                shown.starts_with("Requires one of roles: ['x\\u{"),
                "{shown}"
            );
        }
        assert_eq!(OneLine("a\nb\u{202e}").to_string(), "a\\u{a}b\\u{202e}");
    }

    #[test]
    fn a_name_cannot_make_a_line_of_any_length() {
        for filler in ["y", "ä", "\n", "\u{202e}"] {
            let shown = shown(&filler.repeat(100_000));
            assert_eq!(shown.chars().count(), MAX_TEXT);
            assert!(shown.ends_with('…'));
        }
        let whole = "y".repeat(MAX_TEXT - 1);
        assert_eq!(OneLine(&whole).to_string(), whole);
    }
}
