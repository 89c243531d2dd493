//! Callers that no token names: the jobs of the service itself.

use std::fmt;

use serde_json::{Map, json};

use super::{Identity, Origin, SecurityContext};
use crate::claims::{LATEST, TokenClaims};
use crate::error::AuthConfigurationError;
use crate::names::{Hierarchy, RoleName};

/// What the subject of every system caller begins with. A token with such a subject is refused.
pub(crate) const SYSTEM_SUBJECT: &str = "pico-auth:system:";

/// Starts a system caller: what a job of this service runs as, by [`run_as`](crate::run_as).
///
/// It may do what is granted to it here by name, and nothing else; there is no system caller that may do
/// everything.
///
/// ```
/// use pico_auth::system;
///
/// # fn example() -> Result<(), pico_auth::AuthConfigurationError> {
/// let job = system("nightly-report").role("reporter").scope("orders:read").build()?;
/// assert_eq!(job.system_name(), Some("nightly-report"));
/// assert!(job.has_role("reporter") && !job.has_role("admin"));
/// # Ok(()) }
/// # example().unwrap();
/// ```
pub fn system(name: impl Into<String>) -> SystemCaller {
    SystemCaller {
        name: name.into(),
        roles: Vec::new(),
        groups: Vec::new(),
        scopes: Vec::new(),
        hierarchy: Hierarchy::default(),
    }
}

/// Describes a system caller; see [`system`].
#[derive(Clone)]
#[must_use = "give it to `run_as`, or call `build`"]
pub struct SystemCaller {
    name: String,
    roles: Vec<String>,
    groups: Vec<String>,
    scopes: Vec<String>,
    hierarchy: Hierarchy,
}

impl SystemCaller {
    /// Grants exactly this role: a string, or a variant of an enum that derives `Role`.
    pub fn role(mut self, role: impl AsRef<str>) -> Self {
        self.roles.push(role.as_ref().to_owned());
        self
    }

    /// Puts the caller into this group.
    pub fn group(mut self, group: impl AsRef<str>) -> Self {
        self.groups.push(group.as_ref().to_owned());
        self
    }

    /// Grants one scope. Wildcards are refused: name each.
    pub fn scope(mut self, scope: impl AsRef<str>) -> Self {
        self.scopes.push(scope.as_ref().to_owned());
        self
    }

    /// Lets the granted roles imply others, as `#[role(implies(..))]` of `R` says; the last call decides.
    /// Without this call they imply nothing, whatever the authenticator was told for requests.
    pub fn role_hierarchy<R: RoleName>(mut self) -> Self {
        self.hierarchy = Hierarchy::of::<R>();
        self
    }

    /// The context.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `system` where the name, a role, a group or a scope is empty or has
    /// control characters; where the name or a scope has white space, or a role or a group begins or ends
    /// with it; where the name is not ASCII; and where a scope has a `*`.
    pub fn build(self) -> Result<SecurityContext, AuthConfigurationError> {
        check("name", &self.name, |name| {
            name.chars().all(|c| c.is_ascii_graphic())
        })?;
        for (what, names) in [("role", &self.roles), ("group", &self.groups)] {
            for name in names {
                check(what, name, |name| name.trim() == name)?;
            }
        }
        for scope in &self.scopes {
            check("scope", scope, |scope| {
                !scope.contains(|c: char| c == '*' || c.is_whitespace())
            })?;
        }
        let mut raw = Map::new();
        raw.insert(
            "sub".to_owned(),
            format!("{SYSTEM_SUBJECT}{}", self.name).into(),
        );
        raw.insert("groups".to_owned(), json!(self.groups));
        raw.insert("scopes".to_owned(), json!(self.scopes));
        let claims = TokenClaims::from_raw(raw, LATEST);
        let claims = claims.map_err(|reason| wrong(reason.to_string()))?;
        let identity = Identity {
            claims,
            typed: None,
        };
        let roles = self.roles.into_iter().map(Into::into).collect();
        let origin = Origin::System(self.name.into());
        Ok(SecurityContext::assembled(
            identity,
            roles,
            self.hierarchy,
            origin,
        ))
    }
}

fn check(
    what: &str,
    name: &str,
    is_good: impl FnOnce(&str) -> bool,
) -> Result<(), AuthConfigurationError> {
    if !name.is_empty() && !name.contains(char::is_control) && is_good(name) {
        return Ok(());
    }
    let rule = match what {
        "name" => "write one of visible ASCII characters, such as `nightly-report`",
        "scope" => "write one scope of visible characters; a `*` is refused: name each scope",
        _ => "write it without control characters, and without white space around it",
    };
    Err(wrong(format!(
        "{name:?} cannot be the {what} of a system caller: {rule}"
    )))
}

fn wrong(problem: String) -> AuthConfigurationError {
    AuthConfigurationError::new("system", problem)
}

impl SecurityContext {
    /// The name that the service gave a [system caller](system); `None` for everybody with a token. No token
    /// can name a system caller: one whose subject begins with `pico-auth:system:`, as theirs do, is refused.
    pub fn system_name(&self) -> Option<&str> {
        match self.origin() {
            Origin::System(name) => Some(name),
            Origin::Tokens(_) => None,
        }
    }
}

/// Names the caller; what is granted stays out of logs.
impl fmt::Debug for SystemCaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemCaller")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
