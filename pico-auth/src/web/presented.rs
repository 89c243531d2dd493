//! What a request shows of its caller. Only its form is looked at.

use axum::extract::OriginalUri;
use http::header::HeaderName;
use http::{HeaderMap, Request};

use super::authentication::Authentication;
use super::bearer::{AGENT_HEADER, NotOne, single_credential};
use super::certificate;
use crate::binding::Credentials;
use crate::error::{
    AuthClientError, MissingTokenError, TokenInvalidError, TokenInvalidReason, TokenKind,
};
use crate::token::{AuthScheme, RawToken};

/// The header of a DPoP proof (RFC 9449 §4.1).
pub(super) const PROOF: HeaderName = HeaderName::from_static("dpop");

/// The credentials of `request`, whose token was found to be this one; `None` where it has none at all.
pub(super) fn credentials<'r, B>(
    authentication: &Authentication,
    request: &'r Request<B>,
    token: Option<RawToken<'r>>,
) -> Result<Option<Credentials<'r>>, AuthClientError> {
    let headers = request.headers();
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
    let credentials = match token.scheme() {
        AuthScheme::Bearer => Credentials::bearer(token.as_str()),
        // A scheme that this service does not know.
        AuthScheme::DPoP if !authentication.authenticator.accepts_dpop() => {
            return Err(missing.into());
        }
        AuthScheme::DPoP => {
            let proof = one_proof(headers).map_err(invalid)?;
            let method = request.method().as_str();
            Credentials::dpop(token.as_str(), proof, method, path(request))
        }
    };
    let certificate = match &authentication.certificate_header {
        Some(header) => header.read(headers).map_err(invalid)?,
        None => certificate::of_connection(request.extensions()),
    };
    let agent = agent.map(RawToken::as_str);
    Ok(Some(credentials.agent(agent).certificate(certificate)))
}

/// There must be exactly one (RFC 9449 §4.3).
fn one_proof(headers: &HeaderMap) -> Result<&str, TokenInvalidReason> {
    let mut values = headers.get_all(PROOF).iter();
    let value = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        (None, _) => return Err(TokenInvalidReason::DpopProof("is missing")),
        (Some(_), Some(_)) => return Err(TokenInvalidReason::DpopProof("is not the only one")),
    };
    let otherwise = TokenInvalidReason::DpopProof("has not three parts");
    value.ok_or(otherwise)
}

/// The path that the client asked for: where routers are nested, axum has taken off its beginning.
fn path<B>(request: &Request<B>) -> &str {
    let original = request.extensions().get::<OriginalUri>();
    original
        .map_or(request.uri(), |OriginalUri(uri)| uri)
        .path()
}
