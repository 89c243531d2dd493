//! Auth0. Documented in "Access Token Profiles" and "Enable Role-Based Access Control for APIs".

use super::{array, debug, names, space_separated, texts, value};
use crate::claims::{ClaimError, FromClaims, Grants, Named, RawClaims};

/// The claims of an Auth0 access token for an API.
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
#[derive(Clone)]
pub struct Auth0 {
    permissions: Vec<String>,
    scopes: Vec<String>,
    azp: Option<String>,
    org_id: Option<String>,
}

impl Auth0 {
    names! {
        /// What the user may do (`permissions`).
        permissions
        /// What the client may do for the user (`scope`).
        scopes
    }

    texts! {
        /// The application that asked for the token.
        azp
        /// The organization the user logged in to.
        org_id
    }
}

impl FromClaims for Auth0 {
    const NAMED: Named = Named::NOTHING.roles().scopes();

    fn from_claims(raw: &RawClaims) -> Result<Self, ClaimError> {
        Ok(Self {
            permissions: array(raw, "permissions", &["permissions"])?,
            scopes: space_separated(raw, "scope", &["scope"])?,
            azp: value(raw, "azp", &["azp"])?,
            org_id: value(raw, "org_id", &["org_id"])?,
        })
    }

    fn grants(&self) -> Grants {
        Grants::new().roles(&self.permissions).scopes(&self.scopes)
    }
}

debug!(Auth0);
