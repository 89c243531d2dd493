//! Shows: roles from somewhere else than the `role` claim, with a `RoleResolver`.
//!
//! Try it: `cargo run --example custom-roles`. It sends three requests to itself and prints the answers.
//!
//! The tokens hold permissions per tenant, `{"tenants": {"acme": ["billing"]}}`; the service serves
//! one tenant and asks a directory who is blocked. Where roles simply stand at another place of the
//! token, no code is needed: set `roles_claim`, for example to `realm_access.roles`.
#![allow(clippy::print_stdout, reason = "it prints what it shows")]

use std::collections::HashSet;
use std::error::Error;

use axum::body::Body;
use axum::http::Request;
use pico_auth::routing::get;
use pico_auth::test_kit::TestIssuer;
use pico_auth::{AuthClientError, RoleResolver, SecureRouter, TokenClaims, requires_role};
use serde_json::json;
use tower::ServiceExt;

/// Reads the roles of one tenant; a blocked caller has none.
struct TenantRoles {
    tenant: &'static str,
    directory: Directory,
}

/// Stands for a database. A lookup can fail.
struct Directory {
    blocked: HashSet<&'static str>,
}

impl Directory {
    #[expect(clippy::unused_async, reason = "a database would be waited for")]
    async fn is_blocked(&self, subject: &str) -> std::io::Result<bool> {
        if subject == "unreachable" {
            return Err(std::io::Error::other("the directory does not answer"));
        }
        Ok(self.blocked.contains(subject))
    }
}

impl RoleResolver for TenantRoles {
    async fn resolve(
        &self,
        claims: &TokenClaims,
    ) -> Result<Vec<String>, Box<dyn Error + Send + Sync>> {
        // A failed lookup is a failure: the caller gets a 503, not an empty list of roles.
        if self.directory.is_blocked(claims.sub()).await? {
            return Ok(Vec::new());
        }
        let Some(roles) = claims
            .get("tenants")
            .and_then(|tenants| tenants.get(self.tenant))
        else {
            return Ok(Vec::new());
        };
        // The text of an error goes into the log: it names the claim and not what is in it.
        let roles = roles
            .as_array()
            .ok_or("the roles of the tenant are not an array")?;
        Ok(roles
            .iter()
            .filter_map(|role| role.as_str())
            .map(str::to_owned)
            .collect())
    }
}

#[requires_role("billing")]
async fn invoices() -> Result<&'static str, AuthClientError> {
    Ok("three invoices")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = TestIssuer::in_memory();
    let resolver = TenantRoles {
        tenant: "acme",
        directory: Directory {
            blocked: HashSet::from(["mallory"]),
        },
    };
    let authenticator =
        issuer.authenticator_with(issuer.settings(), |parts| parts.role_resolver(resolver));
    let app = SecureRouter::new()
        .route("/invoices", get(invoices))
        .secured_by(authenticator);

    for subject in ["alice", "mallory", "unreachable"] {
        let token = issuer
            .token(subject)
            .claim("tenants", json!({ "acme": ["billing"] }))
            .sign();
        let request = Request::get("/invoices")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())?;
        let response = app.clone().oneshot(request).await?;
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1024).await?;
        println!("{subject:<12} {status}  {}", String::from_utf8_lossy(&body));
    }
    Ok(())
}
