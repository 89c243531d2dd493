//! The claims of a bearer token.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::read::{
    Names, point_in_time, required_string, space_separated, string, string_array, strings,
};
use super::{Named, RawClaims};
use crate::error::{TokenInvalidError, TokenInvalidReason, TokenKind};

/// The claims of a verified bearer token. Cheap to clone.
#[derive(Clone)]
pub struct TokenClaims {
    inner: Arc<Inner>,
}

struct Inner {
    sub: Box<str>,
    jti: Option<Box<str>>,
    kid: Option<Box<str>>,
    groups: Names,
    scopes: Names,
    expires_at: SystemTime,
    raw: RawClaims,
}

impl TokenClaims {
    /// Reads the claims of a verified token. `expires_at` is the verified `exp`, since the epoch.
    ///
    /// `sub` must be there. `jti`, `groups` and the scopes must have their JSON type where present.
    /// `email`, `role` and `org_id` of another type than string count as absent: they grant nothing.
    ///
    /// # Errors
    ///
    /// [`TokenInvalidReason::MissingClaim`] or [`TokenInvalidReason::InvalidClaim`].
    pub fn from_raw(raw: RawClaims, expires_at: Duration) -> Result<Self, TokenInvalidReason> {
        Self::beside(Named::NOTHING, raw, expires_at)
    }

    /// As [`from_raw`](Self::from_raw), beside a claims type that decides what `named` says: there, the
    /// forms that are read here do not bind the issuer. What has another form counts as absent.
    pub(crate) fn beside(
        named: Named,
        raw: RawClaims,
        expires_at: Duration,
    ) -> Result<Self, TokenInvalidReason> {
        let groups = match string_array(&raw, "groups") {
            Err(_) if named.groups => None,
            read => read?,
        };
        let scopes = match scopes(&raw) {
            Err(_) if named.scopes => Names::default(),
            read => read?,
        };
        Ok(Self {
            inner: Arc::new(Inner {
                sub: required_string(&raw, "sub")?,
                jti: string(&raw, "jti")?,
                kid: None,
                groups: groups.unwrap_or_default(),
                scopes,
                expires_at: point_in_time(expires_at)?,
                raw,
            }),
        })
    }

    /// The subject: who the caller is (`sub`).
    pub fn sub(&self) -> &str {
        &self.inner.sub
    }

    /// Who issued the token (`iss`): the issuer whose key verified it. Empty for claims that were never in
    /// a token.
    pub fn iss(&self) -> &str {
        let issuer = self.get("iss").and_then(Value::as_str);
        issuer.unwrap_or_default()
    }

    /// The `email` claim.
    pub fn email(&self) -> Option<&str> {
        self.get("email")?.as_str()
    }

    /// The `role` claim as it stands in the token. Rules use the resolved roles of the
    /// [`SecurityContext`](crate::SecurityContext), not this.
    pub fn role(&self) -> Option<&str> {
        self.get("role")?.as_str()
    }

    /// The `org_id` claim.
    pub fn org_id(&self) -> Option<&str> {
        self.get("org_id")?.as_str()
    }

    /// The token's id (`jti`).
    pub fn jti(&self) -> Option<&str> {
        self.inner.jti.as_deref()
    }

    /// Says which key verified the token.
    #[must_use]
    pub fn with_kid(mut self, kid: Option<Box<str>>) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.inner) {
            inner.kid = kid;
        }
        self
    }

    /// The id of the key that verified the token (`kid` of its header), for logs.
    pub fn kid(&self) -> Option<&str> {
        self.inner.kid.as_deref()
    }

    /// The `groups` claim.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = &str> {
        self.group_names().iter().map(|group| &**group)
    }

    pub(crate) fn group_names(&self) -> &[Box<str>] {
        &self.inner.groups
    }

    /// The scopes: the first that is present of `scope` (space-separated string, RFC 9068 §2.2.3),
    /// `scp` (string or array) and `scopes` (array).
    pub fn scopes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.scope_names().iter().map(|scope| &**scope)
    }

    pub(crate) fn scope_names(&self) -> &[Box<str>] {
        &self.inner.scopes
    }

    /// When the token expires (`exp`).
    pub fn expires_at(&self) -> SystemTime {
        self.inner.expires_at
    }

    /// All claims of the token, as parsed.
    pub fn raw(&self) -> &RawClaims {
        &self.inner.raw
    }

    /// One claim of the token, as parsed.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.inner.raw.get(name)
    }

    /// The claims as any type that serde knows. For claims that every request needs, derive
    /// `Claims`, which names the claim at fault and can say where roles are.
    ///
    /// # Errors
    ///
    /// [`TokenInvalidError`] with the reason `Invalid claim 'claims'` where they do not fit the type.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, TokenInvalidError> {
        T::deserialize(Value::Object(self.inner.raw.clone())).map_err(|_| {
            let reason = TokenInvalidReason::InvalidClaim("claims".into());
            TokenInvalidError::new(TokenKind::Bearer, reason).with_trace(None, self.jti())
        })
    }
}

/// Names the subject and the token's id; what the token grants and its other claims stay out of logs.
impl fmt::Debug for TokenClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenClaims")
            .field("sub", &self.sub())
            .field("jti", &self.jti())
            .finish_non_exhaustive()
    }
}

fn scopes(raw: &RawClaims) -> Result<Names, TokenInvalidReason> {
    if let Some(scope) = string(raw, "scope")? {
        return Ok(space_separated(&scope));
    }
    match raw.get("scp") {
        None | Some(Value::Null) => Ok(string_array(raw, "scopes")?.unwrap_or_default()),
        Some(Value::String(scp)) => Ok(space_separated(scp)),
        Some(Value::Array(scp)) => strings(scp, "scp"),
        Some(_) => Err(TokenInvalidReason::InvalidClaim("scp".into())),
    }
}
