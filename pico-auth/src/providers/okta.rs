//! Okta. Documented in "`OpenID` Connect & OAuth 2.0 API", access tokens, and "Customize tokens returned
//! from Okta with a groups claim".

use super::{array, debug, names, texts, value};
use crate::claims::{ClaimError, FromClaims, Grants, Named, RawClaims};

/// The claims of an access token from an Okta custom authorization server.
///
/// The scopes are the array `scp`; the groups the array `groups`, where the authorization server is
/// set up to add it. (Tokens of the org authorization server are for Okta's own APIs.)
///
/// **`sub` may be a login name**, which may change: key data by [`uid`](Self::uid). In a token without
/// a user there is none, and `sub` is the client.
///
/// **The list of groups may be cut short**: an expression for them has a limit, and does not say that
/// there were more. So write no rules that keep a group *out*, as `not(group(..))`.
#[derive(Clone)]
pub struct Okta {
    groups: Vec<String>,
    scopes: Vec<String>,
    uid: Option<String>,
    cid: Option<String>,
}

impl Okta {
    names! {
        /// The groups (`groups`).
        groups
        /// The scopes (`scp`).
        scopes
    }

    texts! {
        /// The id of the user; absent in a token without a user.
        uid
        /// The client that asked for the token.
        cid
    }
}

impl FromClaims for Okta {
    const NAMED: Named = Named::NOTHING.groups().scopes();

    const READ_ONCE: bool = true;

    fn from_claims(raw: &RawClaims) -> Result<Self, ClaimError> {
        Ok(Self {
            groups: array(raw, "groups", &["groups"])?,
            scopes: array(raw, "scp", &["scp"])?,
            uid: value(raw, "uid", &["uid"])?,
            cid: value(raw, "cid", &["cid"])?,
        })
    }

    fn grants(&self) -> Grants {
        Grants::new().groups(&self.groups).scopes(&self.scopes)
    }
}

debug!(Okta);
