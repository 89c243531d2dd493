//! What a change did, as text.

use std::fmt::{self, Write};

use super::{AccessChange, AccessDiff};
use crate::access_map::text::{escaped, on_one_line};
use crate::access_map::{AccessEntry, AccessRule};

/// The text of [`AccessDiff::to_text`].
impl fmt::Display for AccessDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

impl AccessDiff {
    /// A line for each change, and below it an example of a caller for whom it makes a difference.
    pub fn to_text(&self) -> String {
        if self.is_empty() {
            return "Access has not changed.\n".to_owned();
        }
        let mut text = String::new();
        for change in &self.changes {
            // Writing to a string never fails.
            let rules = on_one_line(format!("{}: {}", change.route(), change.rules()));
            let _ = writeln!(text, "{:8}  {rules}", change.kind().as_str());
            for example in change.examples() {
                let _ = writeln!(text, "          {}", on_one_line(example));
            }
        }
        text
    }

    /// A table for a pull request.
    pub fn to_markdown(&self) -> String {
        if self.is_empty() {
            return "Access has not changed.\n".to_owned();
        }
        let mut text = String::from(
            "| Change | Route | Before | Now | For example |\n| --- | --- | --- | --- | --- |\n",
        );
        for change in &self.changes {
            let kind = change.kind();
            let kind = if kind.admits_more() {
                format!("**{}**", kind.as_str())
            } else {
                kind.as_str().to_owned()
            };
            let rule = |entry: Option<&AccessEntry>| entry.map_or_else(String::new, who);
            let _ = writeln!(
                text,
                "| {kind} | {} | {} | {} | {} |",
                cell(change.route()),
                cell(rule(change.before())),
                cell(rule(change.after())),
                cell(change.examples().join("; ")),
            );
        }
        text
    }
}

fn cell(text: String) -> String {
    escaped(&on_one_line(text))
}

impl AccessChange {
    fn rules(&self) -> String {
        match (self.before(), self.after()) {
            (Some(old), Some(new)) => format!("{} -> {}", who(old), who(new)),
            (None, Some(entry)) | (Some(entry), None) => who(entry),
            (None, None) => String::new(),
        }
    }

    fn examples(&self) -> Vec<String> {
        let gained = self
            .gained()
            .map(|gained| format!("now admitted: {gained}"));
        let lost = self.lost().map(|lost| format!("now refused: {lost}"));
        gained.into_iter().chain(lost).collect()
    }
}

fn who(entry: &AccessEntry) -> String {
    match (entry.rule(), entry.reason()) {
        (rule, Some(reason)) => format!("{rule} ({reason})"),
        (AccessRule::Anonymous, None) => "everybody (no reason given)".to_owned(),
        (rule, None) => rule.to_string(),
    }
}
