//! Questions to an access map.

use std::error::Error;
use std::fmt;

use super::caller::Caller;
use super::decide::{Decision, Value};
use super::{AccessEntry, AccessMap, EVERY_METHOD};
use crate::error::Permission;

impl AccessMap {
    /// Who can call a route. The path is the one that was routed: `/users/{id}`.
    ///
    /// `HEAD` is answered by the route of `GET` where it has none of its own.
    ///
    /// # Errors
    ///
    /// [`UnknownRouteError`] where there is no such route, so that a misspelt path is no answer.
    pub fn who_can(&self, method: &str, path: &str) -> Result<WhoCan<'_>, UnknownRouteError> {
        match self.answering(method, |entry| *entry.path == *path) {
            Some(entry) => Ok(WhoCan { map: self, entry }),
            None => Err(self.unknown(method, path)),
        }
    }

    /// Every route that the caller may call, some of them depending on the request.
    pub fn what_can(&self, caller: &Caller) -> Vec<WhoCan<'_>> {
        let all = self.entries.iter().map(|entry| WhoCan { map: self, entry });
        all.filter(|access| access.decide(caller) != Decision::Refused)
            .collect()
    }

    /// The same question for every route, in the order of [`entries`](Self::entries).
    pub fn access(&self) -> impl Iterator<Item = WhoCan<'_>> {
        self.entries.iter().map(|entry| WhoCan { map: self, entry })
    }

    /// The entry that answers a method of a path.
    pub(crate) fn answering(
        &self,
        method: &str,
        has_path: impl Fn(&AccessEntry) -> bool,
    ) -> Option<&AccessEntry> {
        let of = |method: &str| {
            let mut entries = self.entries.iter();
            entries.find(|entry| *entry.method == *method && has_path(entry))
        };
        answering(method, of)
    }

    fn unknown(&self, method: &str, path: &str) -> UnknownRouteError {
        let entries = self.entries.iter().filter(|entry| *entry.path == *path);
        UnknownRouteError {
            method: method.into(),
            path: path.into(),
            methods: entries.map(|entry| entry.method.clone()).collect(),
        }
    }
}

/// The entry of one path that answers a method; `of` finds the one that was routed for it.
pub(super) fn answering<'m>(
    method: &str,
    of: impl Fn(&str) -> Option<&'m AccessEntry>,
) -> Option<&'m AccessEntry> {
    of(method)
        .or_else(|| of("GET").filter(|_| method == "HEAD"))
        .or_else(|| of(EVERY_METHOD))
}

/// Who can call one route; made by [`AccessMap::who_can`].
#[derive(Debug, Clone, Copy)]
pub struct WhoCan<'m> {
    map: &'m AccessMap,
    entry: &'m AccessEntry,
}

impl<'m> WhoCan<'m> {
    /// The route.
    pub const fn entry(&self) -> &'m AccessEntry {
        self.entry
    }

    /// Whether this caller may call it.
    pub fn decide(&self, caller: &Caller) -> Decision {
        self.map.decide(&self.entry.rule, caller)
    }

    /// The roles that suffice alone, whatever groups, scopes and agent a caller has or has not; those that
    /// imply others count. Empty where the rule does not ask for roles, or never for one alone. Sorted.
    pub fn roles(&self) -> Vec<&'m str> {
        self.sufficient(&self.map.roles())
    }

    /// Those of all roles that suffice alone: for who asks of many routes.
    pub(super) fn sufficient(&self, all: &[&'m str]) -> Vec<&'m str> {
        if self.entry.rule.names(Permission::Role).is_empty() {
            return Vec::new();
        }
        let roles = all.iter().copied();
        roles
            .filter(|role| self.with_role(role) == RoleAccess::Admitted)
            .collect()
    }

    /// What this role means for a caller who has no other, and of whom nothing else is known.
    pub fn with_role(&self, role: &str) -> RoleAccess {
        let rule = &self.entry.rule;
        if rule.admits_everybody() {
            return RoleAccess::Anonymous;
        }
        let granted = [Box::from(role)];
        let effective = self.map.effective(&granted);
        let leaf = |permission, name: &str, open| match permission {
            Permission::Role => Value::of(effective.contains(name)),
            _ => open,
        };
        if rule.value(&leaf, Value::No) == Value::Yes {
            RoleAccess::Admitted
        } else if rule.value(&leaf, Value::Yes) == Value::Yes {
            RoleAccess::Possible
        } else {
            RoleAccess::Refused
        }
    }
}

/// What one role means for a route; made by [`WhoCan::with_role`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RoleAccess {
    /// Everybody may call the route, with the role or without a token.
    Anonymous,
    /// The role suffices, whatever groups, scopes and agent the caller has or has not.
    Admitted,
    /// It takes more than the role: a group, a scope, an agent, a certain authentication, or a condition on the
    /// request.
    Possible,
    /// The role does not suffice, whatever groups, scopes and agent the caller has or has not.
    Refused,
}

/// `DELETE /users/{id}: role 'admin'`
impl fmt::Display for WhoCan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.entry.route(), self.entry.rule)
    }
}

/// An access map was asked for a route that it does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRouteError {
    method: Box<str>,
    path: Box<str>,
    /// The methods that the path has.
    methods: Vec<Box<str>>,
}

impl fmt::Display for UnknownRouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            method,
            path,
            methods,
        } = self;
        if methods.is_empty() {
            write!(
                f,
                "no route has the path `{path}`: write it as it was routed, with what it is nested under, \
                 such as `/api/users/{{id}}`"
            )
        } else {
            let methods = methods.join("`, `");
            write!(f, "`{path}` has no `{method}`, only `{methods}`")
        }
    }
}

impl Error for UnknownRouteError {}
