//! The form of a token: three parts, and a header that asks for nothing we do not do.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::error::TokenInvalidReason;
use crate::jwks::Algorithm;
#[cfg(feature = "http-client")]
use crate::strict::json_object;
use crate::strict::{Json, Object, base64url};

/// The three parts of a JWS in compact form (RFC 7515 §7.1), as they were sent.
pub(super) struct Compact<'a> {
    pub(super) header: &'a str,
    payload: &'a str,
    signature: &'a str,
    /// What was signed: header and payload.
    pub(super) message: &'a [u8],
}

/// What a header asks for.
///
/// Only `alg`, `kid`, `typ` and what asks for extensions mean something here. `jku`, `x5u`, `jwk` and
/// `x5c` bring a key along; they are not read at all (RFC 8725 §3.10).
#[derive(Clone)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<Arc<str>>,
}

/// Why a token is refused for its header, and the `kid` that it names.
pub(super) type HeaderRefusal = (TokenInvalidReason, Option<Arc<str>>);

pub(super) const NOT_CLAIMS: &str = "the claims are not a JSON object with unique members";

pub(super) const fn malformed(what: &'static str) -> TokenInvalidReason {
    TokenInvalidReason::Malformed(what)
}

/// The three parts of a token.
pub(crate) fn split(token: &str) -> Result<[&str; 3], TokenInvalidReason> {
    let mut parts = token.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(header), Some(payload), Some(signature), None) => Ok([header, payload, signature]),
        _ => Err(malformed("not three parts")),
    }
}

/// Whether a token has the form of a JWS: three parts, of which the first is a JSON object. What is in
/// them may be wrong; it is wrong as a JWS is, and no issuer need be asked about it.
pub(crate) fn has_the_form_of_a_jws(token: &str) -> bool {
    split(token).is_ok_and(|[header, _, _]| {
        base64url(header)
            .is_some_and(|bytes| serde_json::from_slice::<Map<String, Value>>(&bytes).is_ok())
    })
}

/// The claims of a token that has the form of a JWS, of which nothing is verified here: good where somebody
/// else vouches for the token as a whole, and for nothing else.
#[cfg(feature = "http-client")]
pub(crate) fn unverified_claims(token: &str) -> Option<Map<String, Value>> {
    let [_, payload, _] = split(token).ok().filter(|_| has_the_form_of_a_jws(token))?;
    json_object(&base64url(payload)?)
}

/// The `iss` of a token of which nothing is verified: good for choosing whose rules and keys it must
/// satisfy, and for nothing else.
///
/// # Errors
///
/// [`TokenInvalidReason::Malformed`] where it has not the form of a token,
/// [`TokenInvalidReason::MissingClaim`] and [`TokenInvalidReason::InvalidClaim`] for `iss`.
pub(crate) fn unverified_issuer(token: &str) -> Result<String, TokenInvalidReason> {
    let [_, payload, _] = split(token)?;
    let payload = base64url(payload).ok_or(malformed("a part is not unpadded base64url"))?;
    let claims = Object::parse(&payload).ok_or(malformed(NOT_CLAIMS))?;
    match claims.present("iss") {
        Some(Json::String(issuer)) => Ok(issuer.clone().into_owned()),
        None => Err(TokenInvalidReason::MissingClaim("iss".into())),
        Some(_) => Err(TokenInvalidReason::InvalidClaim("iss".into())),
    }
}

impl<'a> Compact<'a> {
    pub(super) fn of(token: &'a str) -> Result<Self, TokenInvalidReason> {
        let [header, payload, signature] = split(token)?;
        let message = token.as_bytes().get(..header.len() + 1 + payload.len());
        Ok(Self {
            header,
            payload,
            signature,
            message: message.ok_or(malformed("not three parts"))?,
        })
    }

    /// The payload and the signature, decoded.
    pub(super) fn decoded(&self) -> Result<[Vec<u8>; 2], TokenInvalidReason> {
        let decode = |part: &str| match base64url(part) {
            Some(bytes) if !bytes.is_empty() => Ok(bytes),
            _ => Err(malformed("a part is not unpadded base64url")),
        };
        Ok([decode(self.payload)?, decode(self.signature)?])
    }
}

impl Header {
    /// Reads a header, encoded as in a token.
    pub(super) fn read(
        part: &str,
        accepted: &[Algorithm],
        at_jwt_only: bool,
    ) -> Result<Self, HeaderRefusal> {
        let unnamed = |reason| (reason, None);
        let bytes = base64url(part)
            .ok_or_else(|| unnamed(malformed("the header is not unpadded base64url")))?;
        let header = Object::parse(&bytes).ok_or_else(|| {
            unnamed(malformed(
                "the header is not a JSON object with unique members",
            ))
        })?;
        let kid: Option<Arc<str>> = kid(&header).map_err(unnamed)?.map(Into::into);
        let checked = || {
            let algorithm = algorithm(&header, accepted)?;
            refuse_extensions(&header)?;
            if !is_at_jwt(&header)? && at_jwt_only {
                return Err(TokenInvalidReason::NotAnAccessToken);
            }
            Ok(algorithm)
        };
        match checked() {
            Ok(algorithm) => Ok(Self { algorithm, kid }),
            Err(reason) => Err((reason, kid)),
        }
    }
}

fn kid<'h>(header: &'h Object<'_>) -> Result<Option<&'h str>, TokenInvalidReason> {
    match header.get("kid") {
        None => Ok(None),
        Some(Json::String(kid)) => Ok(Some(kid)),
        Some(_) => Err(malformed("the header's `kid` is not a string")),
    }
}

/// `none`, symmetric and unknown algorithms have no [`Algorithm`], so none of them gets past here.
fn algorithm(header: &Object<'_>, accepted: &[Algorithm]) -> Result<Algorithm, TokenInvalidReason> {
    header
        .get("alg")
        .and_then(Json::as_str)
        .and_then(Algorithm::from_name)
        .filter(|algorithm| accepted.contains(algorithm))
        .ok_or(TokenInvalidReason::Algorithm)
}

/// `crit` lists extensions that must be understood (RFC 7515 §4.1.11), and none is. `b64` is one
/// that changes what was signed (RFC 7797); a token that uses it without `crit` is wrong as well.
fn refuse_extensions(header: &Object<'_>) -> Result<(), TokenInvalidReason> {
    if header.get("crit").is_some() || header.get("b64").is_some() {
        return Err(malformed("the header asks for an extension"));
    }
    Ok(())
}

/// Reads `typ`: absent, `JWT` or `at+jwt`. Media types are case-insensitive, and `application/` may
/// be left out (RFC 7515 §4.1.9). Any other type, as `dpop+jwt`, `logout+jwt` or `secevent+jwt`, says
/// that this is another kind of token (RFC 8725 §3.11).
fn is_at_jwt(header: &Object<'_>) -> Result<bool, TokenInvalidReason> {
    let typ = match header.get("typ") {
        None => return Ok(false),
        Some(Json::String(typ)) => typ,
        Some(_) => return Err(malformed("the header's `typ` is not a string")),
    };
    let prefix = "application/";
    let named = match typ.split_at_checked(prefix.len()) {
        Some((start, rest)) if start.eq_ignore_ascii_case(prefix) => rest,
        _ => typ,
    };
    if named.eq_ignore_ascii_case("at+jwt") {
        Ok(true)
    } else if named.eq_ignore_ascii_case("jwt") {
        Ok(false)
    } else {
        Err(TokenInvalidReason::NotAnAccessToken)
    }
}
