//! The security schemes of a document, and which token each stands for.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::OpenApi;

use super::security::{Alternative, Security};

/// The name of the scheme for bearer tokens, where a document has none.
pub(super) const BEARER: &str = "bearerAuth";
/// The name of the scheme for agent tokens, where a document has none.
pub(super) const AGENT: &str = "agentAuth";
/// The header of agent tokens.
pub(super) const AGENT_HEADER: &str = "X-Agent-Authorization";

/// The schemes that a document declares.
pub(super) struct Schemes {
    bearer: BTreeSet<String>,
    agent: BTreeSet<String>,
    other: BTreeSet<String>,
}

impl Schemes {
    pub(super) fn of(document: &OpenApi) -> Self {
        let mut schemes = Self {
            bearer: BTreeSet::new(),
            agent: BTreeSet::new(),
            other: BTreeSet::new(),
        };
        let components = document.components.iter();
        for (name, scheme) in components.flat_map(|components| &components.security_schemes) {
            let scheme = serde_json::to_value(scheme).unwrap_or_default();
            let member = |name: &str| scheme.get(name).and_then(Value::as_str).unwrap_or_default();
            let kind = match (member("type"), member("scheme"), member("name")) {
                ("apiKey", _, header) if header.eq_ignore_ascii_case(AGENT_HEADER) => {
                    &mut schemes.agent
                }
                ("oauth2" | "openIdConnect", _, _) | ("http", "bearer", _) => &mut schemes.bearer,
                // A token in a cookie or a header of its own: only its name says what it is.
                ("apiKey", _, _) if name == BEARER => &mut schemes.bearer,
                _ => &mut schemes.other,
            };
            kind.insert(name.clone());
        }
        schemes
    }

    /// The scheme for the caller's token, and whether it is to be declared.
    pub(super) fn bearer(&self) -> (String, bool) {
        self.choose(&self.bearer, BEARER)
    }

    /// The scheme for the agent's token, and whether it is to be declared.
    pub(super) fn agent(&self) -> (String, bool) {
        self.choose(&self.agent, AGENT)
    }

    /// The one with the usual name, else the only one, else one that is not there yet.
    fn choose(&self, declared: &BTreeSet<String>, usual: &str) -> (String, bool) {
        if declared.contains(usual) {
            return (usual.to_owned(), false);
        }
        let mut names = declared.iter();
        if let (Some(name), None) = (names.next(), names.next()) {
            return (name.clone(), false);
        }
        let mut name = usual.to_owned();
        while [&self.bearer, &self.agent, &self.other]
            .iter()
            .any(|taken| taken.contains(&name))
        {
            name.push('_');
        }
        (name, true)
    }

    /// What a document says, or why it cannot be compared.
    pub(super) fn read<T: Serialize>(&self, stated: Option<&Vec<T>>) -> Result<Security, String> {
        let Some(stated) = stated.filter(|stated| !stated.is_empty()) else {
            return Ok(Security::Open);
        };
        let mut is_optional = false;
        let mut alternatives = BTreeSet::new();
        for requirement in stated {
            let value = serde_json::to_value(requirement).unwrap_or_default();
            let names: BTreeMap<String, BTreeSet<String>> =
                serde_json::from_value(value).map_err(|error| error.to_string())?;
            if names.is_empty() {
                is_optional = true;
                continue;
            }
            alternatives.insert(self.alternative(names)?);
        }
        match (is_optional, alternatives) {
            (false, alternatives) => Ok(Security::OneOf(alternatives)),
            (true, alternatives) if alternatives.is_empty() => Ok(Security::Open),
            (true, alternatives) if alternatives == [Alternative::default()].into() => {
                Ok(Security::Optional)
            }
            (true, _) => Err("a token with scopes, and none".to_owned()),
        }
    }

    fn alternative(
        &self,
        names: BTreeMap<String, BTreeSet<String>>,
    ) -> Result<Alternative, String> {
        let mut alternative = Alternative::default();
        let mut has_bearer = false;
        for (name, scopes) in names {
            if self.bearer.contains(&name) {
                has_bearer = true;
                alternative.scopes.extend(scopes);
            } else if self.agent.contains(&name) {
                alternative.agent.get_or_insert_default().extend(scopes);
            } else if self.other.contains(&name) {
                return Err(format!(
                    "the scheme `{name}`, which is no token of pico-auth"
                ));
            } else {
                return Err(format!("the scheme `{name}`, which it does not declare"));
            }
        }
        if has_bearer {
            Ok(alternative)
        } else {
            Err("an agent token alone".to_owned())
        }
    }
}
