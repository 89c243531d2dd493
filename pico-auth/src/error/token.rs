//! 401: the token is missing, expired or invalid.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use super::trace::{TokenTrace, traced};

/// Which of the two tokens of a request an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum TokenKind {
    /// The token of the `Authorization` header: the caller's identity.
    #[default]
    Bearer,
    /// The token of the `X-Agent-Authorization` header: the agent's identity.
    Agent,
}

impl TokenKind {
    /// A short, stable word for logs and metrics: `bearer` or `agent`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Agent => "agent",
        }
    }
}

/// 401: no token, or nothing that has the form of one, or more than one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MissingTokenError {
    token: TokenKind,
}

impl MissingTokenError {
    /// The error for a request without `token`.
    pub const fn new(token: TokenKind) -> Self {
        Self { token }
    }

    /// Which token is missing.
    pub const fn token(&self) -> TokenKind {
        self.token
    }
}

impl fmt::Display for MissingTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.token {
            TokenKind::Bearer => "Missing or invalid Authorization header",
            TokenKind::Agent => "Endpoint requires X-Agent-Authorization header (agent token)",
        })
    }
}

impl Error for MissingTokenError {}

/// 401: the signature is good and the `exp` claim has passed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenExpiredError {
    token: TokenKind,
    trace: TokenTrace,
}

impl TokenExpiredError {
    /// The error for an expired `token`.
    pub fn new(token: TokenKind) -> Self {
        Self {
            token,
            trace: TokenTrace::default(),
        }
    }

    /// Which token has expired.
    pub const fn token(&self) -> TokenKind {
        self.token
    }
}

impl fmt::Display for TokenExpiredError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.token {
            TokenKind::Bearer => "Token has expired",
            TokenKind::Agent => "Agent token has expired",
        })
    }
}

impl Error for TokenExpiredError {}

traced!(TokenExpiredError);

/// Why a token is invalid. `Display` is the second half of the `detail`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenInvalidReason {
    /// Not a JWS in compact form (RFC 7515 §7.1) with JSON objects inside. The text says what is off.
    Malformed(&'static str),
    /// Longer than the configured limit.
    TooLarge,
    /// The header's `alg` is not on the allow-list, or does not fit the key (RFC 8725 §3.1).
    Algorithm,
    /// No key of the issuer has the token's `kid`, or more than one would fit.
    UnknownKey,
    /// The signature does not verify.
    Signature,
    /// `iss` is not the configured issuer.
    Issuer,
    /// `aud` does not contain the configured audience.
    Audience,
    /// `nbf` lies in the future.
    NotYetValid,
    /// The token is on the revocation list.
    Revoked,
    /// The issuer says that the token is not active (RFC 7662 §2.2): never issued, expired, revoked, or
    /// not for this service. It does not say which.
    Inactive,
    /// The token says that it is something else than an access token (RFC 8725 §3.11).
    NotAnAccessToken,
    /// A claim that must be there is not.
    MissingClaim(Cow<'static, str>),
    /// A claim has the wrong JSON type or an impossible value.
    InvalidClaim(Cow<'static, str>),
    /// A claim has a value that the application does not accept, for the reason that is given. The
    /// reason is constant, so it cannot repeat the value.
    RefusedClaim(Cow<'static, str>, &'static str),
    /// The token is bound to its sender (RFC 9449, RFC 8705), and this request does not show that it is
    /// theirs. The text says what is missing.
    SenderConstraint(&'static str),
    /// The DPoP proof beside the token is none for this request (RFC 9449 §4.3). The text says why.
    DpopProof(&'static str),
    /// The DPoP proof must hold a nonce of this service: this one (RFC 9449 §9).
    DpopNonce(Box<str>),
}

impl TokenInvalidReason {
    /// A short, stable word for logs and metrics, such as `signature` or `unknown_key`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::TooLarge => "too_large",
            Self::Algorithm => "algorithm",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::NotYetValid => "not_yet_valid",
            Self::Revoked => "revoked",
            Self::Inactive => "inactive",
            Self::NotAnAccessToken => "not_an_access_token",
            Self::MissingClaim(_) => "missing_claim",
            Self::InvalidClaim(_) => "invalid_claim",
            Self::RefusedClaim(..) => "refused_claim",
            Self::SenderConstraint(_) => "sender_constraint",
            Self::DpopProof(_) => "dpop_proof",
            Self::DpopNonce(_) => "dpop_nonce",
        }
    }
}

impl fmt::Display for TokenInvalidReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(what) => write!(f, "Malformed token, {what}"),
            Self::TooLarge => f.write_str("Token is too large"),
            Self::Algorithm => f.write_str("Algorithm is not accepted"),
            Self::UnknownKey => f.write_str("Unknown signing key"),
            Self::Signature => f.write_str("Signature verification failed"),
            Self::Issuer => f.write_str("Invalid issuer"),
            Self::Audience => f.write_str("Invalid audience"),
            Self::NotYetValid => f.write_str("Token is not yet valid"),
            Self::Revoked => f.write_str("Token has been revoked"),
            Self::Inactive => f.write_str("Token is not active"),
            Self::NotAnAccessToken => f.write_str("Not an access token"),
            Self::MissingClaim(claim) => write!(f, "Missing claim '{claim}'"),
            Self::InvalidClaim(claim) => write!(f, "Invalid claim '{claim}'"),
            Self::RefusedClaim(claim, problem) => write!(f, "Invalid claim '{claim}': {problem}"),
            Self::SenderConstraint(what) => write!(f, "Token {what}"),
            Self::DpopProof(what) => write!(f, "The DPoP proof {what}"),
            Self::DpopNonce(_) => f.write_str("The DPoP proof must hold the nonce of this answer"),
        }
    }
}

/// 401: the token is refused; [`reason`](Self::reason) says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenInvalidError {
    token: TokenKind,
    reason: TokenInvalidReason,
    trace: TokenTrace,
}

impl TokenInvalidError {
    /// The error for a `token` refused for `reason`.
    pub fn new(token: TokenKind, reason: TokenInvalidReason) -> Self {
        Self {
            token,
            reason,
            trace: TokenTrace::default(),
        }
    }

    /// Which token is invalid.
    pub const fn token(&self) -> TokenKind {
        self.token
    }

    /// Why it is invalid.
    pub const fn reason(&self) -> &TokenInvalidReason {
        &self.reason
    }
}

impl fmt::Display for TokenInvalidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.token {
            TokenKind::Bearer => write!(f, "Invalid token: {}", self.reason),
            TokenKind::Agent => write!(f, "Invalid agent token: {}", self.reason),
        }
    }
}

impl Error for TokenInvalidError {}

traced!(TokenInvalidError);
