//! The claims of a bearer token.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::read::{
    numeric_date, point_in_time, required_string, space_separated, string, string_array, strings,
};
use super::{Document, Named, Names, RawClaims};
use crate::error::{TokenInvalidError, TokenInvalidReason, TokenKind};
use crate::strict::{Json, Object};

/// The claims of a verified bearer token. Cheap to clone.
#[derive(Clone)]
pub struct TokenClaims {
    inner: Arc<Inner>,
}

struct Inner {
    read: ReadClaims,
    kid: Option<Arc<str>>,
    document: Document,
}

/// Claims that were read, without the document they were read of.
pub(crate) struct ReadClaims {
    /// Here, so that a log or an audit record that names the caller does not parse the document.
    iss: Box<str>,
    sub: Box<str>,
    jti: Option<Box<str>>,
    groups: Names,
    scopes: Names,
    expires_at: SystemTime,
}

impl ReadClaims {
    /// With the document.
    pub(crate) fn of(self, document: impl Into<Document>, kid: Option<Arc<str>>) -> TokenClaims {
        let inner = Inner {
            read: self,
            kid,
            document: document.into(),
        };
        TokenClaims {
            inner: Arc::new(inner),
        }
    }
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
        Self::read(Named::NOTHING, &Object::of(&raw), expires_at).map(|read| read.of(raw, None))
    }

    /// Reads claims beside a claims type that decides what `named` says: there, the forms that are read
    /// here do not bind the issuer. What has another form counts as absent.
    pub(crate) fn read(
        named: Named,
        claims: &Object<'_>,
        expires_at: Duration,
    ) -> Result<ReadClaims, TokenInvalidReason> {
        let groups = match string_array(claims, "groups") {
            Err(_) if named.groups => None,
            read => read?,
        };
        let scopes = match scopes(claims) {
            Err(_) if named.scopes => Names::default(),
            read => read?,
        };
        let iss = claims.get("iss").and_then(Json::as_str);
        Ok(ReadClaims {
            iss: iss.unwrap_or_default().into(),
            sub: required_string(claims, "sub")?,
            jti: string(claims, "jti")?.map(Into::into),
            groups: groups.unwrap_or_default(),
            scopes,
            expires_at: point_in_time(expires_at)?,
        })
    }

    /// The subject: who the caller is (`sub`).
    pub fn sub(&self) -> &str {
        &self.inner.read.sub
    }

    /// Who issued the token (`iss`): the issuer whose key verified it. Empty for claims that were never in
    /// a token.
    pub fn iss(&self) -> &str {
        &self.inner.read.iss
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

    /// The class of authentication by which the caller has proved who they are (`acr`, RFC 9068 §2.2.1);
    /// `None` for a claim that is empty or no string.
    pub fn acr(&self) -> Option<&str> {
        let acr = self.get("acr")?.as_str()?;
        Some(acr).filter(|acr| !acr.is_empty())
    }

    /// When the caller has proved who they are (`auth_time`, RFC 9068 §2.2.1); `None` for a claim that is no
    /// numeric date.
    pub fn auth_time(&self) -> Option<SystemTime> {
        let Value::Number(since_epoch) = self.get("auth_time")? else {
            return None;
        };
        UNIX_EPOCH.checked_add(numeric_date(since_epoch)?)
    }

    /// The token's id (`jti`).
    pub fn jti(&self) -> Option<&str> {
        self.inner.read.jti.as_deref()
    }

    /// The id of the key that verified the token (`kid` of its header), for logs.
    pub fn kid(&self) -> Option<&str> {
        self.inner.kid.as_deref()
    }

    /// The `groups` claim.
    pub fn groups(&self) -> impl ExactSizeIterator<Item = &str> {
        self.group_names().iter().map(|group| &**group)
    }

    pub(crate) fn group_names(&self) -> &Names {
        &self.inner.read.groups
    }

    /// The scopes: the first that is present of `scope` (space-separated string, RFC 9068 §2.2.3),
    /// `scp` (string or array) and `scopes` (array).
    pub fn scopes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.scope_names().iter().map(|scope| &**scope)
    }

    pub(crate) fn scope_names(&self) -> &Names {
        &self.inner.read.scopes
    }

    /// When the token expires (`exp`).
    pub fn expires_at(&self) -> SystemTime {
        self.inner.read.expires_at
    }

    /// All claims of the token, as parsed.
    pub fn raw(&self) -> &RawClaims {
        self.inner.document.parsed()
    }

    /// One claim of the token, as parsed.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.raw().get(name)
    }

    /// The claims as any type that serde knows. For claims that every request needs, derive
    /// `Claims`, which names the claim at fault and can say where roles are.
    ///
    /// # Errors
    ///
    /// [`TokenInvalidError`] with the reason `Invalid claim 'claims'` where they do not fit the type.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, TokenInvalidError> {
        T::deserialize(Value::Object(self.raw().clone())).map_err(|_| {
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

fn scopes(claims: &Object<'_>) -> Result<Names, TokenInvalidReason> {
    if let Some(scope) = string(claims, "scope")? {
        return Ok(space_separated(scope));
    }
    match claims.present("scp") {
        None => Ok(string_array(claims, "scopes")?.unwrap_or_default()),
        Some(Json::String(scp)) => Ok(space_separated(scp)),
        Some(Json::Array(scp)) => strings(scp, "scp"),
        Some(_) => Err(TokenInvalidReason::InvalidClaim("scp".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_issuer_is_known_without_the_document() {
        let text = br#"{"iss":"https://id.example","sub":"ada"}"#;
        let claims = Object::parse(text).unwrap();
        let read = TokenClaims::read(Named::NOTHING, &claims, Duration::ZERO).unwrap();
        // If this one were asked, there would be no issuer.
        let claims = read.of(Document::new(b"{}"), None);
        assert_eq!(claims.iss(), "https://id.example");
        assert!(claims.get("iss").is_none());
    }
}
