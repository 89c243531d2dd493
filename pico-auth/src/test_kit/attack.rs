//! What attackers send, by name.

use std::fmt;
use std::time::Duration;

use serde_json::json;

use super::{TestKey, TokenBuilder};

/// A token that a service must refuse, made of a good one by [`TokenBuilder::attack`].
///
/// ```
/// use pico_auth::test_kit::{Attack, TestIssuer};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let issuer = TestIssuer::in_memory();
/// let authenticator = issuer.authenticator();
/// for attack in Attack::ALL {
///     let token = issuer.token("u1").role("admin").attack(*attack);
///     let refusal = authenticator.authenticate(&token, None).await.unwrap_err();
///     assert_eq!(refusal.to_string(), attack.detail(), "{attack}");
/// }
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Attack {
    /// `exp` passed an hour before the time of issue.
    Expired,
    /// No `exp`: it would be good for ever (RFC 9068 §2.2).
    WithoutExpiry,
    /// `nbf` comes an hour after the time of issue.
    NotYetValid,
    /// `iss` names another issuer.
    OtherIssuer,
    /// `aud` names another service.
    OtherAudience,
    /// `alg` is `none`, and there is no signature (RFC 8725 §3.1).
    AlgorithmNone,
    /// `alg` is `HS256`, and the secret is the public key (RFC 8725 §2.1).
    AlgorithmConfusion,
    /// The signature was taken away, and the header left as it was.
    StrippedSignature,
    /// The claims were changed after signing.
    ChangedClaims,
    /// Another key has signed, under the `kid` of the issuer's.
    OtherKey,
    /// The header brings the attacker's key along, `jwk` (RFC 8725 §3.10).
    EmbeddedKey,
    /// No key of the issuer has the `kid`.
    UnknownKey,
    /// `crit` asks for an extension (RFC 7515 §4.1.11).
    CriticalExtension,
    /// `sub` is there twice; another reader could believe the other one (RFC 7519 §4).
    DuplicateClaim,
    /// A refresh token of the same issuer (RFC 8725 §3.11).
    RefreshToken,
    /// An ID token of the same issuer (RFC 8725 §3.11).
    IdToken,
    /// A logout token of the same issuer (RFC 8725 §3.11).
    LogoutToken,
}

const HOUR: Duration = Duration::from_secs(3600);

const SIGNATURE: &str = "Invalid token: Signature verification failed";
const ALGORITHM: &str = "Invalid token: Algorithm is not accepted";
const NOT_ACCESS: &str = "Invalid token: Not an access token";

impl Attack {
    /// Every attack.
    pub const ALL: &[Self] = &[
        Self::Expired,
        Self::WithoutExpiry,
        Self::NotYetValid,
        Self::OtherIssuer,
        Self::OtherAudience,
        Self::AlgorithmNone,
        Self::AlgorithmConfusion,
        Self::StrippedSignature,
        Self::ChangedClaims,
        Self::OtherKey,
        Self::EmbeddedKey,
        Self::UnknownKey,
        Self::CriticalExtension,
        Self::DuplicateClaim,
        Self::RefreshToken,
        Self::IdToken,
        Self::LogoutToken,
    ];

    /// What the service says of it, in the `detail` of the answer 401.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::Expired => "Token has expired",
            Self::WithoutExpiry => "Invalid token: Missing claim 'exp'",
            Self::NotYetValid => "Invalid token: Token is not yet valid",
            Self::OtherIssuer => "Invalid token: Invalid issuer",
            Self::OtherAudience => "Invalid token: Invalid audience",
            Self::AlgorithmNone | Self::AlgorithmConfusion => ALGORITHM,
            Self::StrippedSignature => {
                "Invalid token: Malformed token, a part is not unpadded base64url"
            }
            Self::ChangedClaims | Self::OtherKey | Self::EmbeddedKey => SIGNATURE,
            Self::UnknownKey => "Invalid token: Unknown signing key",
            Self::CriticalExtension => {
                "Invalid token: Malformed token, the header asks for an extension"
            }
            Self::DuplicateClaim => {
                "Invalid token: Malformed token, the claims are not a JSON object with unique members"
            }
            Self::RefreshToken | Self::IdToken | Self::LogoutToken => NOT_ACCESS,
        }
    }
}

/// In words: `algorithm confusion`.
impl fmt::Display for Attack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "expired",
            Self::WithoutExpiry => "without expiry",
            Self::NotYetValid => "not yet valid",
            Self::OtherIssuer => "other issuer",
            Self::OtherAudience => "other audience",
            Self::AlgorithmNone => "algorithm none",
            Self::AlgorithmConfusion => "algorithm confusion",
            Self::StrippedSignature => "stripped signature",
            Self::ChangedClaims => "changed claims",
            Self::OtherKey => "other key",
            Self::EmbeddedKey => "embedded key",
            Self::UnknownKey => "unknown key",
            Self::CriticalExtension => "critical extension",
            Self::DuplicateClaim => "duplicate claim",
            Self::RefreshToken => "refresh token",
            Self::IdToken => "ID token",
            Self::LogoutToken => "logout token",
        })
    }
}

impl TokenBuilder {
    /// The token as an attacker would send it. Whatever else it says, such as the role, stays: nothing but
    /// the attack is to refuse.
    pub fn attack(self, attack: Attack) -> String {
        let issued_at = self.issued_at;
        let attacker = || TestKey::generate(self.key.kid(), self.key.algorithm());
        match attack {
            Attack::Expired => {
                let expired_at = issued_at.saturating_sub(HOUR);
                self.claim("exp", expired_at.as_secs()).sign()
            }
            Attack::WithoutExpiry => self.without_claim("exp").sign(),
            Attack::NotYetValid => {
                let valid_at = issued_at + HOUR;
                let token = self.claim("nbf", valid_at.as_secs());
                token.expires_in(2 * HOUR).sign()
            }
            Attack::OtherIssuer => self.claim("iss", "https://other-issuer.test").sign(),
            Attack::OtherAudience => self.claim("aud", "other-api").sign(),
            Attack::AlgorithmNone => self.header("alg", "none").with_signature(b""),
            Attack::AlgorithmConfusion => {
                let token = self.header("alg", "HS256");
                let message = token.signing_input();
                let signature = token.key.hs256_with_public_pem(message.as_bytes());
                token.with_signature(&signature)
            }
            Attack::StrippedSignature => self.with_signature(b""),
            Attack::ChangedClaims => {
                let signature = self.key.sign(self.signing_input().as_bytes());
                self.claim("sub", "root").with_signature(&signature)
            }
            Attack::OtherKey => {
                let attacker = attacker();
                self.signed_by(&attacker).sign()
            }
            Attack::EmbeddedKey => {
                let attacker = attacker();
                let token = self.header("jwk", attacker.jwk());
                token.signed_by(&attacker).sign()
            }
            Attack::UnknownKey => self.header("kid", "unknown-key").sign(),
            Attack::CriticalExtension => self.header("crit", json!(["exp"])).sign(),
            Attack::DuplicateClaim => self.sign_with_second("sub", "root"),
            Attack::RefreshToken => self.header("typ", "JWT").claim("typ", "Refresh").sign(),
            Attack::IdToken => {
                let token = self.header("typ", "JWT").claim("at_hash", "MTIzNDU2");
                token.claim("nonce", "n-0S6_WzA2Mj").sign()
            }
            Attack::LogoutToken => {
                let events = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
                self.header("typ", "logout+jwt")
                    .claim("events", events)
                    .sign()
            }
        }
    }
}
