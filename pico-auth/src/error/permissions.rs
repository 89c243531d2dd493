//! 403: the caller lacks what the rule requires.

use std::error::Error;
use std::fmt;

/// What a rule can require by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequiredPermissions {
    /// One of these names would have sufficed. The names are sorted.
    OneOf(Permission, Box<[Box<str>]>),
    /// All of these names are needed. The names are sorted.
    AllOf(Permission, Box<[Box<str>]>),
    /// The rule can be satisfied by nobody (an empty `any` or `all`, built at run time).
    Nothing,
}

/// 403: the caller is authenticated and lacks what the rule requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsufficientPermissionsError {
    required: Box<RequiredPermissions>,
}

impl InsufficientPermissionsError {
    /// The error of a rule that needs at least one of `names`.
    pub fn one_of<N: Into<Box<str>>>(
        permission: Permission,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        Self {
            required: Box::new(RequiredPermissions::OneOf(permission, sorted(names))),
        }
    }

    /// The error of a rule that needs every one of `names`.
    pub fn all_of<N: Into<Box<str>>>(
        permission: Permission,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        Self {
            required: Box::new(RequiredPermissions::AllOf(permission, sorted(names))),
        }
    }

    /// The error of a rule that nobody can satisfy.
    pub fn nothing_suffices() -> Self {
        Self {
            required: Box::new(RequiredPermissions::Nothing),
        }
    }

    /// What the rule requires.
    pub const fn required(&self) -> &RequiredPermissions {
        &self.required
    }
}

fn sorted<N: Into<Box<str>>>(names: impl IntoIterator<Item = N>) -> Box<[Box<str>]> {
    let mut names: Vec<Box<str>> = names.into_iter().map(Into::into).collect();
    names.sort_unstable();
    names.into()
}

impl fmt::Display for InsufficientPermissionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (how, permission, names) = match &*self.required {
            RequiredPermissions::OneOf(permission, names) => ("one", permission, names),
            RequiredPermissions::AllOf(permission, names) => ("all", permission, names),
            RequiredPermissions::Nothing => return f.write_str("Nobody may do this"),
        };
        write!(f, "Requires {how} of {}: [", permission.plural())?;
        for (i, name) in names.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            write!(f, "{separator}'{name}'")?;
        }
        f.write_str("]")
    }
}

impl Error for InsufficientPermissionsError {}
