//! Compares a document with the access map.

use std::collections::BTreeSet;
use std::fmt;

use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

use super::operations::{all, documented, route_of};
use super::schemes::Schemes;
use super::secure::refusals;
use super::security::{Alternative, Security};
use crate::access_map::{AccessMap, EVERY_METHOD, FALLBACK};

/// Where a document says something else than what is enforced; made by [`check`]. `Display` says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Disagreement {
    /// The document has an operation, and the application no route for it.
    NoRoute {
        /// `GET /users/{id}`
        operation: String,
    },
    /// The application has a route that the document does not have. Routes of every method, such as services,
    /// those of `CONNECT`, which OpenAPI 3.1 does not know, and the fallback are not asked for.
    NotDocumented {
        /// `GET /users/{id}`
        route: String,
    },
    /// The `security` of an operation is not that of its route.
    OtherSecurity {
        /// `GET /users/{id}`
        operation: String,
        /// What the document says.
        documented: String,
        /// What is enforced.
        enforced: String,
    },
    /// An operation does not have a refusal that its route answers with.
    NoRefusal {
        /// `GET /users/{id}`
        operation: String,
        /// `401`, `403` or `503`
        status: String,
    },
}

/// Compares a document with the access map of the application that it describes: for a test.
///
/// Every operation must have a route, every route of a method an operation, and each operation the `security`
/// and the refusals of its route. Schemes may have any name: one for HTTP bearer tokens, OAuth 2 or OpenID
/// Connect is that of the caller's token, a header `X-Agent-Authorization` that of the agent's. A token in a
/// cookie or in a header of its own is the caller's where its scheme is called `bearerAuth`.
///
/// `HEAD` is answered by the route of `GET` where it has none of its own, and every method by a route of every
/// method: operations for them are right, and not asked for. Descriptions are not compared.
///
/// Routes that are not for the document can be left out of the answer:
///
/// ```
/// # use pico_auth::openapi::{Disagreement, check};
/// # fn example(document: utoipa::openapi::OpenApi, map: pico_auth::access_map::AccessMap) {
/// let mut disagreements = check(&document, &map);
/// disagreements.retain(|one| !matches!(one, Disagreement::NotDocumented { route } if route == "GET /health"));
/// assert_eq!(disagreements, []);
/// # }
/// ```
pub fn check(document: &OpenApi, map: &AccessMap) -> Vec<Disagreement> {
    let schemes = Schemes::of(document);
    let mut disagreements = Vec::new();
    let mut described = BTreeSet::new();
    for (method, path, operation) in all(document) {
        let name = format!("{method} {path}");
        let Some(entry) = route_of(map, method, path) else {
            disagreements.push(Disagreement::NoRoute { operation: name });
            continue;
        };
        described.insert((method, entry.path()));
        let global = document.security.as_ref();
        let stated = schemes.read(operation.security.as_ref().or(global));
        let enforced = Security::of(entry.rule());
        if !stated
            .as_ref()
            .is_ok_and(|stated| enforced.is_said_by(stated))
        {
            disagreements.push(Disagreement::OtherSecurity {
                operation: name.clone(),
                documented: stated.map_or_else(|problem| problem, |stated| stated.to_string()),
                enforced: enforced.to_string(),
            });
        }
        for (status, _) in refusals(entry) {
            if !describes(operation, status) {
                disagreements.push(Disagreement::NoRefusal {
                    operation: name.clone(),
                    status: status.to_owned(),
                });
            }
        }
    }
    for entry in map.entries() {
        let needed =
            !matches!(entry.method(), EVERY_METHOD | "CONNECT") && entry.path() != FALLBACK;
        if needed && !described.contains(&(entry.method(), entry.path())) {
            disagreements.push(Disagreement::NotDocumented {
                route: format!("{} {}", entry.method(), documented(entry.path())),
            });
        }
    }
    disagreements
}

/// Whether an operation describes a status: itself, its class, or whatever else is answered.
fn describes(operation: &Operation, status: &str) -> bool {
    let class = status.get(..1).unwrap_or_default();
    operation
        .responses
        .responses
        .keys()
        .any(|key| key == status || *key == format!("{class}XX") || key == "default")
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("no token"),
            Self::Optional => f.write_str("a valid token, if one is sent"),
            Self::OneOf(alternatives) => {
                for (i, alternative) in alternatives.iter().enumerate() {
                    let separator = if i == 0 { "" } else { ", or " };
                    write!(f, "{separator}{alternative}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Alternative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |names: &BTreeSet<String>| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            format!("'{}'", names.join("', '"))
        };
        f.write_str("a valid token")?;
        if !self.scopes.is_empty() {
            write!(f, " with the scopes {}", list(&self.scopes))?;
        }
        match &self.agent {
            None => Ok(()),
            Some(scopes) if scopes.is_empty() => f.write_str(" and an agent token"),
            Some(scopes) => write!(f, " and an agent token with the scopes {}", list(scopes)),
        }
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoute { operation } => write!(
                f,
                "the document describes {operation}, and no route answers it: remove it, or route it"
            ),
            Self::NotDocumented { route } => write!(
                f,
                "{route} is not in the document: give it `#[utoipa::path]` and add it by `routes!`"
            ),
            Self::OtherSecurity {
                operation,
                documented,
                enforced,
            } => write!(
                f,
                "{operation} asks for {documented} in the document, and for {enforced} in the application: let \
                 `pico_auth::openapi::secure` write it"
            ),
            Self::NoRefusal { operation, status } => write!(
                f,
                "{operation} can be answered {status}, and the document does not say so: let \
                 `pico_auth::openapi::secure` write it"
            ),
        }
    }
}
