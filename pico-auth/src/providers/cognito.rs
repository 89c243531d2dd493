//! AWS Cognito user pools. Documented in "Understanding the access token", "Verifying JSON web tokens",
//! "Scopes, M2M, and resource servers" (resource binding) and "`IssuerConfigurationType`".

use super::{array, debug, names, space_separated, texts, value};
use crate::claims::{ClaimError, FromClaims, Grants, Named, RawClaims};

/// The claims of the access token of an AWS Cognito user pool.
///
/// The groups are `cognito:groups`, the scopes `scope`. A token without `token_use: access` is
/// refused, whatever the settings say; start those from
/// [`AuthClientSettings::cognito`](crate::AuthClientSettings::cognito), because these tokens name the
/// app client in `client_id` and have no `aud`. Where a resource was asked for, they do; the preset
/// says how a service that is a resource is set up. It then asks [`client_id`](Self::client_id) if not
/// every app client of the pool may call it.
#[derive(Clone)]
pub struct Cognito {
    groups: Vec<String>,
    scopes: Vec<String>,
    client_id: String,
    username: Option<String>,
}

impl Cognito {
    names! {
        /// The groups (`cognito:groups`).
        groups
        /// The scopes (`scope`).
        scopes
    }

    /// The app client that the token was made for.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    texts! {
        /// The name of the user; absent in a token without a user.
        username
    }
}

impl FromClaims for Cognito {
    const NAMED: Named = Named::NOTHING.groups().scopes();

    const READ_ONCE: bool = true;

    fn from_claims(raw: &RawClaims) -> Result<Self, ClaimError> {
        let token_use: String = value(raw, "token_use", &["token_use"])?;
        if token_use != "access" {
            return Err(ClaimError::refused("token_use", "it must be `access`"));
        }
        Ok(Self {
            groups: array(raw, "cognito:groups", &["cognito:groups"])?,
            scopes: space_separated(raw, "scope", &["scope"])?,
            client_id: value(raw, "client_id", &["client_id"])?,
            username: value(raw, "username", &["username"])?,
        })
    }

    fn grants(&self) -> Grants {
        Grants::new().groups(&self.groups).scopes(&self.scopes)
    }
}

debug!(Cognito);
