//! Two rules compared by whom they admit.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt::Write;

use super::authentication::{Authentication, authentications};
use super::{AccessChange, ChangeKind};
use crate::access_map::caller::Caller;
use crate::access_map::{AccessEntry, AccessMap, AccessRule, Decision};
use crate::error::Permission;

/// The most names for which all callers are tried, two to the power of so many.
const MOST_NAMES: usize = 12;

/// The most callers who are told apart by their names and by how they have authenticated, in a comparison in
/// full.
const MOST_CALLERS: usize = 1 << 16;

/// Of callers of whom nothing but this matters.
type Name<'m> = (Permission, &'m str);

/// What changed between two entries of one route; `None` where every caller may do what they could before.
pub(super) fn changed(
    old: &AccessMap,
    before: &AccessEntry,
    new: &AccessMap,
    now: &AccessEntry,
) -> Option<AccessChange> {
    let (was, is) = (before.rule(), now.rule());
    let change = |kind, gained, lost| {
        Some(AccessChange {
            kind,
            before: Some(before.clone()),
            after: Some(now.clone()),
            gained,
            lost,
        })
    };
    match (was.admits_everybody(), is.admits_everybody()) {
        (false, true) => return change(ChangeKind::Opened, None, None),
        (true, false) => return change(ChangeKind::Closed, None, None),
        (true, true) => return None,
        (false, false) => {}
    }
    if was == is && old.implies == new.implies {
        return None;
    }
    let names: Vec<Name<'_>> = names(old, was)
        .chain(names(new, is))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let strengths = was.strengths().union(&is.strengths()).copied().collect();
    let authentications = authentications(&strengths);
    let in_full = names.len() <= MOST_NAMES && authentications.len() << names.len() <= MOST_CALLERS;
    let callers = callers(&names);
    let (mut gained, mut lost) = (None, None);
    for authentication in authentications {
        let (was, is) = (
            authentication.applied_to(was),
            authentication.applied_to(is),
        );
        for caller in &callers {
            let described = caller.described();
            let (could, can) = (old.decide(&was, &described), new.decide(&is, &described));
            let who = |decision| caller.to_string(&authentication, decision);
            match openness(can).cmp(&openness(could)) {
                Ordering::Greater if gained.is_none() => gained = Some(who(can)),
                Ordering::Less if lost.is_none() => lost = Some(who(could)),
                _ => {}
            }
        }
        if gained.is_some() && lost.is_some() {
            break;
        }
    }
    // Of conditions it is not known which they are: with another rule around them, they may decide otherwise.
    let conditions_moved = was != is && was.depends_on_request() && is.depends_on_request();
    let kind = match (&gained, &lost) {
        (Some(_), Some(_)) => ChangeKind::Changed,
        _ if !in_full || conditions_moved => ChangeKind::Unclear,
        (Some(_), None) => ChangeKind::Widened,
        (None, Some(_)) => ChangeKind::Narrowed,
        (None, None) => return None,
    };
    change(kind, gained, lost)
}

const fn openness(decision: Decision) -> u8 {
    match decision {
        Decision::Refused => 0,
        Decision::DependsOnRequest => 1,
        Decision::Admitted => 2,
    }
}

/// The names that can make a difference to a rule: its own, and the roles that imply some of them.
fn names<'m>(map: &'m AccessMap, rule: &'m AccessRule) -> impl Iterator<Item = Name<'m>> {
    let roles = rule.names(Permission::Role);
    let implying: Vec<&str> = map
        .implies
        .iter()
        .filter(|(_, implied)| roles.iter().any(|role| implied.contains(*role)))
        .map(|(role, _)| &**role)
        .collect();
    let of = |permission| {
        let names = rule.names(permission);
        names.into_iter().map(move |name| (permission, name))
    };
    of(Permission::Role)
        .chain(implying.into_iter().map(|role| (Permission::Role, role)))
        .chain(of(Permission::Group))
        .chain(of(Permission::Scope))
        .chain(of(Permission::AgentScope))
}

/// A caller with a valid token and some of the names.
struct Tried<'m> {
    names: Vec<Name<'m>>,
    has_agent: bool,
}

/// Every caller that can be told apart by these names, those with the fewest first. Where there are too many
/// of them, those with at most two names, and those that lack at most two.
fn callers<'m>(names: &[Name<'m>]) -> Vec<Tried<'m>> {
    let mut sets: Vec<BTreeSet<usize>> = if names.len() <= MOST_NAMES {
        let bits = |set: usize| (0..names.len()).filter(move |bit| set & (1 << bit) != 0);
        (0..1 << names.len())
            .map(|set| bits(set).collect())
            .collect()
    } else {
        let all: BTreeSet<usize> = (0..names.len()).collect();
        let pairs =
            (0..names.len()).flat_map(|i| (i..names.len()).map(move |j| BTreeSet::from([i, j])));
        let few: Vec<BTreeSet<usize>> = std::iter::once(BTreeSet::new()).chain(pairs).collect();
        let many: Vec<BTreeSet<usize>> = few.iter().map(|few| &all - few).collect();
        few.into_iter().chain(many).collect()
    };
    sets.sort_by_key(BTreeSet::len);
    let asks_for_agent = names.iter().any(|(of, _)| *of == Permission::AgentScope);
    let mut callers = Vec::new();
    for set in sets {
        let of_set = set.iter().filter_map(|index| names.get(*index).copied());
        let names: Vec<Name<'m>> = of_set.collect();
        let has_agent = names.iter().any(|(of, _)| *of == Permission::AgentScope);
        // An agent without scopes is not the same as no agent.
        if asks_for_agent && !has_agent {
            callers.push(Tried {
                names: names.clone(),
                has_agent: true,
            });
        }
        callers.push(Tried { names, has_agent });
    }
    callers
}

impl Tried<'_> {
    fn described(&self) -> Caller {
        let mut caller = Caller::authenticated();
        if self.has_agent {
            caller = caller.agent(std::iter::empty::<Box<str>>());
        }
        for (permission, name) in &self.names {
            caller = match permission {
                Permission::Role => caller.roles([*name]),
                Permission::Group => caller.groups([*name]),
                Permission::Scope => caller.scopes([*name]),
                Permission::AgentScope => caller.agent([*name]),
            };
        }
        caller
    }

    /// In words, with what is decided of them.
    fn to_string(&self, authentication: &Authentication<'_>, decision: Decision) -> String {
        let mut text = String::new();
        for (permission, name) in &self.names {
            let separator = if text.is_empty() { "" } else { ", " };
            // Writing to a string never fails.
            let _ = write!(text, "{separator}{} '{name}'", permission.singular());
        }
        if text.is_empty() {
            text.push_str("a valid token alone");
        }
        if self.has_agent
            && !self
                .names
                .iter()
                .any(|(of, _)| *of == Permission::AgentScope)
        {
            text.push_str(", an agent without scopes");
        }
        let _ = write!(text, "{authentication}");
        if decision == Decision::DependsOnRequest {
            text.push_str(", depending on the request");
        }
        text
    }
}
