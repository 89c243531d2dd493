//! What a change did to the access of an application: two maps compared.

mod authentication;
mod compare;
mod text;

use super::overlap::{Instead, Paths};
use super::path::unnamed;
use super::{AccessEntry, AccessMap, FALLBACK, NOT_FOUND};

/// What a change did; made by [`AccessMap::diff`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessDiff {
    changes: Vec<AccessChange>,
}

/// What a change did to one route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessChange {
    kind: ChangeKind,
    before: Option<AccessEntry>,
    after: Option<AccessEntry>,
    gained: Option<String>,
    lost: Option<String>,
}

/// How the access to a route changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// Callers without a token are admitted now: the route is new or had a rule before.
    Opened,
    /// Some callers are admitted who were not, and nobody else is refused.
    Widened,
    /// Some callers are admitted who were not, and some are refused who were not.
    Changed,
    /// The rule is another one and cannot be compared in full: it has conditions on the request before and after,
    /// or too many names, or strengths of authentication.
    Unclear,
    /// A new route that asks for a valid token at least.
    Added,
    /// Some callers are refused who were admitted, and nobody else is admitted.
    Narrowed,
    /// Callers without a token were admitted, and are refused now.
    Closed,
    /// The route is gone.
    Removed,
}

impl ChangeKind {
    /// Its name in a report.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Widened => "widened",
            Self::Changed => "changed",
            Self::Unclear => "unclear",
            Self::Added => "added",
            Self::Narrowed => "narrowed",
            Self::Closed => "closed",
            Self::Removed => "removed",
        }
    }

    /// Whether somebody may do now what nobody of their kind could do before, or that cannot be excluded.
    pub const fn admits_more(self) -> bool {
        matches!(
            self,
            Self::Opened | Self::Widened | Self::Changed | Self::Unclear | Self::Added
        )
    }
}

impl AccessChange {
    /// How it changed.
    pub const fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// The route as it was; `None` where it is new.
    pub const fn before(&self) -> Option<&AccessEntry> {
        self.before.as_ref()
    }

    /// The route as it is; `None` where it is gone.
    pub const fn after(&self) -> Option<&AccessEntry> {
        self.after.as_ref()
    }

    /// A caller who is admitted now and was not: `role 'viewer'`.
    pub fn gained(&self) -> Option<&str> {
        self.gained.as_deref()
    }

    /// A caller who was admitted and is not now.
    pub fn lost(&self) -> Option<&str> {
        self.lost.as_deref()
    }

    fn route(&self) -> String {
        let entry = self.after.as_ref().or(self.before.as_ref());
        entry.map(AccessEntry::route).unwrap_or_default()
    }
}

impl AccessDiff {
    /// What changed, the most dangerous first.
    pub fn changes(&self) -> &[AccessChange] {
        &self.changes
    }

    /// Whether nothing changed: every caller may do what they could do before.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether a route was opened to callers without a token.
    pub fn has_opened(&self) -> bool {
        self.any(|kind| kind == ChangeKind::Opened)
    }

    /// Whether somebody is admitted somewhere who was not.
    pub fn admits_more(&self) -> bool {
        self.any(ChangeKind::admits_more)
    }

    fn any(&self, is: impl Fn(ChangeKind) -> bool) -> bool {
        self.changes.iter().any(|change| is(change.kind))
    }
}

impl AccessMap {
    /// What `new` admits and refuses otherwise than `old`.
    ///
    /// Routes are compared by what they do: a rule that is written in another way and admits the same callers
    /// is no change, and a role hierarchy that implies more is one. Names of path parameters, handlers,
    /// source lines and reasons do not count. Conditions on the request (`when(..)`) have no names in a map: a
    /// route that depended on one and no longer does is widened or narrowed, another rule around conditions is
    /// unclear, and one condition that replaces another is not seen.
    ///
    /// A route that is gone is compared with what answers its requests now: a less exact route, or a fallback
    /// of the application's own. Where these admit nobody more, it is removed.
    #[must_use]
    pub fn diff(old: &Self, new: &Self) -> AccessDiff {
        let added = new.entries.iter().filter_map(|entry| {
            let change = match old.matching(entry) {
                Some(before) => return compare::changed(old, before, new, entry),
                None if entry.rule().admits_everybody() => ChangeKind::Opened,
                None => ChangeKind::Added,
            };
            Some(AccessChange {
                kind: change,
                before: None,
                after: Some(entry.clone()),
                gained: None,
                lost: None,
            })
        });
        let paths = Paths::of(&new.entries);
        let routes = paths.tree();
        let removed = old.entries.iter().filter(|entry| !new.has_same(entry));
        let removed = removed.filter_map(|entry| {
            if let Some(now) = new.matching(entry) {
                return compare::changed(old, entry, new, now);
            }
            let instead = match routes.instead_of(entry) {
                Instead::Path(now) => now,
                Instead::Fallback => new.own_fallback(),
            };
            let opened = instead.and_then(|now| compare::changed(old, entry, new, now));
            opened
                .filter(|change| change.kind.admits_more())
                .or_else(|| {
                    Some(AccessChange {
                        kind: ChangeKind::Removed,
                        before: Some(entry.clone()),
                        after: None,
                        gained: None,
                        lost: None,
                    })
                })
        });
        let mut changes: Vec<AccessChange> = added.chain(removed).collect();
        changes.sort_by_key(|change| change.kind);
        AccessDiff { changes }
    }

    /// What the application answers where no route matches, if it has an answer of its own.
    fn own_fallback(&self) -> Option<&AccessEntry> {
        let mut entries = self.entries.iter();
        entries.find(|entry| *entry.path == *FALLBACK && *entry.handler != *NOT_FOUND)
    }

    fn has_same(&self, other: &AccessEntry) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|entry| entry.method == other.method && entry.has_path_of(other))
    }

    /// The entry that answers what `other` answers in another map of the application.
    fn matching(&self, other: &AccessEntry) -> Option<&AccessEntry> {
        self.answering(&other.method, |entry| entry.has_path_of(other))
    }
}

impl AccessEntry {
    fn has_path_of(&self, other: &Self) -> bool {
        *self.path == *other.path || unnamed(&self.path) == unnamed(&other.path)
    }
}
