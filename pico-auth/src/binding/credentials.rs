//! What a request shows of its caller.

use std::fmt;

use super::ClientCertificate;

/// What a request shows of its caller: a token, and what else proves that it is theirs.
///
/// The axum layers of this crate make it of every request. It is for other transports:
///
/// ```
/// use pico_auth::{AuthClientError, Authenticator, Credentials, SecurityContext};
///
/// async fn caller(
///     authenticator: &Authenticator,
///     token: &str,
///     proof: &str,
/// ) -> Result<SecurityContext, AuthClientError> {
///     let credentials = Credentials::dpop(token, proof, "GET", "/orders/7");
///     authenticator.authenticate_with(credentials).await
/// }
/// ```
///
/// `Debug` shows which parts there are, and none of them.
#[derive(Clone, Copy)]
#[must_use = "give it to `Authenticator::authenticate_with`"]
pub struct Credentials<'a> {
    pub(crate) token: &'a str,
    pub(crate) agent: Option<&'a str>,
    pub(super) proof: Option<Presented<'a>>,
    pub(super) certificate: Option<ClientCertificate>,
}

/// The same, to keep: verifying it can outlive the request it was taken from.
#[cfg(feature = "axum")]
pub(crate) struct OwnedCredentials {
    token: Box<str>,
    agent: Option<Box<str>>,
    /// The proof, the method and the path.
    proof: Option<[Box<str>; 3]>,
    certificate: Option<ClientCertificate>,
}

#[cfg(feature = "axum")]
impl OwnedCredentials {
    pub(crate) fn credentials(&self) -> Credentials<'_> {
        let credentials = match &self.proof {
            None => Credentials::bearer(&self.token),
            Some([proof, method, path]) => Credentials::dpop(&self.token, proof, method, path),
        };
        credentials
            .agent(self.agent.as_deref())
            .certificate(self.certificate)
    }
}

#[cfg(feature = "axum")]
impl From<Credentials<'_>> for OwnedCredentials {
    fn from(credentials: Credentials<'_>) -> Self {
        let proof = credentials
            .proof
            .map(|presented| [presented.proof, presented.method, presented.path].map(Into::into));
        Self {
            token: credentials.token.into(),
            agent: credentials.agent.map(Into::into),
            proof,
            certificate: credentials.certificate,
        }
    }
}

/// A proof and the request that it must be for.
#[derive(Clone, Copy)]
pub(super) struct Presented<'a> {
    pub(super) proof: &'a str,
    pub(super) method: &'a str,
    pub(super) path: &'a str,
}

impl<'a> Credentials<'a> {
    /// A token of the scheme `Bearer`.
    pub const fn bearer(token: &'a str) -> Self {
        Self {
            token,
            agent: None,
            proof: None,
            certificate: None,
        }
    }

    /// A token of the scheme `DPoP` and the value of the one `DPoP` header beside it (RFC 9449 §7.1).
    ///
    /// `method` and `path` are those of the request; the path as the client wrote it, with or without
    /// the query, and without what the public URL given to [`Dpop`](crate::Dpop) has before it.
    pub const fn dpop(token: &'a str, proof: &'a str, method: &'a str, path: &'a str) -> Self {
        let mut credentials = Self::bearer(token);
        credentials.proof = Some(Presented {
            proof,
            method,
            path,
        });
        credentials
    }

    /// Adds the token of an agent that acts for the caller.
    pub fn agent(mut self, token: impl Into<Option<&'a str>>) -> Self {
        self.agent = token.into();
        self
    }

    /// Adds the certificate with which the client opened its TLS connection. It must come from whoever
    /// terminates TLS, never from what a client could write.
    pub fn certificate(mut self, certificate: impl Into<Option<ClientCertificate>>) -> Self {
        self.certificate = certificate.into();
        self
    }
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("agent", &self.agent.is_some())
            .field("proof", &self.proof.is_some())
            .field("certificate", &self.certificate.is_some())
            .finish_non_exhaustive()
    }
}
