//! Microsoft Entra ID. Documented in "Access token claims reference", "Configure optional claims"
//! (`emit_as_roles`) and "Configure group claims for applications with Microsoft Entra ID" (overage).

use serde_json::Value;

use super::{array, client, debug, names, space_separated, texts, value};
use crate::claims::{ClaimError, FromClaims, Grants, Named, RawClaims};

/// The claims of a Microsoft Entra ID access token for a web API (v1.0 or v2.0).
///
/// The roles are the app roles (`roles`), the scopes the delegated permissions (`scp`), the groups
/// those in `groups`: object ids, or names where the application is configured so. Where it is
/// configured with `emit_as_roles`, the groups are in `roles` and are roles here. `wids`, the directory
/// roles of the whole tenant, are deliberately no roles: they say who administers the tenant, not what
/// the application allows.
///
/// **Groups overage is refused.** A user in more than 200 groups gets a token that points to the
/// groups in place of listing them. Read as "no groups", a rule that keeps a group *out* would let them
/// in. The refusal says so; use app roles, or let only groups assigned to the application be emitted.
///
/// The subject is `sub`, which differs for each application. [`oid`](Self::oid) is the same in all of
/// them.
///
/// **The issuer is that of one tenant**, exactly as in `iss`: for v1.0 tokens it ends in a slash
/// (`https://sts.windows.net/<tenant>/`), for v2.0 tokens in `/v2.0`. `common` and `organizations`
/// stand for many tenants. No token names them in `iss`, so they cannot be an issuer here.
#[derive(Clone)]
pub struct EntraId {
    roles: Vec<String>,
    groups: Vec<String>,
    scopes: Vec<String>,
    oid: Option<String>,
    tid: Option<String>,
    client_id: Option<String>,
}

impl EntraId {
    names! {
        /// The app roles (`roles`), of the user or, in a token without a user, of the application.
        roles
        /// The groups (`groups`).
        groups
        /// The delegated permissions (`scp`); none in a token without a user.
        scopes
    }

    texts! {
        /// The object id of the user or application, the same in all applications of the tenant.
        oid
        /// The tenant.
        tid
        /// The application that asked for the token: `azp` (v2.0), else `appid` (v1.0). A token in
        /// which they differ is refused.
        client_id
    }
}

const OVERAGE: &str = "the groups are too many for the token (overage); assign groups to the \
                       application or use app roles";
const DISTRIBUTED: &str = "the roles are not in the token, which points to them";

/// Refuses tokens that keep what they grant elsewhere.
fn complete(raw: &RawClaims) -> Result<(), ClaimError> {
    // What is elsewhere, `OpenID` Connect Core §5.6.2: names of claims, each with its source.
    let elsewhere: Option<Value> = value(raw, "_claim_names", &["_claim_names"])?;
    let elsewhere = match &elsewhere {
        None => None,
        Some(Value::Object(names)) => Some(names),
        Some(_) => return Err(ClaimError::invalid("_claim_names")),
    };
    let is_elsewhere = |name| elsewhere.is_some_and(|names| names.contains_key(name));
    // The short form of the implicit flow.
    let has_groups: Option<bool> = value(raw, "hasgroups", &["hasgroups"])?;
    if is_elsewhere("groups") || has_groups == Some(true) {
        return Err(ClaimError::refused("groups", OVERAGE));
    }
    if is_elsewhere("roles") {
        return Err(ClaimError::refused("roles", DISTRIBUTED));
    }
    Ok(())
}

impl FromClaims for EntraId {
    const NAMED: Named = Named::NOTHING.roles().groups().scopes();

    const READ_ONCE: bool = true;

    fn from_claims(raw: &RawClaims) -> Result<Self, ClaimError> {
        complete(raw)?;
        Ok(Self {
            roles: array(raw, "roles", &["roles"])?,
            groups: array(raw, "groups", &["groups"])?,
            scopes: space_separated(raw, "scp", &["scp"])?,
            oid: value(raw, "oid", &["oid"])?,
            tid: value(raw, "tid", &["tid"])?,
            client_id: client(raw, &["azp", "appid"])?,
        })
    }

    fn grants(&self) -> Grants {
        Grants::new()
            .roles(&self.roles)
            .groups(&self.groups)
            .scopes(&self.scopes)
    }
}

debug!(EntraId);
