//! A rule as the `security` of an operation: alternatives, each of schemes that are needed together.
//!
//! OpenAPI knows tokens and scopes. Roles, groups and conditions are left out, so an alternative says what is
//! needed at least; the description says the rest.

use std::collections::BTreeSet;

use crate::access_map::AccessRule;
use crate::error::Permission;

/// What is needed together: a bearer token with these scopes, and an agent token with those.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Alternative {
    pub(super) scopes: BTreeSet<String>,
    pub(super) agent: Option<BTreeSet<String>>,
}

/// The tokens that an operation asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Security {
    /// None: the token is not looked at.
    Open,
    /// A valid one, if one is sent.
    Optional,
    /// One of these, in order.
    OneOf(BTreeSet<Alternative>),
}

/// The most alternatives that are written. Beyond, only what all of them need.
const MOST: usize = 16;

impl Security {
    pub(super) fn of(rule: &AccessRule) -> Self {
        match rule {
            AccessRule::Anonymous => Self::Open,
            AccessRule::OptionalAuthentication => Self::Optional,
            rule => Self::OneOf(alternatives(rule)),
        }
    }

    /// Whether `stated` says this: in full, or without the alternatives that ask for more than another one.
    pub(super) fn is_said_by(&self, stated: &Self) -> bool {
        match (self, stated) {
            (Self::OneOf(own), Self::OneOf(stated)) => {
                let is_needed = |one: &&Alternative| !own.iter().any(|other| one.exceeds(other));
                own == stated || own.iter().filter(is_needed).eq(stated)
            }
            _ => self == stated,
        }
    }
}

impl Alternative {
    /// Whether it asks for all that the other asks for, and for more.
    fn exceeds(&self, other: &Self) -> bool {
        let agent = match (&self.agent, &other.agent) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(own), Some(other)) => own.is_superset(other),
        };
        self != other && agent && self.scopes.is_superset(&other.scopes)
    }
}

fn alternatives(rule: &AccessRule) -> BTreeSet<Alternative> {
    let found = match rule {
        AccessRule::OneOf { permission, names } => names
            .iter()
            .map(|name| of_names(*permission, [name]))
            .collect(),
        AccessRule::AllOf { permission, names } => [of_names(*permission, names)].into(),
        AccessRule::Any(parts) => parts.iter().flat_map(alternatives).collect(),
        AccessRule::All(parts) => {
            let none = BTreeSet::from([Alternative::default()]);
            parts
                .iter()
                .fold(none, |all, part| bounded(both(&all, &alternatives(part))))
        }
        // An agent that lacks the scope must still be there.
        AccessRule::Not(part) if is_of_agent(part) => [Alternative {
            agent: Some(BTreeSet::new()),
            ..Alternative::default()
        }]
        .into(),
        _ => BTreeSet::new(),
    };
    let found = bounded(found);
    if found.is_empty() {
        return [Alternative::default()].into();
    }
    found
}

const fn is_of_agent(rule: &AccessRule) -> bool {
    matches!(
        rule,
        AccessRule::OneOf { permission, .. } | AccessRule::AllOf { permission, .. }
            if matches!(permission, Permission::AgentScope)
    )
}

fn of_names<'n>(
    permission: Permission,
    names: impl IntoIterator<Item = &'n Box<str>>,
) -> Alternative {
    let names = names.into_iter().map(ToString::to_string);
    let mut alternative = Alternative::default();
    match permission {
        Permission::Scope => alternative.scopes = names.collect(),
        Permission::AgentScope => alternative.agent = Some(names.collect()),
        Permission::Role | Permission::Group => {}
    }
    alternative
}

/// Each of one with each of the other.
fn both(one: &BTreeSet<Alternative>, other: &BTreeSet<Alternative>) -> BTreeSet<Alternative> {
    let pairs = one
        .iter()
        .flat_map(|left| other.iter().map(move |right| (left, right)));
    pairs
        .map(|(left, right)| Alternative {
            scopes: &left.scopes | &right.scopes,
            agent: match (&left.agent, &right.agent) {
                (Some(left), Some(right)) => Some(left | right),
                (agent, None) | (None, agent) => agent.clone(),
            },
        })
        .collect()
}

/// The alternatives, or where there are too many, the one that says what all of them need.
fn bounded(alternatives: BTreeSet<Alternative>) -> BTreeSet<Alternative> {
    if alternatives.len() <= MOST {
        return alternatives;
    }
    let common = alternatives.into_iter().reduce(|one, other| Alternative {
        scopes: &one.scopes & &other.scopes,
        agent: match (one.agent, other.agent) {
            (Some(one), Some(other)) => Some(&one & &other),
            _ => None,
        },
    });
    common.into_iter().collect()
}
