//! The rule of a route, in words that can be stored.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Permission;
use crate::policy::{Policy, Requirement};
use crate::rule::Rule;

/// What a caller of a route must have, as plain data: what [`Policy`](crate::Policy) says, together with the
/// rules of [`SecureRouter::require`](crate::SecureRouter::require).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum AccessRule {
    /// Nothing: the token is not looked at.
    Anonymous,
    /// Nothing, and a valid token if one is sent.
    OptionalAuthentication,
    /// Any valid token.
    Authenticated,
    /// At least one of the names, which are sorted.
    OneOf {
        /// What the names are names of.
        permission: Permission,
        /// The names.
        names: Vec<Box<str>>,
    },
    /// Every one of the names, which are sorted.
    AllOf {
        /// What the names are names of.
        permission: Permission,
        /// The names.
        names: Vec<Box<str>>,
    },
    /// At least one of the parts.
    Any(Vec<AccessRule>),
    /// Every one of the parts.
    All(Vec<AccessRule>),
    /// The part must not hold.
    Not(Box<AccessRule>),
    /// An authentication of the caller that is strong and recent enough (step-up, RFC 9470).
    AuthenticationStrength {
        /// One of these classes of authentication (`acr`), in order of preference; empty for any.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        acr_values: Vec<Box<str>>,
        /// How long ago it may be, in seconds.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        max_age_seconds: Option<u64>,
    },
    /// A condition on the request (`when(..)`) or on its answer (`after`), which the function decides.
    Condition,
    /// What nobody has: an empty list, or a condition that nobody decides. Neither this nor its opposite
    /// admits.
    Nobody,
}

impl AccessRule {
    /// The rule of a function, and the policies that must hold beside it.
    pub(crate) fn of(rule: &Rule, required: &[Policy]) -> Self {
        let own = Self::of_policy(rule.policy(), rule.is_decided_by_function());
        let of_answer = rule.checks_answer().then_some(Self::Condition);
        // Of a policy on a router, nobody decides conditions.
        let required = required.iter().map(|policy| Self::of_policy(policy, false));
        std::iter::once(own)
            .chain(of_answer)
            .chain(required)
            .fold(Self::Anonymous, Self::and)
    }

    fn of_policy(policy: &Policy, is_decided: bool) -> Self {
        match policy {
            Policy::AllowAnonymous => Self::Anonymous,
            Policy::OptionalAuthentication => Self::OptionalAuthentication,
            Policy::Authenticated => Self::Authenticated,
            Policy::Require(requirement) => Self::of_requirement(requirement, is_decided),
        }
    }

    fn of_requirement(requirement: &Requirement, is_decided: bool) -> Self {
        let part = |part: &Requirement| Self::of_requirement(part, is_decided);
        match requirement {
            Requirement::OneOf(_, [])
            | Requirement::AllOf(_, [])
            | Requirement::Any([])
            | Requirement::All([]) => Self::Nobody,
            Requirement::OneOf(permission, names) => Self::OneOf {
                permission: *permission,
                names: sorted(names),
            },
            Requirement::AllOf(permission, names) => Self::AllOf {
                permission: *permission,
                names: sorted(names),
            },
            Requirement::Any(parts) => Self::Any(parts.iter().map(part).collect()),
            Requirement::All(parts) => Self::All(parts.iter().map(part).collect()),
            Requirement::Not(inner) => Self::Not(Box::new(part(inner))),
            Requirement::Authentication(strength) if strength.is_nothing() => Self::Nobody,
            Requirement::Authentication(strength) => Self::AuthenticationStrength {
                acr_values: strength
                    .acr_values()
                    .iter()
                    .map(|value| Box::from(*value))
                    .collect(),
                max_age_seconds: strength.max_age(),
            },
            Requirement::Policy(Policy::Require(requirement)) => {
                Self::of_requirement(requirement, false)
            }
            // Inside a requirement a policy never opens.
            Requirement::Policy(_) => Self::Authenticated,
            Requirement::When(_) if is_decided => Self::Condition,
            Requirement::When(_) => Self::Nobody,
        }
    }

    /// Both rules.
    fn and(self, other: Self) -> Self {
        match (self.weakness(), other.weakness()) {
            // What is weaker than any requirement needs no mention beside what is stronger.
            (Some(one), two) if two.is_none_or(|two| one >= two) => other,
            (_, Some(_)) => self,
            // Of two conditions it is not known whether they are one.
            _ if self == other && !other.depends_on_request() => self,
            _ => match self {
                Self::All(mut parts) => {
                    if other.depends_on_request() || !parts.contains(&other) {
                        parts.push(other);
                    }
                    Self::All(parts)
                }
                one => Self::All(vec![one, other]),
            },
        }
    }

    /// The greater, the weaker. Requirements have none: each implies a valid token.
    const fn weakness(&self) -> Option<u8> {
        match self {
            Self::Anonymous => Some(2),
            Self::OptionalAuthentication => Some(1),
            Self::Authenticated => Some(0),
            _ => None,
        }
    }

    /// Whether callers without a token are admitted.
    pub const fn admits_everybody(&self) -> bool {
        matches!(self, Self::Anonymous | Self::OptionalAuthentication)
    }

    /// Whether it has a condition on the request, or on its answer, anywhere.
    pub fn depends_on_request(&self) -> bool {
        match self {
            Self::Condition => true,
            Self::Any(parts) | Self::All(parts) => parts.iter().any(Self::depends_on_request),
            Self::Not(part) => part.depends_on_request(),
            _ => false,
        }
    }

    /// What it says of the caller's authentication, anywhere.
    pub(crate) fn strengths(&self) -> BTreeSet<&Self> {
        match self {
            Self::AuthenticationStrength { .. } => [self].into(),
            Self::Any(parts) | Self::All(parts) => parts.iter().flat_map(Self::strengths).collect(),
            Self::Not(part) => part.strengths(),
            _ => BTreeSet::new(),
        }
    }

    /// The names of this kind anywhere in it.
    pub(crate) fn names(&self, of: Permission) -> BTreeSet<&str> {
        match self {
            Self::OneOf { permission, names } | Self::AllOf { permission, names }
                if *permission == of =>
            {
                names.iter().map(|name| &**name).collect()
            }
            Self::Any(parts) | Self::All(parts) => {
                parts.iter().flat_map(|part| part.names(of)).collect()
            }
            Self::Not(part) => part.names(of),
            _ => BTreeSet::new(),
        }
    }
}

fn sorted(names: &[&str]) -> Vec<Box<str>> {
    let names: BTreeSet<&str> = names.iter().copied().collect();
    names.into_iter().map(Into::into).collect()
}

/// In the words of a 403: `one of roles: 'admin', 'editor'`.
impl fmt::Display for AccessRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("everybody"),
            Self::OptionalAuthentication => {
                f.write_str("everybody; a token that is sent must be valid")
            }
            Self::Authenticated => f.write_str("any valid token"),
            Self::OneOf { permission, names } | Self::AllOf { permission, names }
                if names.len() == 1 =>
            {
                write!(f, "{} ", permission.singular())?;
                list(f, names)
            }
            Self::OneOf { permission, names } => {
                write!(f, "one of {}: ", permission.plural())?;
                list(f, names)
            }
            Self::AllOf { permission, names } => {
                write!(f, "all of {}: ", permission.plural())?;
                list(f, names)
            }
            Self::Any(parts) => group(f, "any of", parts),
            Self::All(parts) => group(f, "all of", parts),
            Self::Not(part) => write!(f, "not ({part})"),
            Self::AuthenticationStrength {
                acr_values,
                max_age_seconds,
            } => strength(f, acr_values, *max_age_seconds),
            Self::Condition => f.write_str("a condition on the request"),
            Self::Nobody => f.write_str("nobody"),
        }
    }
}

fn strength(
    f: &mut fmt::Formatter<'_>,
    acr_values: &[Box<str>],
    max_age_seconds: Option<u64>,
) -> fmt::Result {
    f.write_str("authentication")?;
    match acr_values {
        [] => {}
        [one] => write!(f, " with acr '{one}'")?,
        several => {
            f.write_str(" with one of acr values: ")?;
            list(f, several)?;
        }
    }
    match max_age_seconds {
        Some(seconds) => write!(f, " within the last {seconds} seconds"),
        None => Ok(()),
    }
}

fn list(f: &mut fmt::Formatter<'_>, names: &[Box<str>]) -> fmt::Result {
    for (i, name) in names.iter().enumerate() {
        let separator = if i == 0 { "" } else { ", " };
        write!(f, "{separator}'{name}'")?;
    }
    Ok(())
}

fn group(f: &mut fmt::Formatter<'_>, word: &str, parts: &[AccessRule]) -> fmt::Result {
    write!(f, "{word} (")?;
    for (i, part) in parts.iter().enumerate() {
        let separator = if i == 0 { "" } else { "; " };
        write!(f, "{separator}{part}")?;
    }
    f.write_str(")")
}
