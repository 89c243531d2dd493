//! What a token must satisfy.

use std::time::Duration;

use crate::error::AuthConfigurationError;
use crate::jwks::Algorithm;

/// What a token must satisfy to be accepted.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ValidationRules {
    /// The one issuer: `iss` must be exactly this string.
    pub issuer: String,
    /// The names of this service: `aud` must contain one of them. At least one.
    pub audience: Vec<String>,
    /// The claim that must contain one of them in place of `aud`; `aud` must do so, too, where it is
    /// in the token. Default: `aud`.
    pub audience_claim: String,
    /// The accepted signature algorithms. Default: `RS256` only.
    pub algorithms: Vec<Algorithm>,
    /// By how much the clocks of issuer and service may differ, for `exp` and `nbf`. Default: none.
    pub leeway: Duration,
    /// Longer tokens are refused unread, in bytes. Default: 16 KiB.
    pub max_token_bytes: usize,
    /// Whether only RFC 9068 access tokens are accepted: the header `typ` must be `at+jwt`, and the
    /// claims `sub`, `client_id`, `iat` and `jti` must be there. Default: `false`.
    pub require_at_jwt: bool,
    /// Whether the claim `token_use` must be there and be `access`. Default: `false`.
    pub require_token_use: bool,
}

impl ValidationRules {
    /// The default rules for tokens of `issuer` made out to `audience`.
    pub fn new<A: Into<String>>(
        issuer: impl Into<String>,
        audience: impl IntoIterator<Item = A>,
    ) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into_iter().map(Into::into).collect(),
            audience_claim: "aud".to_owned(),
            algorithms: vec![Algorithm::RS256],
            leeway: Duration::ZERO,
            max_token_bytes: 16 * 1024,
            require_at_jwt: false,
            require_token_use: false,
        }
    }

    /// Refuses rules that nothing could satisfy, or that anything could.
    pub(super) fn check(&self) -> Result<(), AuthConfigurationError> {
        let wrong = |key, problem| Err(AuthConfigurationError::new(key, problem));
        if self.issuer.is_empty() {
            return wrong("issuer", "it is empty; name the `iss` of accepted tokens");
        }
        if self.audience.is_empty() || self.audience.iter().any(String::is_empty) {
            return wrong("audience", "it is empty; name this service as in `aud`");
        }
        if self.audience_claim.is_empty() {
            return wrong("audience_claim", "it is empty; name a claim, such as `aud`");
        }
        if self.algorithms.is_empty() {
            let problem = "it is empty; name at least one, such as `RS256`";
            return wrong("accepted_algorithms", problem);
        }
        Ok(())
    }
}
