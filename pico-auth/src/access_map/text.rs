//! An access map as text: a table for terminals and snapshots, and one for Markdown.

use std::fmt::{self, Write};

use super::{AccessMap, AccessRule, WhoCan};
use crate::plain::is_plain;

const COLUMNS: usize = 6;

/// A cell that is longer than this stands out, rather than widen every line.
const MOST_WIDTH: usize = 120;

/// The table of [`AccessMap::to_text`].
impl fmt::Display for AccessMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl AccessMap {
    /// A table with a line for each route, its columns aligned: for terminals and snapshots.
    pub fn to_text(&self) -> String {
        aligned(&self.rows())
    }

    /// The same as a table in Markdown.
    pub fn to_markdown(&self) -> String {
        let mut rows = self.rows();
        if let Some(head) = rows.first() {
            rows.insert(1, head.iter().map(|_| "---".to_owned()).collect());
        }
        let mut text = String::new();
        for (i, row) in rows.iter().enumerate() {
            for cell in row {
                let cell = if i < 2 { cell.clone() } else { escaped(cell) };
                let _ = write!(text, "| {cell} ");
            }
            text.push_str("|\n");
        }
        text
    }

    /// The head and a row for each route. The last column is there if any route has a source.
    fn rows(&self) -> Vec<Vec<String>> {
        let head = [
            "Method",
            "Path",
            "Who",
            "Roles that suffice",
            "Handler",
            "Source",
        ];
        let has_sources = self.entries.iter().any(|entry| entry.source.is_some());
        let columns = if has_sources { COLUMNS } else { COLUMNS - 1 };
        let roles = self.roles();
        let rows = self.access().map(|access| access.row(&roles));
        std::iter::once(head.map(str::to_owned))
            .chain(rows)
            .map(|row| row.into_iter().take(columns).collect())
            .collect()
    }
}

impl<'m> WhoCan<'m> {
    fn row(&self, roles: &[&'m str]) -> [String; COLUMNS] {
        let entry = self.entry();
        let path = match entry.path() {
            super::FALLBACK => "any other path",
            path => path,
        };
        [
            entry.method().to_owned(),
            path.to_owned(),
            self.who(),
            self.sufficient(roles).join(", "),
            entry.handler().to_owned(),
            entry.source().unwrap_or_default().to_owned(),
        ]
        .map(on_one_line)
    }

    /// The rule, why it is open, and that it depends on the request.
    pub(super) fn who(&self) -> String {
        let entry = self.entry();
        let mut who = entry.rule().to_string();
        match (entry.rule(), entry.reason()) {
            (_, Some(reason)) => {
                let _ = write!(who, " ({reason})");
            }
            (AccessRule::Anonymous, None) => who.push_str(" (no reason given)"),
            _ => {}
        }
        if entry.rule().depends_on_request() {
            who.push_str(", depends on the request");
        }
        who
    }
}

/// A line for each row, with columns as wide as their cells.
pub(crate) fn aligned(rows: &[Vec<String>]) -> String {
    let mut widths = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count()).min(MOST_WIDTH);
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            // Writing to a string never fails.
            let _ = write!(line, "{cell:width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// A map may come from a file: what would break a line, steer a terminal, or show letters in another order
/// than they have, is written out.
pub(super) fn on_one_line(cell: String) -> String {
    if cell.chars().all(is_plain) {
        return cell;
    }
    let mut text = String::with_capacity(cell.len());
    for c in cell.chars() {
        if is_plain(c) {
            text.push(c);
        } else {
            text.extend(c.escape_default());
        }
    }
    text
}

/// What means something in Markdown, as itself.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '!'
            | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped
}
