//! Decisions as lines of JSON.

use std::io::{self, ErrorKind, Write};

use super::{AuditSink, Decision, SinkError};

/// Writes each decision as one line of JSON: to a file, a pipe, or whatever is a [`Write`].
///
/// ```text
/// {"time":"2027-01-15T08:00:00.000Z","method":"DELETE","route":"/users/{id}","handler":"app::delete_user",
///  "stage":"endpoint","rule":"one of roles: ['admin']","outcome":"forbidden",
///  "reason":"insufficient_permissions","subject":"u1","issuer":"https://id.example","jti":"4f1c","status":403}
/// ```
///
/// (It is one line.) Where decisions were lost, a line `{"lost":17}` says how many. No text of a
/// caller can begin a line: whatever any reader takes for the end of a line is escaped. Where a line was
/// written in part, such as to a full disk, the next one begins after a line break all the same.
#[derive(Debug)]
pub struct JsonLines<W> {
    writer: W,
    line: Vec<u8>,
    /// Whether the last line has no end.
    is_torn: bool,
}

impl<W: Write + Send + 'static> JsonLines<W> {
    /// Writes to `writer`, one call for each line: a file needs no buffer around it.
    pub fn new(writer: W) -> Self {
        Self {
            writer,
            line: Vec::new(),
            is_torn: false,
        }
    }

    fn write(&mut self, json: &str) -> Result<(), SinkError> {
        self.line.clear();
        if self.is_torn {
            self.line.push(b'\n');
        }
        for character in json.chars() {
            match character {
                // JSON lets them stand as they are, and some readers end a line there.
                '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => {
                    write!(self.line, "\\u{:04x}", u32::from(character))?;
                }
                other => {
                    let mut bytes = [0; 4];
                    self.line.extend(other.encode_utf8(&mut bytes).as_bytes());
                }
            }
        }
        self.line.push(b'\n');
        Ok(self.write_line()?)
    }

    /// As `write_all`, but for what is left behind where the writer fails.
    fn write_line(&mut self) -> io::Result<()> {
        let mut rest = self.line.as_slice();
        while !rest.is_empty() {
            match self.writer.write(rest) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(written) => {
                    rest = rest.get(written..).unwrap_or_default();
                    self.is_torn = !rest.is_empty();
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl<W: Write + Send + 'static> AuditSink for JsonLines<W> {
    fn record(&mut self, decision: &Decision) -> Result<(), SinkError> {
        self.write(&serde_json::to_string(decision)?)
    }

    fn lost(&mut self, number: u64) -> Result<(), SinkError> {
        self.write(&serde_json::json!({ "lost": number }).to_string())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(self.writer.flush()?)
    }
}
