//! The rules, the callers, and what a surface is.

use std::sync::LazyLock;

use pico_auth::test_kit::{TestIssuer, TestKey, TokenBuilder};
use pico_auth::{
    Algorithm, AuthClientError, AuthUnavailableError, Authenticator, Dependency, SecurityContext,
};

pub static ISSUER: LazyLock<TestIssuer> = LazyLock::new(TestIssuer::in_memory);

/// The rule whose functions do not look at the token.
pub const OPEN: &str = "open";

/// Gives `$surface` a name and the attributes for each rule.
macro_rules! with_rules {
    ($surface:ident) => {
        $surface! {
            maybe: #[pico_auth::optional_authentication];
            known: #[pico_auth::authenticated];
            admin: #[pico_auth::requires_role("admin")];
            editors: #[pico_auth::requires_role("admin", "editor")];
            operators: #[pico_auth::requires_group("ops")];
            payers: #[pico_auth::requires_scope("pay:write")];
            auditors: #[pico_auth::requires_scope(all("pay:read", "audit:read"))];
            stacked: #[pico_auth::requires_role("admin")] #[pico_auth::requires_group("ops")];
            nested: #[pico_auth::authorize(any(role("admin"), all(group("ops"), scope("pay:write"))))];
            others: #[pico_auth::authorize(not(role("admin")))];
            agents: #[pico_auth::requires_agent_scope("treasury:read")];
            strong: #[pico_auth::requires_authentication(acr = "mfa")];
            stepped: #[pico_auth::requires_role("admin")] #[pico_auth::requires_authentication(acr = "mfa")];
            undecided: #[pico_auth::authorize(when(crate::rules::decided_elsewhere()))];
        }
    };
}
pub(crate) use with_rules;

/// A decision that cannot be had now.
pub fn decided_elsewhere() -> Result<bool, AuthUnavailableError> {
    Err(AuthUnavailableError::new(Dependency::ExternalDecision))
}

/// What every function answers.
pub fn subject() -> String {
    SecurityContext::current().map_or_else(|| "nobody".to_owned(), |c| c.subject().to_owned())
}

/// A plain function for each rule, and `call`, which calls the one of this name.
macro_rules! functions {
    ($($name:ident: $(#[$($rule:tt)*])+;)+) => {
        $(
            $(#[$($rule)*])+
            pub async fn $name() -> Result<String, AuthClientError> {
                Ok(subject())
            }
        )+

        pub async fn call(rule: &str) -> Result<String, AuthClientError> {
            match rule {
                OPEN => open().await,
                $(stringify!($name) => $name().await,)+
                _ => panic!("no rule {rule}"),
            }
        }
    };
}
with_rules!(functions);

#[pico_auth::allow_anonymous]
pub async fn open() -> Result<String, AuthClientError> {
    Ok(subject())
}

/// What a caller sends.
pub struct Caller {
    pub name: &'static str,
    pub token: Option<String>,
    pub agent: Option<String>,
    /// One of the tokens is refused, wherever it is looked at.
    pub is_bad: bool,
}

/// In the order of the table's columns. A subject is called as its caller.
pub fn callers() -> Vec<Caller> {
    let good = |name, with: fn(TokenBuilder) -> TokenBuilder| Caller {
        name,
        token: Some(with(ISSUER.token(name)).sign()),
        agent: None,
        is_bad: false,
    };
    let bad = |name, token: String| Caller {
        name,
        token: Some(token),
        agent: None,
        is_bad: true,
    };
    let key = ISSUER.key();
    let impostor = TestKey::generate(key.kid(), Algorithm::RS256);
    let agent = || ISSUER.token("agent").agent_scopes(["treasury:*"]);
    vec![
        Caller {
            name: "nobody",
            token: None,
            agent: None,
            is_bad: false,
        },
        bad("garbage", "garbage".to_owned()),
        bad(
            "forged",
            ISSUER
                .token("forged")
                .role("admin")
                .signed_by(&impostor)
                .sign(),
        ),
        bad(
            "expired",
            ISSUER.token("expired").role("admin").expired().sign(),
        ),
        good("stranger", |token| token),
        good("lookalike", |token| {
            token.role("Admin").groups(["Ops "]).scope("pay pay:writ")
        }),
        good("editor", |token| token.role("editor")),
        good("admin", |token| token.role("admin")),
        good("operator", |token| token.groups(["ops"])),
        good("payer", |token| token.scope("pay:write")),
        good("auditor", |token| token.scope("pay:* audit:read")),
        good("chief", |token| {
            token.role("admin").groups(["ops"]).claim("acr", "mfa")
        }),
        Caller {
            agent: Some(agent().sign()),
            ..good("principal", |token| token)
        },
        Caller {
            agent: Some(agent().expired().sign()),
            is_bad: true,
            ..good("misled", |token| token)
        },
    ]
}

/// A refusal, in the words of HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub detail: String,
}

impl From<AuthClientError> for Refusal {
    fn from(error: AuthClientError) -> Self {
        Self {
            status: error.status_code(),
            detail: error.detail(),
        }
    }
}

/// The subject that was admitted, or the refusal.
pub type Outcome = Result<String, Refusal>;

/// Where protected functions are called from.
pub trait Surface {
    const NAME: &'static str;

    /// Whether the function is known before the token is looked at, so that a bad token does not matter
    /// to an open one.
    const KNOWS_FUNCTION_FIRST: bool;

    async fn start(authenticator: Authenticator) -> Self;

    /// Calls the function of this rule as this caller.
    async fn call(&self, rule: &str, caller: &Caller) -> Outcome;
}
