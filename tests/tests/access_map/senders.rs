//! Who sends requests to an application, with real tokens.

use std::sync::LazyLock;
use std::time::Duration;

use pico_auth::test_kit::{ManualClock, TestIssuer, TestKey};
use pico_auth::{Algorithm, Authenticator};
use serde_json::json;

use super::caller::{AppRole, Caller, NOW};
use super::random::Random;

/// It signs with a key that is fast. Its time stands still: callers have authenticated a while before it.
static ISSUER: LazyLock<TestIssuer> = LazyLock::new(|| {
    let now = Duration::from_secs(NOW.unsigned_abs());
    TestIssuer::in_memory()
        .with_key(TestKey::generate("fast", Algorithm::EdDSA))
        .with_clock(ManualClock::starting_at(now))
});

/// Who sends a request, and what.
#[derive(Debug)]
pub(crate) enum Who {
    Nobody,
    BadToken,
    AgentAlone,
    Somebody(Caller),
}

pub(crate) struct Sender {
    pub(crate) who: Who,
    pub(crate) headers: String,
}

impl Sender {
    pub(crate) fn random(random: &mut Random, has_hierarchy: bool) -> Self {
        let bearer = |token: String| format!("Authorization: Bearer {token}\r\n");
        let agent = |scopes: &[&str]| {
            let token = ISSUER.token("agent").claim("scopes", json!(scopes)).sign();
            format!("X-Agent-Authorization: Bearer {token}\r\n")
        };
        let (who, headers) = match random.below(12) {
            0 | 1 => (Who::Nobody, String::new()),
            2 => (Who::BadToken, bearer(ISSUER.token("u").expired().sign())),
            3 => (Who::AgentAlone, agent(&["*"])),
            _ => {
                let caller = Caller::random(random).with_hierarchy(has_hierarchy);
                let token = ISSUER.token("u").claim("roles", json!(caller.granted));
                let mut token = token.claim("groups", json!(caller.groups));
                if let Some(acr) = caller.acr {
                    token = token.claim("acr", acr);
                }
                if let Some(age) = caller.age {
                    token = token.claim("auth_time", NOW - age);
                }
                let mut headers = bearer(token.scope(caller.scopes.join(" ")).sign());
                if let Some(scopes) = &caller.agent {
                    headers += &agent(scopes);
                }
                (Who::Somebody(caller), headers)
            }
        };
        Self { who, headers }
    }
}

pub(crate) fn authenticator(has_hierarchy: bool) -> Authenticator {
    let settings = ISSUER.settings().roles_claim("roles");
    ISSUER.authenticator_with(settings, |builder| {
        if has_hierarchy {
            builder.role_hierarchy::<AppRole>()
        } else {
            builder
        }
    })
}
