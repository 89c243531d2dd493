//! Auth0. Documented in "Access Token Profiles" and "Enable Role-Based Access Control for APIs".

use super::{array, client, debug, names, space_separated, texts, value};
use crate::claims::{ClaimError, FromClaims, Grants, Named, RawClaims};

/// The claims of an Auth0 access token for an API, of the Auth0 or the RFC 9068 profile.
///
/// **`permissions` are roles, `scope` are scopes.** Both use the same words (`read:orders`), but say
/// different things: a permission is what the *user* may do (with RBAC and "Add Permissions in the
/// Access Token"), a scope is what the user lets this *client* do. If permissions counted as scopes, a
/// client that asked for nothing would get everything its user may do. So `#[requires_scope]` looks at
/// what was delegated, `#[requires_role("read:orders")]` at what the user has; write both to demand
/// both. Permissions are compared byte by byte, without wildcards.
///
/// A service that wants permissions to be scopes all the same says so in a struct of its own:
/// `#[claim(scopes, path = "permissions", forms(array))]`.
///
/// **In a token without a user the permissions are the client's own**, so a machine may meet a rule
/// that was written for users. The `sub` of such a token ends in `@clients` (and the Auth0 profile says
/// `gty: client-credentials`). A rule for users only:
/// `#[authorize(all(role("read:orders"), when(!ctx.subject().ends_with("@clients"))))]`.
///
/// The issuer ends in a slash, exactly as in `iss`: `https://<tenant>.auth0.com/`.
#[derive(Clone)]
pub struct Auth0 {
    permissions: Vec<String>,
    scopes: Vec<String>,
    client_id: Option<String>,
    org_id: Option<String>,
}

impl Auth0 {
    names! {
        /// What the user may do (`permissions`) or, in a token without a user, the client itself.
        permissions
        /// What the client may do for the user (`scope`).
        scopes
    }

    texts! {
        /// The application that asked for the token: `azp` (Auth0 profile), else `client_id` (RFC 9068
        /// profile). A token in which they differ is refused.
        client_id
        /// The organization the user logged in to.
        org_id
    }
}

impl FromClaims for Auth0 {
    const NAMED: Named = Named::NOTHING.roles().scopes();

    const READ_ONCE: bool = true;

    fn from_claims(raw: &RawClaims) -> Result<Self, ClaimError> {
        Ok(Self {
            permissions: array(raw, "permissions", &["permissions"])?,
            scopes: space_separated(raw, "scope", &["scope"])?,
            client_id: client(raw, &["azp", "client_id"])?,
            org_id: value(raw, "org_id", &["org_id"])?,
        })
    }

    fn grants(&self) -> Grants {
        Grants::new().roles(&self.permissions).scopes(&self.scopes)
    }
}

debug!(Auth0);
