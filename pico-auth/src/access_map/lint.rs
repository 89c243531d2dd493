//! What is probably a mistake in the access of an application.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::overlap::Paths;
use super::text::on_one_line;
use super::{AccessEntry, AccessMap, AccessRule, FALLBACK};
use crate::error::Permission;

/// Something in an access map that is probably a mistake; made by [`AccessMap::lint`]. `Display` says what to
/// do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// A route is open to everybody and does not say why.
    AnonymousWithoutReason {
        /// The route, as [`AccessEntry::route`] writes it.
        route: String,
    },
    /// Some paths match two routes, and these have different rules: the router takes the one that is more
    /// exact, which a reader may not see.
    TwoPolicies {
        /// The more exact route.
        route: String,
        /// What it asks for.
        rule: AccessRule,
        /// The other one.
        other: String,
        /// What that one asks for.
        other_rule: AccessRule,
    },
    /// One function is reached by two routes with different rules.
    TwoWays {
        /// The function.
        handler: String,
        /// One route.
        route: String,
        /// What it asks for.
        rule: AccessRule,
        /// The other one.
        other: String,
        /// What that one asks for.
        other_rule: AccessRule,
    },
    /// A rule names a role that is not among the known ones.
    UnknownRole {
        /// The role.
        role: String,
        /// The first route that names it.
        route: String,
        /// The known role that was probably meant.
        meant: Option<String>,
    },
    /// One rule alone names a role, and it is not known which roles there are.
    RoleUsedOnce {
        /// The role.
        role: String,
        /// The route that names it.
        route: String,
        /// The role that was probably meant.
        meant: Option<String>,
    },
}

impl AccessMap {
    /// What is probably a mistake. Empty for most applications, once they have said why routes are open:
    ///
    /// ```
    /// # let map = pico_auth::SecureRouter::<()>::new().access_map();
    /// assert_eq!(map.lint(), []);
    /// ```
    ///
    /// - A route is open to everybody (`#[allow_anonymous]`) without a reason.
    /// - A path is reachable under two rules: it matches two routes, or two routes lead to one function (which
    ///   a map [`without_source`](Self::without_source) cannot tell).
    /// - A rule names a role that [`with_known_roles`](Self::with_known_roles) or the role hierarchy does not
    ///   know; where no roles are known, a role that only one rule names.
    pub fn lint(&self) -> Vec<Finding> {
        let mut findings = self.open_without_reason();
        for (exact, wide) in Paths::of(&self.entries).overlaps() {
            if exact.rule != wide.rule {
                findings.push(Finding::TwoPolicies {
                    route: exact.route(),
                    rule: exact.rule.clone(),
                    other: wide.route(),
                    other_rule: wide.rule.clone(),
                });
            }
        }
        findings.extend(self.two_ways());
        findings.extend(self.doubtful_roles());
        findings
    }

    fn open_without_reason(&self) -> Vec<Finding> {
        let entries = self.entries.iter();
        let open = entries
            .filter(|entry| entry.rule == AccessRule::Anonymous && entry.reason.is_none())
            .map(|entry| Finding::AnonymousWithoutReason {
                route: entry.route(),
            });
        open.collect()
    }

    /// Of several routes with one rule, the first speaks for all.
    fn two_ways(&self) -> Vec<Finding> {
        let mut functions: BTreeMap<_, BTreeMap<&AccessRule, &AccessEntry>> = BTreeMap::new();
        for entry in &self.entries {
            if let Some(function) = entry.function() {
                let rules = functions.entry(function).or_default();
                rules.entry(&entry.rule).or_insert(entry);
            }
        }
        let mut findings = Vec::new();
        for rules in functions.into_values() {
            let mut entries: Vec<&AccessEntry> = rules.into_values().collect();
            entries.sort_by_key(|entry| entry.place());
            let Some((one, others)) = entries.split_first() else {
                continue;
            };
            findings.extend(others.iter().map(|other| Finding::TwoWays {
                handler: one.handler.to_string(),
                route: one.route(),
                rule: one.rule.clone(),
                other: other.route(),
                other_rule: other.rule.clone(),
            }));
        }
        findings
    }

    fn doubtful_roles(&self) -> Vec<Finding> {
        let mut uses: BTreeMap<&str, Vec<&AccessEntry>> = BTreeMap::new();
        for entry in &self.entries {
            for role in entry.rule.names(Permission::Role) {
                uses.entry(role).or_default().push(entry);
            }
        }
        let mut known: BTreeSet<&str> = self.known_roles.iter().map(|role| &**role).collect();
        for (role, implied) in &self.implies {
            known.insert(role);
            known.extend(implied.iter().map(|role| &**role));
        }
        let candidates: Vec<&str> = if known.is_empty() {
            let often = uses.iter().filter(|(_, entries)| entries.len() > 1);
            often.map(|(role, _)| *role).collect()
        } else {
            known.iter().copied().collect()
        };
        let mut findings = Vec::new();
        for (role, entries) in uses {
            let (false, Some(first)) = (known.contains(role), entries.first()) else {
                continue;
            };
            let (role, route) = (role.to_owned(), first.route());
            let meant = closest(&role, &candidates);
            if !known.is_empty() {
                findings.push(Finding::UnknownRole { role, route, meant });
            } else if entries.len() == 1 {
                findings.push(Finding::RoleUsedOnce { role, route, meant });
            }
        }
        findings
    }
}

impl AccessEntry {
    /// What tells its function from others: functions of one name can stand in one module, as those of two
    /// types do. Closures and services have no name of their own, and the fallback is reached by no path.
    fn function(&self) -> Option<(&str, &str)> {
        let is_named = !self.handler.contains(['{', '<']) && *self.path != *FALLBACK;
        let source = self.source.as_deref().filter(|_| is_named)?;
        Some((&self.handler, source))
    }
}

/// The candidate that `role` differs from by one or two letters or in upper and lower case.
fn closest(role: &str, candidates: &[&str]) -> Option<String> {
    let lower = role.to_lowercase();
    let others = candidates.iter().filter(|candidate| **candidate != role);
    let similar = others.filter_map(|candidate| {
        let length = candidate.chars().count();
        if length.abs_diff(lower.chars().count()) > 2 {
            return None;
        }
        let distance = distance(&lower, &candidate.to_lowercase());
        // Of a short name, not all letters may differ.
        (distance <= 2 && distance < length).then_some((distance, candidate))
    });
    let (_, candidate) = similar.min()?;
    Some((*candidate).to_owned())
}

/// How many letters must be added, removed or replaced (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (i, l) in left.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((r, replaced), removed) in right.chars().zip(&row).zip(row.iter().skip(1)) {
            let added = next.last().copied().unwrap_or_default() + 1;
            next.push(added.min(removed + 1).min(replaced + usize::from(l != r)));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// A map may come from a file, and stays on one line.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&on_one_line(self.text()))
    }
}

impl Finding {
    fn text(&self) -> String {
        match self {
            Self::AnonymousWithoutReason { route } => format!(
                "{route} is open to everybody and does not say why: write \
                 `#[allow_anonymous(reason = \"..\")]`, or `Policy::AllowAnonymous.because(\"..\")`"
            ),
            Self::TwoPolicies {
                route,
                rule,
                other,
                other_rule,
            } => format!(
                "{route} ({rule}) answers some requests that {other} ({other_rule}) matches, too: is it meant \
                 to be under another rule?"
            ),
            Self::TwoWays {
                handler,
                route,
                rule,
                other,
                other_rule,
            } => format!(
                "`{handler}` is reached by {route} ({rule}) and by {other} ({other_rule}): whoever is refused \
                 by one can take the other"
            ),
            Self::UnknownRole { role, route, meant } => {
                let suggestion = suggestion(meant.as_deref());
                format!("{route} asks for the role '{role}', which is not known{suggestion}")
            }
            Self::RoleUsedOnce { role, route, meant } => {
                let suggestion = suggestion(meant.as_deref());
                format!(
                    "only {route} asks for the role '{role}'{suggestion}: if it is right, name all roles by \
                     `with_known_roles`"
                )
            }
        }
    }
}

fn suggestion(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |meant| format!("; is '{meant}' meant?"))
}
