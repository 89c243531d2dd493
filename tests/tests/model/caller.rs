//! Random callers: for the model what they have in the end, for the library what they were granted.

use std::time::Duration;

use pico_auth::test_kit::ManualClock;
use pico_auth::{Role, SecurityContext};

use super::random::Random;

pub(crate) const ROLES: [&str; 5] = ["owner", "admin", "editor", "auditor", "viewer"];

#[derive(Role)]
#[role(rename_all = "lowercase")]
pub(crate) enum AppRole {
    #[role(implies(Admin))]
    Owner,
    #[role(implies(Editor, Auditor))]
    Admin,
    #[role(implies(Viewer))]
    Editor,
    #[role(implies(Viewer))]
    Auditor,
    Viewer,
}

/// The same hierarchy once more, direct implications only.
const IMPLIES: [(usize, usize); 5] = [(0, 1), (1, 2), (1, 3), (2, 4), (3, 4)];

pub(crate) const GROUPS: [&str; 3] = ["staff", "ops", "Staff"];
pub(crate) const REQUIRED_SCOPES: [&str; 6] = ["a", "a:b", "a:b:c", "ab", "b", "a:*"];
pub(crate) const ACR_VALUES: [&str; 3] = ["mfa", "phr", "pwd"];
pub(crate) const MAX_AGES: [u64; 3] = [10, 300, 3600];
/// A negative age is a time that is still to come.
const AGES: [i64; 9] = [-1, 0, 10, 11, 299, 300, 301, 3600, 3601];
/// The time of all callers, in seconds since the epoch.
pub(crate) const NOW: i64 = 1_800_000_000;
const GRANTED_SCOPES: [&str; 8] = ["a", "a:b", "a:b:c", "ab", "b", "a:*", "a:b:*", "*"];

/// A caller of the model.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) granted: Vec<&'static str>,
    /// Those that were granted and those that they imply.
    pub(crate) roles: Vec<&'static str>,
    pub(crate) groups: Vec<&'static str>,
    pub(crate) scopes: Vec<&'static str>,
    pub(crate) agent: Option<Vec<&'static str>>,
    pub(crate) has_hierarchy: bool,
    pub(crate) acr: Option<&'static str>,
    /// How many seconds ago they have authenticated.
    pub(crate) age: Option<i64>,
}

impl Caller {
    pub(crate) fn random(random: &mut Random) -> Self {
        let granted = random.some_of(&ROLES);
        let groups = random.some_of(&GROUPS);
        let scopes = random.some_of(&GRANTED_SCOPES);
        let agent = random.one_in(2).then(|| random.some_of(&GRANTED_SCOPES));
        let has_hierarchy = random.one_in(2);
        let told = !random.one_in(4);
        let acr = told.then(|| random.one_of(&ACR_VALUES));
        let told = !random.one_in(4);
        let age = told.then(|| AGES[random.below(AGES.len())]);
        Self {
            acr,
            age,
            roles: Vec::new(),
            granted,
            groups,
            scopes,
            agent,
            has_hierarchy,
        }
        .with_hierarchy(has_hierarchy)
    }

    /// The same caller in an application whose roles imply others, or not.
    pub(crate) fn with_hierarchy(mut self, has_hierarchy: bool) -> Self {
        let mut has = ROLES.map(|role| self.granted.contains(&role));
        if has_hierarchy {
            // As often as the longest chain is long.
            for _ in ROLES {
                for (from, to) in IMPLIES {
                    has[to] |= has[from];
                }
            }
        }
        let roles = ROLES.into_iter().zip(has).filter(|(_, has)| *has);
        self.roles = roles.map(|(role, _)| role).collect();
        self.has_hierarchy = has_hierarchy;
        self
    }

    /// The same caller for the library.
    pub(crate) fn context(&self) -> SecurityContext {
        let mut context = SecurityContext::test("u").scopes(self.scopes.clone());
        for role in &self.granted {
            context = context.role(*role);
        }
        for group in &self.groups {
            context = context.group(*group);
        }
        if let Some(acr) = self.acr {
            context = context.claim("acr", acr);
        }
        if let Some(age) = self.age {
            context = context.claim("auth_time", NOW - age);
        }
        let now = Duration::from_secs(NOW.unsigned_abs());
        context = context.clock(ManualClock::starting_at(now));
        if let Some(scopes) = &self.agent {
            context = context.agent("agent", scopes.clone());
        }
        if self.has_hierarchy {
            context = context.role_hierarchy::<AppRole>();
        }
        context.build()
    }
}

/// Whether one of the granted scopes covers `required`, part by part.
pub(crate) fn covered(granted: &[&str], required: &str) -> bool {
    let required: Vec<&str> = required.split(':').collect();
    granted.iter().any(|granted| {
        let granted: Vec<&str> = granted.split(':').collect();
        match granted.split_last() {
            Some((&"*", prefix)) => required.starts_with(prefix),
            _ => granted == required,
        }
    })
}
