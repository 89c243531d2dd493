//! What a claims type grants: the names its fields hold.

use std::collections::{BTreeSet, HashSet};
use std::hash::BuildHasher;
use std::sync::Arc;

use super::Names;

/// Which parts of the caller's identity a claims type decides. What it does not decide comes from where
/// it comes from without a claims type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "four independent facts")]
pub struct Named {
    /// The subject; else the claim `sub`.
    pub subject: bool,
    /// The roles; else `roles_claim`, a `RoleResolver`, or the claim `role`.
    pub roles: bool,
    /// The groups; else the claim `groups`.
    pub groups: bool,
    /// The scopes; else `scope`, `scp` or `scopes`.
    pub scopes: bool,
}

impl Named {
    /// Nothing.
    pub const NOTHING: Self = Self {
        subject: false,
        roles: false,
        groups: false,
        scopes: false,
    };

    /// The subject, too.
    #[must_use]
    pub const fn subject(mut self) -> Self {
        self.subject = true;
        self
    }

    /// Roles, too.
    #[must_use]
    pub const fn roles(mut self) -> Self {
        self.roles = true;
        self
    }

    /// Groups, too.
    #[must_use]
    pub const fn groups(mut self) -> Self {
        self.groups = true;
        self
    }

    /// Scopes, too.
    #[must_use]
    pub const fn scopes(mut self) -> Self {
        self.scopes = true;
        self
    }

    /// Whether there is any.
    pub(crate) const fn anything(self) -> bool {
        self.subject || self.roles || self.groups || self.scopes
    }

    /// What either decides.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            subject: self.subject || other.subject,
            roles: self.roles || other.roles,
            groups: self.groups || other.groups,
            scopes: self.scopes || other.scopes,
        }
    }
}

/// What the claims of one caller grant. Empty names grant nothing and are left out.
///
/// It has no `Debug`: what was granted stays out of logs.
#[derive(Clone, Default)]
pub struct Grants {
    subject: Option<Box<str>>,
    roles: Vec<Box<str>>,
    groups: Vec<Box<str>>,
    scopes: Vec<Box<str>>,
}

impl Grants {
    /// No grants.
    pub fn new() -> Self {
        Self::default()
    }

    /// Says who the caller is.
    #[must_use]
    pub fn subject<S: AsRef<str> + ?Sized>(mut self, subject: &S) -> Self {
        self.subject = Some(subject.as_ref().into());
        self
    }

    /// Adds roles.
    #[must_use]
    pub fn roles<N: GrantNames + ?Sized>(mut self, names: &N) -> Self {
        add(&mut self.roles, names);
        self
    }

    /// Adds groups.
    #[must_use]
    pub fn groups<N: GrantNames + ?Sized>(mut self, names: &N) -> Self {
        add(&mut self.groups, names);
        self
    }

    /// Adds scopes.
    #[must_use]
    pub fn scopes<N: GrantNames + ?Sized>(mut self, names: &N) -> Self {
        add(&mut self.scopes, names);
        self
    }

    /// Adds what `other` grants; its subject, if it has one, wins.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.subject = other.subject.or(self.subject);
        self.roles.extend(other.roles);
        self.groups.extend(other.groups);
        self.scopes.extend(other.scopes);
        self
    }

    /// The parts that `named` says are decided here.
    pub(crate) fn decided(self, named: Named) -> Decided {
        Decided {
            subject: self
                .subject
                .filter(|name| named.subject && !name.is_empty()),
            roles: named.roles.then(|| self.roles.into()),
            groups: named.groups.then(|| self.groups.into()),
            scopes: named.scopes.then(|| self.scopes.into()),
        }
    }
}

/// What a claims type has decided; `None` where it does not.
#[derive(Clone, Default)]
pub(crate) struct Decided {
    pub(crate) subject: Option<Box<str>>,
    pub(crate) roles: Option<Names>,
    pub(crate) groups: Option<Names>,
    pub(crate) scopes: Option<Names>,
}

fn add(all: &mut Vec<Box<str>>, names: &(impl GrantNames + ?Sized)) {
    names.for_each(&mut |name| {
        if !name.is_empty() {
            all.push(name.into());
        }
    });
}

/// A type whose values are names of roles, groups or scopes: a string is one name, a list several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no names of roles, groups or scopes",
    label = "no `GrantNames`",
    note = "write `Vec<String>` or `String`, or implement `GrantNames` for it",
    note = "names are strings in claims, and typed where they are used: `#[requires_role(AppRole::Admin)]`, `SecurityContext::roles_as::<AppRole>()`"
)]
pub trait GrantNames {
    /// Calls `use_name` with each name.
    fn for_each(&self, use_name: &mut dyn FnMut(&str));
}

macro_rules! one_name {
    ($($ty:ty)+) => {$(
        impl GrantNames for $ty {
            fn for_each(&self, use_name: &mut dyn FnMut(&str)) {
                use_name(self);
            }
        }
    )+};
}
one_name!(str String Box<str> Arc<str>);

macro_rules! several_names {
    ($($ty:ty)+) => {$(
        impl<T: GrantNames> GrantNames for $ty {
            fn for_each(&self, use_name: &mut dyn FnMut(&str)) {
                for names in self {
                    names.for_each(use_name);
                }
            }
        }
    )+};
}
several_names!([T] Vec<T> BTreeSet<T>);

impl<T: GrantNames> GrantNames for Option<T> {
    fn for_each(&self, use_name: &mut dyn FnMut(&str)) {
        if let Some(names) = self {
            names.for_each(use_name);
        }
    }
}

impl<T: GrantNames, S: BuildHasher> GrantNames for HashSet<T, S> {
    fn for_each(&self, use_name: &mut dyn FnMut(&str)) {
        for names in self {
            names.for_each(use_name);
        }
    }
}
