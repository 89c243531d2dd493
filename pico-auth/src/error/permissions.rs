//! 403: the caller lacks what the rule requires.

use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::trace::{TokenTrace, traced};

/// What a rule can require by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Permission {
    /// A role of the caller.
    Role,
    /// A group of the caller.
    Group,
    /// A scope of the bearer token.
    Scope,
    /// A scope of the agent token.
    AgentScope,
}

impl Permission {
    /// The word of messages for one: `role`, `group`, `scope`, `agent scope`.
    pub const fn singular(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Group => "group",
            Self::Scope => "scope",
            Self::AgentScope => "agent scope",
        }
    }

    /// The plural word of messages: `roles`, `groups`, `scopes`, `agent scopes`.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Role => "roles",
            Self::Group => "groups",
            Self::Scope => "scopes",
            Self::AgentScope => "agent scopes",
        }
    }
}

/// What the failed rule requires. It never says what the caller has.
///
/// `Display` is the second half of the `detail`: `one of roles: ['admin']`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequiredPermissions {
    /// One of these names would have sufficed. The names are sorted.
    OneOf(Permission, Box<[Box<str>]>),
    /// All of these names are needed. The names are sorted.
    AllOf(Permission, Box<[Box<str>]>),
    /// One of these would have sufficed.
    Any(Box<[RequiredPermissions]>),
    /// All of these are needed.
    All(Box<[RequiredPermissions]>),
    /// This must not hold.
    Not(Box<RequiredPermissions>),
    /// A condition on the request, which the refusal does not tell.
    Condition,
    /// A valid token.
    Authentication,
    /// An authentication of the caller that is strong and recent enough (RFC 9470).
    AuthenticationStrength {
        /// One of these classes of authentication (`acr`), in order of preference; empty for any.
        acr_values: Box<[Box<str>]>,
        /// How long ago it may be, in seconds.
        max_age_seconds: Option<u64>,
    },
    /// Anything, also nothing.
    Anything,
    /// What nobody has: an empty `any` or `all`, built at run time.
    Nothing,
}

impl fmt::Display for RequiredPermissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneOf(permission, names) => {
                write!(f, "one of {}: [", permission.plural())?;
                separated(f, names, ", ", |f, name| write!(f, "'{name}'"))?;
                f.write_str("]")
            }
            Self::AllOf(permission, names) => {
                write!(f, "all of {}: [", permission.plural())?;
                separated(f, names, ", ", |f, name| write!(f, "'{name}'"))?;
                f.write_str("]")
            }
            Self::Any(parts) => {
                f.write_str("any of (")?;
                separated(f, parts, "; ", |f, part| part.fmt(f))?;
                f.write_str(")")
            }
            Self::All(parts) => {
                f.write_str("all of (")?;
                separated(f, parts, "; ", |f, part| part.fmt(f))?;
                f.write_str(")")
            }
            Self::Not(part) => write!(f, "not ({part})"),
            Self::Condition => f.write_str("a condition on the request"),
            Self::Authentication => f.write_str("a valid token"),
            Self::AuthenticationStrength {
                acr_values,
                max_age_seconds,
            } => strength(f, acr_values, *max_age_seconds),
            Self::Anything => f.write_str("nothing"),
            Self::Nothing => f.write_str("what nobody has"),
        }
    }
}

/// In the words of [`RequiredPermissions::AuthenticationStrength`].
fn strength(
    f: &mut fmt::Formatter<'_>,
    acr_values: &[Box<str>],
    max_age_seconds: Option<u64>,
) -> fmt::Result {
    f.write_str("authentication")?;
    if !acr_values.is_empty() {
        f.write_str(" with one of acr values: [")?;
        separated(f, acr_values, ", ", |f, value| write!(f, "'{value}'"))?;
        f.write_str("]")?;
    }
    match max_age_seconds {
        Some(seconds) => write!(f, " within the last {seconds} seconds"),
        None => Ok(()),
    }
}

fn separated<T>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    separator: &str,
    mut write: impl FnMut(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(separator)?;
        }
        write(f, item)?;
    }
    Ok(())
}

/// 403: the caller is authenticated and lacks what the rule requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsufficientPermissionsError {
    details: Box<Details>,
    trace: TokenTrace,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Details {
    required: RequiredPermissions,
    scopes: Box<[Box<str>]>,
}

impl InsufficientPermissionsError {
    /// The error of a rule that requires this.
    pub fn new(required: RequiredPermissions) -> Self {
        let scopes = match &required {
            RequiredPermissions::OneOf(Permission::Scope, names) => {
                names.first().cloned().into_iter().collect()
            }
            RequiredPermissions::AllOf(Permission::Scope, names) => names.clone(),
            _ => Box::default(),
        };
        Self {
            details: Box::new(Details { required, scopes }),
            trace: TokenTrace::default(),
        }
    }

    /// The error of a rule that needs this name.
    pub fn of(permission: Permission, name: &str) -> Self {
        Self::new(RequiredPermissions::OneOf(permission, [name.into()].into()))
    }

    /// Says which scopes a new token should have: all that the whole rule asks for, where
    /// [`required`](Self::required) names only the part that failed.
    #[must_use]
    pub fn with_scopes<S: Into<Box<str>>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.details.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// What the rule requires.
    pub const fn required(&self) -> &RequiredPermissions {
        &self.details.required
    }

    /// Scopes of the bearer token that would suffice, for the challenge; empty where the rule that
    /// failed does not speak of them.
    pub const fn scopes(&self) -> &[Box<str>] {
        &self.details.scopes
    }
}

traced!(InsufficientPermissionsError);

impl fmt::Display for InsufficientPermissionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.required() {
            RequiredPermissions::Nothing => f.write_str("Nobody may do this"),
            required => write!(f, "Requires {required}"),
        }
    }
}

impl Error for InsufficientPermissionsError {}
