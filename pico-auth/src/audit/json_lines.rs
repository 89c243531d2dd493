//! Decisions as lines of JSON.

use std::io::Write;

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
/// caller can begin a line: whatever any reader takes for the end of a line is escaped.
#[derive(Debug)]
pub struct JsonLines<W> {
    writer: W,
    line: Vec<u8>,
}

impl<W: Write + Send + 'static> JsonLines<W> {
    /// Writes to `writer`, one call for each line: a file needs no buffer around it.
    pub fn new(writer: W) -> Self {
        Self {
            writer,
            line: Vec::new(),
        }
    }

    fn write(&mut self, json: &str) -> Result<(), SinkError> {
        self.line.clear();
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
        self.writer.write_all(&self.line)?;
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
