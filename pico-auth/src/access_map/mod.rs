//! Who may call what, in one place: the access map of an application.
//!
//! [`SecureRouter::access_map`](crate::SecureRouter::access_map) makes it of the rules that are enforced,
//! so that it cannot say anything else:
//!
//! ```
//! use pico_auth::access_map::{Caller, Decision};
//! use pico_auth::{AuthClientError, SecureRouter, allow_anonymous, requires_role, routing::get};
//!
//! #[allow_anonymous]
//! async fn list() -> &'static str {
//!     "everybody sees this"
//! }
//!
//! #[requires_role("admin")]
//! async fn delete() -> Result<&'static str, AuthClientError> {
//!     Ok("deleted")
//! }
//!
//! let router: SecureRouter = SecureRouter::new().route("/users/{id}", get(list).delete(delete));
//! let map = router.access_map();
//! let access = map.who_can("DELETE", "/users/{id}")?;
//! assert_eq!(access.roles(), ["admin"]);
//! assert_eq!(access.decide(&Caller::authenticated()), Decision::Refused);
//! # Ok::<(), pico_auth::access_map::UnknownRouteError>(())
//! ```
//!
//! It knows nothing of layers, which can answer by themselves, and nothing of what a handler decides in
//! its body. To a policy that [guards](crate::Policy::guard) it, a function with a rule of its own is such a
//! handler: the map says what the policy asks for, and the function may refuse more.

mod caller;
mod decide;
mod diff;
mod document;
mod entry;
mod html;
mod lint;
mod overlap;
mod path;
mod query;
mod rule;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use caller::{Caller, roles};
pub use decide::Decision;
pub use diff::{AccessChange, AccessDiff, ChangeKind};
pub use document::AccessMapError;
pub use entry::AccessEntry;
pub(crate) use html::content_security_policy;
pub use lint::Finding;
#[cfg(feature = "test-kit")]
pub(crate) use overlap::{Paths, Tree};
pub use query::{RoleAccess, UnknownRouteError, WhoCan};
pub use rule::AccessRule;
#[cfg(feature = "test-kit")]
pub(crate) use text::aligned;

#[cfg(feature = "openapi")]
pub(crate) use self::path::unnamed;
use crate::names::{Hierarchy, RoleName};

/// The path of what answers where no route matches.
pub const FALLBACK: &str = "*";

/// The handler of a fallback that the application did not write.
pub(crate) const NOT_FOUND: &str = "answers 404 Not Found";

/// Every method, where a route takes them all.
pub const EVERY_METHOD: &str = "*";

/// Who may call what: every route of an application with its rule, sorted by path and method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "document::Document", into = "document::Document")]
pub struct AccessMap {
    entries: Vec<AccessEntry>,
    /// Which roles imply which others, directly or not.
    implies: BTreeMap<Box<str>, BTreeSet<Box<str>>>,
    /// Roles that exist, whether or not a rule names them.
    known_roles: BTreeSet<Box<str>>,
}

impl AccessMap {
    pub(crate) fn new(mut entries: Vec<AccessEntry>) -> Self {
        entries.sort_by(|one, other| one.place().cmp(&other.place()));
        Self {
            entries,
            implies: BTreeMap::new(),
            known_roles: BTreeSet::new(),
        }
    }

    /// The same map for an application whose roles imply others, as `#[role(implies(..))]` of `R` says.
    /// What is served by
    /// [`SecureRouter::access_map_routes`](crate::SecureRouter::access_map_routes) knows it by itself, from
    /// the authenticator.
    #[must_use]
    pub fn with_role_hierarchy<R: RoleName>(self) -> Self {
        self.with_hierarchy(Hierarchy::of::<R>())
    }

    /// The roles of a hierarchy are known, too.
    pub(crate) fn with_hierarchy(self, hierarchy: Hierarchy) -> Self {
        let mut map = self.with_known_roles(hierarchy.names());
        for (role, implied) in hierarchy.pairs() {
            let all = map.implies.entry((*role).into()).or_default();
            all.extend(implied.iter().map(|name| Box::from(*name)));
        }
        map
    }

    /// Says which roles exist: [`lint`](Self::lint) then reports every other one, and matrices have a column
    /// for each.
    #[must_use]
    pub fn with_known_roles<N: Into<Box<str>>>(
        mut self,
        roles: impl IntoIterator<Item = N>,
    ) -> Self {
        self.known_roles.extend(roles.into_iter().map(Into::into));
        self
    }

    /// The same map without source files and lines, which change with every edit: for snapshots.
    #[must_use]
    pub fn without_source(mut self) -> Self {
        for entry in &mut self.entries {
            entry.source = None;
        }
        self
    }

    /// Every route, sorted by path and method; the fallback comes last.
    pub fn entries(&self) -> &[AccessEntry] {
        &self.entries
    }

    /// Every role that exists: those that rules name, those that imply others or are implied, and those that
    /// [`with_known_roles`](Self::with_known_roles) named. Sorted.
    pub fn roles(&self) -> Vec<&str> {
        let mut roles: BTreeSet<&str> = self.known_roles.iter().map(|role| &**role).collect();
        for (role, implied) in &self.implies {
            roles.insert(role);
            roles.extend(implied.iter().map(|role| &**role));
        }
        for entry in &self.entries {
            roles.extend(entry.rule.names(crate::error::Permission::Role));
        }
        roles.into_iter().collect()
    }

    /// What a role implies, itself not included.
    pub(crate) fn implied_by(&self, role: &str) -> impl Iterator<Item = &str> {
        let implied = self.implies.get(role).into_iter().flatten();
        implied.map(|role| &**role)
    }
}
