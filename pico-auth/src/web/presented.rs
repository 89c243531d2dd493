//! What a request shows of its caller, taken out of it: verifying it outlives the request's borrow.

use axum::extract::{OriginalUri, Request};
use http::header::HeaderName;
use http::{HeaderMap, Method};

use super::authentication::Authentication;
use super::bearer::{AGENT_HEADER, NotOne, single_credential};
use super::certificate;
use crate::binding::{ClientCertificate, Credentials};
use crate::error::{
    AuthClientError, MissingTokenError, TokenInvalidError, TokenInvalidReason, TokenKind,
};
use crate::token::{AuthScheme, RawToken};

/// The header of a DPoP proof (RFC 9449 §4.1).
const PROOF: HeaderName = HeaderName::from_static("dpop");

/// The credentials of a request.
pub(super) struct Presented {
    token: String,
    agent: Option<String>,
    proof: Option<DpopProof>,
    certificate: Option<ClientCertificate>,
}

/// A proof and what it must be for.
struct DpopProof {
    proof: String,
    method: Method,
    path: String,
}

impl Presented {
    /// The credentials of `request`; `None` where it has none at all. Only their form is looked at.
    pub(super) fn of(
        authentication: &Authentication,
        request: &Request,
    ) -> Result<Option<Self>, AuthClientError> {
        let headers = request.headers();
        let token = authentication.extractor.extract(headers)?;
        let agent = single_credential(headers, &AGENT_HEADER, RawToken::from_header_value);
        let agent = agent.map_err(|NotOne| {
            let reason = TokenInvalidReason::Malformed("not one Bearer credential");
            TokenInvalidError::new(TokenKind::Agent, reason)
        })?;
        let missing = MissingTokenError::new(TokenKind::Bearer);
        let Some(token) = token else {
            // An agent acts for a caller: alone it is nobody, and not anonymous either.
            return if agent.is_some() {
                Err(missing.into())
            } else {
                Ok(None)
            };
        };
        let invalid = |reason| TokenInvalidError::new(TokenKind::Bearer, reason);
        let proof = match token.scheme() {
            AuthScheme::Bearer => None,
            // A scheme that this service does not know.
            AuthScheme::DPoP if !authentication.authenticator.accepts_dpop() => {
                return Err(missing.into());
            }
            AuthScheme::DPoP => Some(DpopProof {
                proof: one_proof(headers).map_err(invalid)?,
                method: request.method().clone(),
                path: path(request).to_owned(),
            }),
        };
        let certificate = match &authentication.certificate_header {
            Some(header) => header.read(headers).map_err(invalid)?,
            None => certificate::of_connection(request.extensions()),
        };
        Ok(Some(Self {
            token: token.as_str().to_owned(),
            agent: agent.map(|agent| agent.as_str().to_owned()),
            proof,
            certificate,
        }))
    }

    pub(super) fn credentials(&self) -> Credentials<'_> {
        let token = &self.token;
        let credentials = match &self.proof {
            None => Credentials::bearer(token),
            Some(DpopProof {
                proof,
                method,
                path,
            }) => Credentials::dpop(token, proof, method.as_str(), path),
        };
        credentials
            .agent(self.agent.as_deref())
            .certificate(self.certificate)
    }
}

/// By which scheme the token of a request comes.
pub(super) fn scheme(authentication: &Authentication, headers: &HeaderMap) -> AuthScheme {
    match authentication.extractor.extract(headers) {
        Ok(Some(token)) => token.scheme(),
        Ok(None) | Err(_) => AuthScheme::Bearer,
    }
}

/// There must be exactly one (RFC 9449 §4.3).
fn one_proof(headers: &HeaderMap) -> Result<String, TokenInvalidReason> {
    let mut values = headers.get_all(PROOF).iter();
    let value = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        (None, _) => return Err(TokenInvalidReason::DpopProof("is missing")),
        (Some(_), Some(_)) => return Err(TokenInvalidReason::DpopProof("is not the only one")),
    };
    let otherwise = TokenInvalidReason::DpopProof("has not three parts");
    value.map(str::to_owned).ok_or(otherwise)
}

/// The path that the client asked for: where routers are nested, axum has taken off its beginning.
fn path(request: &Request) -> &str {
    let original = request.extensions().get::<OriginalUri>();
    original
        .map_or(request.uri(), |OriginalUri(uri)| uri)
        .path()
}
