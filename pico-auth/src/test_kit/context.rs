//! A caller without any token.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::must;
use crate::claims::{Names, TypedClaims};
use crate::context::{Identity, Origin, Validity};
use crate::names::Hierarchy;
use crate::{AgentClaims, AgentContext, Clock, FromClaims, RoleName, SecurityContext, TokenClaims};

/// When contexts of tests expire, since the epoch: 2100-01-01T00:00:00Z.
const EXPIRES_AT: Duration = Duration::from_secs(4_102_444_800);

impl SecurityContext {
    /// Starts a caller for a unit test (feature `test-kit`).
    ///
    /// ```
    /// use pico_auth::{SecurityContext, requires_role};
    ///
    /// #[requires_role("admin")]
    /// async fn purge() -> Result<u32, pico_auth::AuthClientError> {
    ///     Ok(3)
    /// }
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let admin = SecurityContext::test("u1").role("admin");
    /// assert_eq!(admin.scope(purge()).await.unwrap(), 3);
    ///
    /// let viewer = SecurityContext::test("u2").role("viewer");
    /// assert!(viewer.scope(purge()).await.is_err());
    /// # });
    /// ```
    pub fn test(subject: impl Into<String>) -> TestContext {
        TestContext {
            subject: subject.into(),
            roles: Vec::new(),
            groups: Vec::new(),
            scopes: Vec::new(),
            claims: Vec::new(),
            agent: None,
            hierarchy: Hierarchy::default(),
            typed: None,
            validity: Validity::default(),
        }
    }
}

/// Describes a caller for a unit test; see [`SecurityContext::test`].
#[derive(Clone)]
#[must_use = "call `build`, `scope` or `sync_scope`"]
pub struct TestContext {
    subject: String,
    roles: Vec<String>,
    groups: Vec<String>,
    scopes: Vec<String>,
    claims: Vec<(String, Value)>,
    agent: Option<AgentContext>,
    hierarchy: Hierarchy,
    typed: Option<TypedClaims>,
    validity: Validity,
}

impl TestContext {
    /// Grants a role.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.roles.push(role.into());
        self
    }

    /// Puts the caller into a group.
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.groups.push(group.into());
        self
    }

    /// Grants scopes of the bearer token.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// Sets any other claim of the bearer token.
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.push((name.into(), value.into()));
        self
    }

    /// Takes the time from `clock` in place of the operating system: rules that ask for a recent
    /// authentication compare the claim `auth_time` with it, and so does what ends with the token.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.validity.clock = Some(Arc::new(clock));
        self
    }

    /// Lets roles imply others, as `#[role(implies(..))]` of `R` says and as the authenticator does that
    /// was told so.
    pub fn role_hierarchy<R: RoleName>(mut self) -> Self {
        self.hierarchy = Hierarchy::of::<R>();
        self
    }

    /// Gives the caller claims of a type of your own. What they grant is granted, too.
    ///
    /// ```
    /// use pico_auth::{Claims, SecurityContext};
    ///
    /// #[derive(Claims)]
    /// struct MyClaims {
    ///     tenant: String,
    ///     #[claim(roles)]
    ///     roles: Vec<String>,
    /// }
    ///
    /// let claims = MyClaims { tenant: "acme".into(), roles: vec!["admin".into()] };
    /// let caller = SecurityContext::test("u1").claims(claims).build();
    /// assert!(caller.has_role("admin"));
    /// assert_eq!(caller.claims::<MyClaims>().map(|claims| &*claims.tenant), Some("acme"));
    /// ```
    pub fn claims<C: FromClaims>(mut self, claims: C) -> Self {
        self.typed = Some(TypedClaims::new(claims));
        self
    }

    /// Lets an agent with these scopes act for the caller.
    pub fn agent<S: Into<String>>(
        mut self,
        subject: impl Into<String>,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        let scopes: Vec<String> = scopes.into_iter().map(Into::into).collect();
        let mut raw = serde_json::Map::new();
        raw.insert("sub".to_owned(), subject.into().into());
        raw.insert("scopes".to_owned(), scopes.into());
        let claims = must(AgentClaims::from_raw(raw, EXPIRES_AT), "claims of an agent");
        self.agent = Some(AgentContext::new(claims));
        self
    }

    /// The context.
    ///
    /// # Panics
    ///
    /// If a claim cannot be one of a token, such as an empty subject or groups that are a number.
    #[track_caller]
    pub fn build(mut self) -> SecurityContext {
        if let Some(typed) = &mut self.typed {
            let decided = &mut typed.decided;
            add(&mut decided.roles, &self.roles);
            add(&mut decided.groups, &self.groups);
            add(&mut decided.scopes, &self.scopes);
        }
        let mut raw = serde_json::Map::new();
        raw.insert("sub".to_owned(), self.subject.into());
        raw.insert("groups".to_owned(), json!(self.groups));
        raw.insert("scope".to_owned(), self.scopes.join(" ").into());
        raw.extend(self.claims);
        let claims = must(TokenClaims::from_raw(raw, EXPIRES_AT), "claims of a caller");
        let identity = Identity {
            claims,
            typed: self.typed,
        };
        let roles = self.roles.into_iter().map(Into::into).collect();
        let origin = Origin::Tokens(self.validity);
        let context = SecurityContext::assembled(identity, roles, self.hierarchy, origin);
        match self.agent {
            Some(agent) => context.with_agent(agent),
            None => context,
        }
    }

    /// Runs `future` as this caller. (What a token may do is granted by [`scopes`](Self::scopes).)
    #[track_caller]
    pub fn scope<F: Future>(self, future: F) -> impl Future<Output = F::Output> {
        self.build().scope(future)
    }

    /// Runs `function` as this caller.
    #[track_caller]
    pub fn sync_scope<T>(self, function: impl FnOnce() -> T) -> T {
        self.build().sync_scope(function)
    }
}

/// Adds what the test grants to what its claims grant, where they decide.
fn add(decided: &mut Option<Names>, granted: &[String]) {
    if let Some(names) = decided {
        let all = names.iter().cloned();
        *names = all
            .chain(granted.iter().map(|name| name.as_str().into()))
            .collect();
    }
}

/// Names the subject; what is granted stays out of logs, as everywhere.
impl fmt::Debug for TestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestContext")
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}
