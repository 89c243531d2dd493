//! What the operator says of the service, checked at start-up.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::url::{self, Parts};
use super::{Inner, ProtectedResource};
use crate::challenge::is_scope_token;
use crate::error::AuthConfigurationError;
use crate::jwks::Algorithm;

/// Builds a [`ProtectedResource`]. What is not said is not in the document.
#[must_use = "call `build`"]
#[derive(Debug, Clone)]
pub struct ProtectedResourceBuilder {
    resource: String,
    authorization_servers: Vec<String>,
    scopes: Vec<String>,
    others: Map<String, Value>,
}

/// Where the metadata of a resource without a path is (RFC 9728 §3).
const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// What methods of the builder say.
const OWN: [&str; 4] = [
    "resource",
    "authorization_servers",
    "scopes_supported",
    "bearer_methods_supported",
];

/// Those that are URLs (RFC 9728 §2).
const URLS: [&str; 4] = [
    "jwks_uri",
    "resource_documentation",
    "resource_policy_uri",
    "resource_tos_uri",
];

fn wrong(key: &str, problem: impl Into<Cow<'static, str>>) -> AuthConfigurationError {
    AuthConfigurationError::new(format!("protected_resource.{key}"), problem)
}

/// The error for a URL. Without its text where that may hold a password, or an API key in its query.
fn wrong_url(key: &str, url: &str, why: &'static str) -> AuthConfigurationError {
    if url.contains(['@', '?']) {
        wrong(key, why)
    } else {
        wrong(key, format!("`{url}` {why}"))
    }
}

impl ProtectedResourceBuilder {
    pub(super) fn new(resource: String) -> Self {
        Self {
            resource,
            authorization_servers: Vec::new(),
            scopes: Vec::new(),
            others: Map::new(),
        }
    }

    /// Names an authorization server that gives out tokens for this service, by its issuer identifier. At
    /// least one is needed.
    pub fn authorization_server(mut self, issuer: impl Into<String>) -> Self {
        self.authorization_servers.push(issuer.into());
        self
    }

    /// Names the scopes that a client may ask for: those that it needs for the usual things, not all there are.
    pub fn scopes_supported<S: Into<String>>(
        mut self,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.scopes.extend(scopes.into_iter().map(Into::into));
        self
    }

    /// What people call the service.
    pub fn resource_name(self, name: impl Into<String>) -> Self {
        self.parameter("resource_name", name.into())
    }

    /// The URL of a page for developers who want to use the service.
    pub fn resource_documentation(self, url: impl Into<String>) -> Self {
        self.parameter("resource_documentation", url.into())
    }

    /// The URL of the keys by which the service signs what it answers. They are not those of tokens.
    pub fn jwks_uri(self, url: impl Into<String>) -> Self {
        self.parameter("jwks_uri", url.into())
    }

    /// The algorithms of accepted DPoP proofs (RFC 9449), those that [`Dpop`](crate::Dpop) was given.
    pub fn dpop_signing_algorithms(self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        let names: Vec<&str> = algorithms.into_iter().map(Algorithm::name).collect();
        self.parameter("dpop_signing_alg_values_supported", names)
    }

    /// Tokens must be bound to a key of their client (DPoP); see
    /// [`require_bound_tokens`](crate::AuthenticatorBuilder::require_bound_tokens).
    pub fn dpop_bound_access_tokens_required(self) -> Self {
        self.parameter("dpop_bound_access_tokens_required", true)
    }

    /// Tokens can be bound to a client certificate (RFC 8705).
    pub fn tls_client_certificate_bound_access_tokens(self) -> Self {
        self.parameter("tls_client_certificate_bound_access_tokens", true)
    }

    /// Any other parameter of the document, such as `resource_policy_uri`, or `resource_name#de`.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.others.insert(name.into(), value.into());
        self
    }

    /// The metadata.
    ///
    /// # Errors
    ///
    /// [`AuthConfigurationError`] for `protected_resource.resource` where it is no URL, is http elsewhere than on
    /// loopback, has credentials, a query or a fragment (RFC 9728 §1.2), or a path that cannot be routed; for
    /// `protected_resource.authorization_servers` where there is none, or one is not such a URL; for
    /// `protected_resource.scopes_supported` where one is none (RFC 6749 §3.3); and for any other parameter that
    /// is a URL and not such a one, or that a method of this builder says.
    pub fn build(self) -> Result<ProtectedResource, AuthConfigurationError> {
        let of_resource = |why| wrong_url("resource", &self.resource, why);
        let parts = url::parse(&self.resource).map_err(of_resource)?;
        if parts.has_query {
            return Err(of_resource("must not have a query"));
        }
        if !is_routable(parts.path) {
            return Err(of_resource("has a path that cannot be routed"));
        }
        if self.authorization_servers.is_empty() {
            let problem =
                "are missing: name the issuer whose tokens are accepted, or clients cannot get one";
            return Err(wrong("authorization_servers", problem));
        }
        for issuer in &self.authorization_servers {
            let of_issuer = |why| wrong_url("authorization_servers", issuer, why);
            // RFC 8414 §2.
            if url::parse(issuer).map_err(of_issuer)?.has_query {
                return Err(of_issuer("must not have a query"));
            }
        }
        if let Some(scope) = self.scopes.iter().find(|scope| !is_scope_token(scope)) {
            let problem = format!("`{scope}` is not a scope (RFC 6749 §3.3)");
            return Err(wrong("scopes_supported", problem));
        }
        for (name, value) in &self.others {
            if OWN.contains(&name.as_str()) {
                return Err(wrong(
                    name,
                    "is said by a method of its own, or by the library",
                ));
            }
            if URLS.contains(&name.as_str()) {
                let url = value.as_str().ok_or_else(|| wrong(name, "must be a URL"))?;
                url::parse(url).map_err(|why| wrong_url(name, url, why))?;
            }
        }
        let metadata_path = metadata_path(&parts);
        let inner = Inner {
            metadata_url: format!("{}{metadata_path}", parts.origin),
            metadata_path,
            document: self.document().to_string().into(),
            resource: self.resource,
        };
        Ok(ProtectedResource {
            inner: Arc::new(inner),
        })
    }

    fn document(&self) -> Value {
        let mut document = self.others.clone();
        document.insert("resource".to_owned(), json!(self.resource));
        let servers = json!(self.authorization_servers);
        document.insert("authorization_servers".to_owned(), servers);
        // Tokens in the query or the body are never looked at (RFC 6750 §5.3).
        document.insert("bearer_methods_supported".to_owned(), json!(["header"]));
        if !self.scopes.is_empty() {
            document.insert("scopes_supported".to_owned(), json!(self.scopes));
        }
        document.into()
    }
}

/// RFC 9728 §3.1: a slash that ends the host is taken off.
fn metadata_path(parts: &Parts<'_>) -> String {
    match parts.path {
        "" | "/" => WELL_KNOWN.to_owned(),
        path => format!("{WELL_KNOWN}{path}"),
    }
}

/// Whether axum takes the path as it stands: these were its holes once.
fn is_routable(path: &str) -> bool {
    !path
        .split('/')
        .any(|segment| segment.starts_with([':', '*']))
}
