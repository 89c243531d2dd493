//! Keycloak. Documented in its Server Administration Guide, "Assigning permissions using roles and
//! groups", "Client scopes" (mappers of `realm_access` and `resource_access`, `microprofile-jwt`) and
//! "Using lightweight access token".

use std::collections::BTreeMap;

use serde_json::Value;

use super::{array, debug, names, space_separated, texts, value};
use crate::claims::{ClaimError, ClaimValue, FromClaims, Grants, Named, RawClaims};

/// The claims of a Keycloak access token.
///
/// **The roles of the caller are those of the realm.** Roles of clients are kept apart, because two
/// clients may both have a role `admin` and mean different things: ask with
/// [`client_roles`](Self::client_roles), or let rules see those of your own client by a struct of your
/// own:
///
/// ```
/// use pico_auth::Claims;
///
/// #[derive(Claims)]
/// struct Orders {
///     #[claim(roles, default, path = "resource_access.\"orders.api\".roles")]
///     roles: Vec<String>,
/// }
/// ```
///
/// **What `groups` holds is for the realm to say.** The paths of groups start with a slash (`/staff`),
/// unless "Full group path" of the mapper is off. The client scope `microprofile-jwt` writes the realm
/// roles there: then a rule for the group `manager` is met by the role `manager`.
///
/// **A lightweight access token has no roles and groups**, unless their mappers are set to add them. It
/// then looks as if the caller were in no group, so write no rules that keep a group *out*, as
/// `not(group(..))`. It is refused without `sub`, which a mapper has to add as well.
#[derive(Clone)]
pub struct Keycloak {
    realm_roles: Vec<String>,
    clients: BTreeMap<String, Vec<String>>,
    groups: Vec<String>,
    scopes: Vec<String>,
    preferred_username: Option<String>,
    email: Option<String>,
    azp: Option<String>,
}

impl Keycloak {
    names! {
        /// The roles of the realm (`realm_access.roles`).
        realm_roles
        /// The groups (`groups`), where a group membership mapper is set up.
        groups
        /// The scopes (`scope`).
        scopes
    }

    /// The roles that the caller has at one client (`resource_access`, its member of exactly this
    /// name, `.roles`). A dot in the name is part of the name.
    pub fn client_roles(&self, client: &str) -> impl ExactSizeIterator<Item = &str> {
        let roles = self.clients.get(client).map(Vec::as_slice);
        roles.unwrap_or_default().iter().map(String::as_str)
    }

    texts! {
        /// The name the user logs in with.
        preferred_username
        /// The e-mail address.
        email
        /// The client that asked for the token.
        azp
    }
}

/// The member of `resource_access` for one client.
struct Client(Vec<String>);

impl ClaimValue for Client {
    const READ_ONCE: bool = true;

    fn from_value(value: &Value) -> Result<Self, ClaimError> {
        let client = value.as_object().ok_or_else(ClaimError::mismatch)?;
        array(client, "roles", &["roles"]).map(Self)
    }
}

impl FromClaims for Keycloak {
    const NAMED: Named = Named::NOTHING.roles().groups().scopes();

    const READ_ONCE: bool = true;

    fn from_claims(raw: &RawClaims) -> Result<Self, ClaimError> {
        let clients: Option<BTreeMap<String, Client>> =
            value(raw, "resource_access", &["resource_access"])?;
        let clients = clients.unwrap_or_default().into_iter();
        Ok(Self {
            realm_roles: array(raw, "realm_access.roles", &["realm_access", "roles"])?,
            clients: clients.map(|(name, Client(roles))| (name, roles)).collect(),
            groups: array(raw, "groups", &["groups"])?,
            scopes: space_separated(raw, "scope", &["scope"])?,
            preferred_username: value(raw, "preferred_username", &["preferred_username"])?,
            email: value(raw, "email", &["email"])?,
            azp: value(raw, "azp", &["azp"])?,
        })
    }

    fn grants(&self) -> Grants {
        Grants::new()
            .roles(&self.realm_roles)
            .groups(&self.groups)
            .scopes(&self.scopes)
    }
}

debug!(Keycloak);
