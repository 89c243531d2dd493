//! Tokens, good and hostile.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::TestKey;
use super::key::base64url;
use crate::{ClientCertificate, binding};

/// Builds one token. Everything can be set, also to what no honest issuer would sign.
#[derive(Clone)]
#[must_use = "call `sign`"]
pub struct TokenBuilder {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    pub(super) key: TestKey,
    pub(super) issued_at: Duration,
}

/// How long tokens are valid unless the test says otherwise.
const LIFETIME: Duration = Duration::from_secs(300);

impl TokenBuilder {
    /// An access token as RFC 9068 wants it, valid for five minutes from `issued_at`, since the epoch.
    pub fn new(
        issuer: &str,
        audience: &str,
        subject: &str,
        key: &TestKey,
        issued_at: Duration,
    ) -> Self {
        let token = Self {
            header: Map::new(),
            claims: Map::new(),
            key: key.clone(),
            issued_at,
        };
        token
            .header("typ", "at+jwt")
            .header("alg", key.algorithm().name())
            .header("kid", key.kid())
            .claim("iss", issuer)
            .claim("aud", audience)
            .claim("sub", subject)
            .claim("client_id", "test-client")
            .claim("jti", next("token"))
            .claim("iat", issued_at.as_secs())
            .expires_in(LIFETIME)
    }

    /// A DPoP proof for one request (RFC 9449 §4.2), signed by `key`. `uri` is the public URL of the
    /// request, and `token` the token it stands beside.
    pub fn proof(key: &TestKey, method: &str, uri: &str, token: &str, issued_at: Duration) -> Self {
        let mut jwk = key.jwk();
        if let Some(members) = jwk.as_object_mut() {
            // What makes the key, and nothing else, as clients do it; an AKP key is made by its `alg`, too.
            let is_akp = members.get("kty").is_some_and(|kty| kty == "AKP");
            members.retain(|name, _| {
                !matches!(name.as_str(), "kid" | "use") && (is_akp || name != "alg")
            });
        }
        let proof = Self {
            header: Map::new(),
            claims: Map::new(),
            key: key.clone(),
            issued_at,
        };
        proof
            .header("typ", binding::PROOF_TYPE)
            .header("alg", key.algorithm().name())
            .header("jwk", jwk)
            .claim("jti", next("proof"))
            .claim("htm", method)
            .claim("htu", uri)
            .claim("ath", binding::token_hash(token))
            .claim("iat", issued_at.as_secs())
    }

    /// Binds the token to a key of its client (DPoP, RFC 9449 §6.1), beside what it is bound to already.
    pub fn bound_to(self, key: &TestKey) -> Self {
        self.confirmed_by("jkt", key.thumbprint())
    }

    /// Binds the token to a certificate of its client (RFC 8705 §3.1), beside what it is bound to already.
    pub fn bound_to_certificate(self, certificate: &ClientCertificate) -> Self {
        self.confirmed_by("x5t#S256", certificate.thumbprint())
    }

    fn confirmed_by(self, method: &str, hash: String) -> Self {
        let mut cnf = self.claims.get("cnf").cloned().unwrap_or_else(|| json!({}));
        if let Some(members) = cnf.as_object_mut() {
            members.insert(method.to_owned(), hash.into());
        }
        self.claim("cnf", cnf)
    }

    /// Sets a member of the header.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Takes a member out of the header.
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    /// Sets a claim.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Takes out a claim.
    pub fn without_claim(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// Sets the `role` claim, where roles are looked for by default. A claims type may look elsewhere:
    /// `.claim("realm_access", json!({ "roles": ["admin"] }))`.
    pub fn role(self, role: impl AsRef<str>) -> Self {
        self.claim("role", role.as_ref())
    }

    /// Sets the `groups` claim.
    pub fn groups<const N: usize>(self, groups: [&str; N]) -> Self {
        self.claim("groups", json!(groups.as_slice()))
    }

    /// Sets the `scope` claim, what a bearer token may do; several scopes stand between spaces.
    pub fn scope(self, scopes: impl AsRef<str>) -> Self {
        self.claim("scope", scopes.as_ref())
    }

    /// Sets the `scopes` claim, what an agent token may do.
    pub fn agent_scopes<const N: usize>(self, scopes: [&str; N]) -> Self {
        self.claim("scopes", json!(scopes.as_slice()))
    }

    /// Sets `exp` to this long after the time of issue.
    pub fn expires_in(self, lifetime: Duration) -> Self {
        let expires_at = self.issued_at + lifetime;
        self.claim("exp", expires_at.as_secs())
    }

    /// Sets `exp` to a minute before the time of issue.
    pub fn expired(self) -> Self {
        let expired_at = self.issued_at.saturating_sub(Duration::from_secs(60));
        self.claim("exp", expired_at.as_secs())
    }

    /// Signs with this key, and says so in the header (`alg`, `kid`): for issuers with several.
    pub fn with_key(self, key: &TestKey) -> Self {
        let token = self.header("alg", key.algorithm().name());
        token.header("kid", key.kid()).signed_by(key)
    }

    /// Signs with another key. The header stays as it is: the token claims the first key's `kid`.
    pub fn signed_by(mut self, key: &TestKey) -> Self {
        self.key = key.clone();
        self
    }

    /// The token, signed.
    pub fn sign(self) -> String {
        self.signed(&text(&self.claims))
    }

    /// The token with any signature, such as none at all.
    pub fn with_signature(self, signature: &[u8]) -> String {
        format!("{}.{}", self.signing_input(), base64url(signature))
    }

    /// Header and claims: what is signed.
    pub(super) fn signing_input(&self) -> String {
        self.signing_input_of(&text(&self.claims))
    }

    fn signing_input_of(&self, claims: &str) -> String {
        let [header, claims] = [&text(&self.header), claims].map(|text| base64url(text.as_bytes()));
        format!("{header}.{claims}")
    }

    /// The token with these claims, signed.
    fn signed(&self, claims: &str) -> String {
        let message = self.signing_input_of(claims);
        let signature = base64url(&self.key.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    /// The token, signed, with a claim that is there twice.
    pub(super) fn sign_with_second(&self, name: &str, second: impl Into<Value>) -> String {
        let claims = text(&self.claims);
        let first = claims.strip_suffix('}').unwrap_or(&claims);
        let (name, second) = (Value::from(name), second.into());
        self.signed(&format!("{first},{name}:{second}}}"))
    }
}

fn text(part: &Map<String, Value>) -> String {
    Value::from(part.clone()).to_string()
}

/// An id that no other token of this process has.
pub(super) fn next(what: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{what}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Names the key; the claims stay out of logs, as everywhere.
impl fmt::Debug for TokenBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenBuilder")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
