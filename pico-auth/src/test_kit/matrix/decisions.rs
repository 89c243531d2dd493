//! What a service has decided.

use std::fmt;

use http::StatusCode;

use crate::access_map::{AccessEntry, Decision, FALLBACK, aligned};

/// What a service has decided, route by route and caller by caller; made by
/// [`DecisionMatrix`](super::DecisionMatrix).
///
/// `Display` is a table for snapshots: `admitted`, or the status of the refusal, with a question mark where it
/// depends on the request (`when(..)` and `after` of `#[authorize]`), so that another request may be decided
/// otherwise.
#[derive(Debug, Clone)]
#[must_use = "call `assert_as_mapped`"]
pub struct Decisions {
    pub(super) callers: Vec<String>,
    pub(super) rows: Vec<Row>,
}

#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) entry: AccessEntry,
    /// The path that was asked for.
    pub(super) path: String,
    pub(super) cells: Vec<Cell>,
}

#[derive(Debug, Clone)]
pub(super) struct Cell {
    /// What the map says.
    pub(super) expected: Decision,
    pub(super) got: Answer,
}

/// What the service did, and what it said of it.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Admitted(StatusCode),
    Refused(StatusCode, Option<String>),
    /// It could not decide.
    Undecided(StatusCode, Option<String>),
}

impl Decisions {
    /// What the service has decided otherwise than the map says, a line for each. Empty where it is the same.
    pub fn mismatches(&self) -> Vec<String> {
        let mut mismatches = Vec::new();
        for row in &self.rows {
            for (caller, cell) in self.callers.iter().zip(&row.cells) {
                if !cell.is_as_mapped() {
                    mismatches.push(row.mismatch(caller, cell));
                }
            }
        }
        mismatches
    }

    /// Compares the decisions with the map.
    ///
    /// # Panics
    ///
    /// If any differs, or if there is none; the message lists all.
    #[track_caller]
    pub fn assert_as_mapped(&self) {
        let all: usize = self.rows.iter().map(|row| row.cells.len()).sum();
        assert!(
            all > 0,
            "nothing was asked: add routes to the map, and callers"
        );
        let mismatches = self.mismatches();
        assert!(
            mismatches.is_empty(),
            "{} of {all} decisions are not what the access map says:\n  {}\n",
            mismatches.len(),
            mismatches.join("\n  ")
        );
    }
}

impl Row {
    fn mismatch(&self, caller: &str, cell: &Cell) -> String {
        let rule = self.entry.rule();
        let expected = match cell.expected {
            Decision::Admitted => "admits them",
            Decision::Refused => "refuses them",
            Decision::DependsOnRequest => "lets the request decide",
        };
        let route = self.entry.route();
        let asked = if self.entry.path() == self.path {
            String::new()
        } else {
            format!(" ({})", self.path)
        };
        let got = &cell.got;
        format!("{route}{asked} as {caller}: the map {expected} ({rule}), and the service {got}")
    }
}

impl Cell {
    fn is_as_mapped(&self) -> bool {
        matches!(
            (&self.got, self.expected),
            (
                Answer::Admitted(_),
                Decision::Admitted | Decision::DependsOnRequest
            ) | (
                Answer::Refused(..),
                Decision::Refused | Decision::DependsOnRequest
            )
        )
    }

    fn text(&self) -> String {
        let text = match &self.got {
            Answer::Admitted(_) => "admitted".to_owned(),
            Answer::Refused(status, _) | Answer::Undecided(status, _) => {
                status.as_u16().to_string()
            }
        };
        if self.expected == Decision::DependsOnRequest {
            format!("{text} ?")
        } else {
            text
        }
    }
}

/// `refused: 403 Forbidden, Requires one of roles: ['admin']`
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, status, says) = match self {
            Self::Admitted(status) => ("admitted", status, None),
            Self::Refused(status, says) => ("refused", status, says.as_ref()),
            Self::Undecided(status, says) => ("could not decide", status, says.as_ref()),
        };
        write!(f, "{word}: {status}")?;
        match says {
            Some(says) => write!(f, ", {says}"),
            None if word == "refused" => f.write_str(", not in the words of pico-auth"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Decisions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["Method", "Path"].map(str::to_owned);
        let head = head.into_iter().chain(self.callers.iter().cloned());
        let rows = self.rows.iter().map(|row| {
            let path = match row.entry.path() {
                FALLBACK => "any other path",
                path => path,
            };
            let route = [row.entry.method(), path].map(str::to_owned);
            let cells = row.cells.iter().map(Cell::text);
            route.into_iter().chain(cells).collect()
        });
        let rows: Vec<Vec<String>> = std::iter::once(head.collect()).chain(rows).collect();
        f.write_str(&aligned(&rows))
    }
}
