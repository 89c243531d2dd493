//! The error hierarchy: [`AuthClientError`] is the base, each leaf is a type of its own.
//!
//! `Display` of every error is the `detail` a client sees. What an operator needs to know and a
//! client must not (the key id, the token id, the cause of an outage) is in accessors and in
//! [`std::error::Error::source`].

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Any refusal or failure of pico-auth. Match a variant, or catch them all.
///
/// | Variant | HTTP status |
/// |---|---|
/// | [`MissingToken`](Self::MissingToken), [`TokenExpired`](Self::TokenExpired), [`TokenInvalid`](Self::TokenInvalid) | 401 |
/// | [`InsufficientPermissions`](Self::InsufficientPermissions) | 403 |
/// | [`AuthUnavailable`](Self::AuthUnavailable) | 503 |
/// | [`AuthConfiguration`](Self::AuthConfiguration) | 500, but it belongs to start-up |
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum AuthClientError {
    /// No usable token was sent.
    #[error(transparent)]
    MissingToken(#[from] MissingTokenError),
    /// The token was valid once.
    #[error(transparent)]
    TokenExpired(#[from] TokenExpiredError),
    /// The token is refused for any other reason.
    #[error(transparent)]
    TokenInvalid(#[from] TokenInvalidError),
    /// The caller is known and may not do this.
    #[error(transparent)]
    InsufficientPermissions(#[from] InsufficientPermissionsError),
    /// Whether the caller may do this cannot be decided now.
    #[error(transparent)]
    AuthUnavailable(#[from] AuthUnavailableError),
    /// The service is configured wrongly.
    #[error(transparent)]
    AuthConfiguration(#[from] AuthConfigurationError),
}

impl AuthClientError {
    /// The HTTP status that answers this error.
    pub const fn status_code(&self) -> u16 {
        match self {
            Self::MissingToken(_) | Self::TokenExpired(_) | Self::TokenInvalid(_) => 401,
            Self::InsufficientPermissions(_) => 403,
            Self::AuthUnavailable(_) => 503,
            Self::AuthConfiguration(_) => 500,
        }
    }
}

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

/// What a log line may say of a refused token: its key and its id, never the token.
///
/// Both come from the token itself, so before the signature is verified they are the caller's
/// words; they are cut to 64 characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct TokenTrace {
    kid: Option<Box<str>>,
    jti: Option<Box<str>>,
}

/// The longest `kid` or `jti` that an error keeps, in characters.
const TRACE_MAX_CHARS: usize = 64;

fn trace(value: Option<&str>) -> Option<Box<str>> {
    value.map(|value| value.chars().take(TRACE_MAX_CHARS).collect())
}

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

    /// Adds what a log line may say of the token.
    #[must_use]
    pub fn with_trace(mut self, kid: Option<&str>, jti: Option<&str>) -> Self {
        self.trace = TokenTrace {
            kid: trace(kid),
            jti: trace(jti),
        };
        self
    }

    /// Which token has expired.
    pub const fn token(&self) -> TokenKind {
        self.token
    }

    /// The key id the token names, cut to 64 characters.
    pub fn kid(&self) -> Option<&str> {
        self.trace.kid.as_deref()
    }

    /// The token's `jti` claim, cut to 64 characters.
    pub fn jti(&self) -> Option<&str> {
        self.trace.jti.as_deref()
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
    /// The token says that it is something else than an access token (RFC 8725 §3.11).
    NotAnAccessToken,
    /// A claim that must be there is not.
    MissingClaim(Cow<'static, str>),
    /// A claim has the wrong JSON type or an impossible value.
    InvalidClaim(Cow<'static, str>),
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
            Self::NotAnAccessToken => "not_an_access_token",
            Self::MissingClaim(_) => "missing_claim",
            Self::InvalidClaim(_) => "invalid_claim",
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
            Self::NotAnAccessToken => f.write_str("Not an access token"),
            Self::MissingClaim(claim) => write!(f, "Missing claim '{claim}'"),
            Self::InvalidClaim(claim) => write!(f, "Invalid claim '{claim}'"),
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

    /// Adds what a log line may say of the token.
    #[must_use]
    pub fn with_trace(mut self, kid: Option<&str>, jti: Option<&str>) -> Self {
        self.trace = TokenTrace {
            kid: trace(kid),
            jti: trace(jti),
        };
        self
    }

    /// Which token is invalid.
    pub const fn token(&self) -> TokenKind {
        self.token
    }

    /// Why it is invalid.
    pub const fn reason(&self) -> &TokenInvalidReason {
        &self.reason
    }

    /// The key id the token names, cut to 64 characters; unverified unless the reason says otherwise.
    pub fn kid(&self) -> Option<&str> {
        self.trace.kid.as_deref()
    }

    /// The token's `jti` claim, cut to 64 characters; present only once the signature was verified.
    pub fn jti(&self) -> Option<&str> {
        self.trace.jti.as_deref()
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

/// What a rule can require by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Permission {
    /// A role of the caller.
    Role,
    /// A group of the caller.
    Group,
    /// A scope of the bearer token.
    Scope,
    /// A scope of the agent token.
    AgentScope,
}

impl Permission {
    /// The plural word of messages: `roles`, `groups`, `scopes`, `agent scopes`.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Role => "roles",
            Self::Group => "groups",
            Self::Scope => "scopes",
            Self::AgentScope => "agent scopes",
        }
    }
}

/// What the failed rule requires. It never says what the caller has.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequiredPermissions {
    /// One of these names would have sufficed. The names are sorted.
    OneOf(Permission, Box<[Box<str>]>),
    /// All of these names are needed. The names are sorted.
    AllOf(Permission, Box<[Box<str>]>),
    /// The rule can be satisfied by nobody (an empty `any` or `all`, built at run time).
    Nothing,
}

/// 403: the caller is authenticated and lacks what the rule requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsufficientPermissionsError {
    required: Box<RequiredPermissions>,
}

impl InsufficientPermissionsError {
    /// The error of a rule that needs at least one of `names`.
    pub fn one_of<N: Into<Box<str>>>(
        permission: Permission,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        Self {
            required: Box::new(RequiredPermissions::OneOf(permission, sorted(names))),
        }
    }

    /// The error of a rule that needs every one of `names`.
    pub fn all_of<N: Into<Box<str>>>(
        permission: Permission,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        Self {
            required: Box::new(RequiredPermissions::AllOf(permission, sorted(names))),
        }
    }

    /// The error of a rule that nobody can satisfy.
    pub fn nothing_suffices() -> Self {
        Self {
            required: Box::new(RequiredPermissions::Nothing),
        }
    }

    /// What the rule requires.
    pub const fn required(&self) -> &RequiredPermissions {
        &self.required
    }
}

fn sorted<N: Into<Box<str>>>(names: impl IntoIterator<Item = N>) -> Box<[Box<str>]> {
    let mut names: Vec<Box<str>> = names.into_iter().map(Into::into).collect();
    names.sort_unstable();
    names.into()
}

impl fmt::Display for InsufficientPermissionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (how, permission, names) = match &*self.required {
            RequiredPermissions::OneOf(permission, names) => ("one", permission, names),
            RequiredPermissions::AllOf(permission, names) => ("all", permission, names),
            RequiredPermissions::Nothing => return f.write_str("Nobody may do this"),
        };
        write!(f, "Requires {how} of {}: [", permission.plural())?;
        for (i, name) in names.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            write!(f, "{separator}'{name}'")?;
        }
        f.write_str("]")
    }
}

impl Error for InsufficientPermissionsError {}

/// What could not be consulted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dependency {
    /// The issuer's signing keys.
    SigningKeys,
    /// The list of revoked tokens.
    RevocationList,
    /// The [`RoleResolver`](crate::RoleResolver).
    Roles,
    /// A decision made outside the service.
    ExternalDecision,
}

impl Dependency {
    /// A short, stable word for logs and metrics, such as `signing_keys`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::SigningKeys => "signing_keys",
            Self::RevocationList => "revocation_list",
            Self::Roles => "roles",
            Self::ExternalDecision => "external_decision",
        }
    }
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SigningKeys => "Signing keys are",
            Self::RevocationList => "The revocation list is",
            Self::Roles => "Roles are",
            Self::ExternalDecision => "The access decision is",
        })
    }
}

/// 503: it cannot be decided now whether the caller may do this. The caller's token is not at fault.
#[derive(Debug, Clone)]
pub struct AuthUnavailableError {
    what: Dependency,
    retry_after: Duration,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

/// What `Retry-After` says unless the error knows better.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(5);

impl AuthUnavailableError {
    /// The error for a dependency that does not answer; `Retry-After` is 5 seconds.
    pub fn new(what: Dependency) -> Self {
        Self {
            what,
            retry_after: DEFAULT_RETRY_AFTER,
            cause: None,
        }
    }

    /// Sets how long the client should wait. Sent in whole seconds, at least 1.
    #[must_use]
    pub fn with_retry_after(mut self, retry_after: Duration) -> Self {
        self.retry_after = retry_after;
        self
    }

    /// Keeps the cause for logs; clients never see it.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(Arc::from(cause.into()));
        self
    }

    /// What could not be consulted.
    pub const fn what(&self) -> Dependency {
        self.what
    }

    /// How long the client should wait before it tries again.
    pub const fn retry_after(&self) -> Duration {
        self.retry_after
    }
}

impl fmt::Display for AuthUnavailableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} temporarily unavailable", self.what)
    }
}

impl Error for AuthUnavailableError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause
            .as_deref()
            .map(|cause| cause as &(dyn Error + 'static))
    }
}

/// A setting is missing or wrong. Raised at start-up; names the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthConfigurationError {
    key: Cow<'static, str>,
    problem: Cow<'static, str>,
}

impl AuthConfigurationError {
    /// The error for the setting `key`; `problem` says what is wrong and what to do.
    pub fn new(key: impl Into<Cow<'static, str>>, problem: impl Into<Cow<'static, str>>) -> Self {
        Self {
            key: key.into(),
            problem: problem.into(),
        }
    }

    /// The name of the setting, as a field of [`AuthClientSettings`](crate::AuthClientSettings).
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is wrong with it and what to do.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl fmt::Display for AuthConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Authentication setting `{}`: {}", self.key, self.problem)
    }
}

impl Error for AuthConfigurationError {}
