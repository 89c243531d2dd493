//! The token that a form asks for.

use std::time::Duration;

use pico_auth::test_kit::{TestIssuer, TokenBuilder};
use serde_json::{Value, json};

/// How long a token is good unless the form says otherwise.
const LIFETIME_SECONDS: u64 = 3600;
const A_YEAR_IN_SECONDS: u64 = 31_536_000;

/// The token, and for how many seconds it is good.
pub(crate) struct Minted {
    pub(crate) token: String,
    pub(crate) lifetime_seconds: u64,
}

/// Makes the token of a form (`application/x-www-form-urlencoded`).
pub(crate) fn mint(issuer: &TestIssuer, audience: &str, form: &[u8]) -> Result<Minted, String> {
    let mut subject = None;
    let mut lifetime_seconds = LIFETIME_SECONDS;
    let [
        mut roles,
        mut groups,
        mut scopes,
        mut agent_scopes,
        mut claims,
    ] = [const { Vec::new() }; 5];
    for (name, value) in url::form_urlencoded::parse(form) {
        let value = value.into_owned();
        match &*name {
            "subject" => subject = Some(value),
            "role" => roles.push(value),
            "group" => groups.push(value),
            "scope" => scopes.push(value),
            "agent_scope" => agent_scopes.push(value),
            "claim" => claims.push(value),
            "lifetime_seconds" => {
                let seconds = value.parse().ok();
                lifetime_seconds = seconds
                    .filter(|seconds| *seconds <= A_YEAR_IN_SECONDS)
                    .ok_or_else(|| format!("`{value}` is no number of seconds within a year"))?;
            }
            // The grant types of OAuth are for programs that were written against a real issuer.
            "grant_type" => {
                return Err("this issuer mints tokens by `subject`, see --help".to_owned());
            }
            _ => return Err(format!("there is no field `{name}`")),
        }
    }
    let subject = subject.filter(|subject| !subject.is_empty());
    let subject = subject.ok_or("a token is somebody's: give a `subject`")?;

    let lifetime = Duration::from_secs(lifetime_seconds);
    let mut token = issuer
        .token(&subject)
        .claim("aud", audience)
        .expires_in(lifetime);
    if let [role] = &roles[..] {
        token = token.role(role);
    }
    for (name, list) in [
        ("roles", roles),
        ("groups", groups),
        ("scopes", agent_scopes),
    ] {
        if !list.is_empty() {
            token = token.claim(name, json!(list));
        }
    }
    if !scopes.is_empty() {
        token = token.scope(scopes.join(" "));
    }
    for claim in &claims {
        token = with_claim(token, claim)?;
    }
    Ok(Minted {
        token: token.sign(),
        lifetime_seconds,
    })
}

/// Adds a claim, written `name=JSON`.
fn with_claim(token: TokenBuilder, claim: &str) -> Result<TokenBuilder, String> {
    let example = "write a name and JSON, such as `tenant=\"acme\"`";
    let (name, value) = claim
        .split_once('=')
        .ok_or_else(|| format!("`{claim}` is no claim: {example}"))?;
    let value: Value = serde_json::from_str(value)
        .map_err(|error| format!("the claim `{name}` is no JSON, {error}: {example}"))?;
    Ok(token.claim(name, value))
}
