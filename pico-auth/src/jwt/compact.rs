//! The form of a token: three parts, and a header that asks for nothing we do not do.

use serde_json::{Map, Value};

use crate::error::TokenInvalidReason;
use crate::jwks::Algorithm;
use crate::strict::{base64url, json_object};

/// A JWS in compact form (RFC 7515 §7.1), decoded; nothing of it is verified.
///
/// Of the header, only `alg`, `kid`, `typ` and what asks for extensions mean something here. `jku`,
/// `x5u`, `jwk` and `x5c` bring a key along; they are not read at all (RFC 8725 §3.10).
pub(super) struct Compact<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    /// What was signed: header and payload as they were sent.
    pub(super) message: &'a [u8],
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

const fn malformed(what: &'static str) -> TokenInvalidReason {
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
    let mut claims = json_object(&payload).ok_or(malformed(
        "the claims are not a JSON object with unique members",
    ))?;
    match claims.remove("iss") {
        Some(Value::String(issuer)) => Ok(issuer),
        None | Some(Value::Null) => Err(TokenInvalidReason::MissingClaim("iss".into())),
        Some(_) => Err(TokenInvalidReason::InvalidClaim("iss".into())),
    }
}

impl<'a> Compact<'a> {
    /// Reads the form of a token. The header comes first, so that an unsigned token is told that its
    /// algorithm is not accepted.
    pub(super) fn parse(
        token: &'a str,
        accepted: &[Algorithm],
        at_jwt_only: bool,
    ) -> Result<Self, (TokenInvalidReason, Option<String>)> {
        let unnamed = |reason| (reason, None);
        let [header, payload, signature] = split(token).map_err(unnamed)?;
        let message_length = header.len() + 1 + payload.len();
        let header = Self::header(header).map_err(unnamed)?;
        let kid = kid(&header).map_err(unnamed)?;
        let named = |reason| (reason, kid.clone());

        let algorithm = algorithm(&header, accepted).map_err(named)?;
        refuse_extensions(&header).map_err(named)?;
        let at_jwt = is_at_jwt(&header).map_err(named)?;
        if at_jwt_only && !at_jwt {
            return Err(named(TokenInvalidReason::NotAnAccessToken));
        }
        let decode = |part: &str| match base64url(part) {
            Some(bytes) if !bytes.is_empty() => Ok(bytes),
            _ => Err(named(malformed("a part is not unpadded base64url"))),
        };
        let message = token.as_bytes().get(..message_length);
        Ok(Self {
            message: message.ok_or_else(|| named(malformed("not three parts")))?,
            payload: decode(payload)?,
            signature: decode(signature)?,
            algorithm,
            kid,
        })
    }

    fn header(part: &str) -> Result<Map<String, Value>, TokenInvalidReason> {
        let bytes = base64url(part).ok_or(malformed("the header is not unpadded base64url"))?;
        json_object(&bytes).ok_or(malformed(
            "the header is not a JSON object with unique members",
        ))
    }
}

fn kid(header: &Map<String, Value>) -> Result<Option<String>, TokenInvalidReason> {
    match header.get("kid") {
        None => Ok(None),
        Some(Value::String(kid)) => Ok(Some(kid.clone())),
        Some(_) => Err(malformed("the header's `kid` is not a string")),
    }
}

/// `none`, symmetric and unknown algorithms have no [`Algorithm`], so none of them gets past here.
fn algorithm(
    header: &Map<String, Value>,
    accepted: &[Algorithm],
) -> Result<Algorithm, TokenInvalidReason> {
    header
        .get("alg")
        .and_then(Value::as_str)
        .and_then(Algorithm::from_name)
        .filter(|algorithm| accepted.contains(algorithm))
        .ok_or(TokenInvalidReason::Algorithm)
}

/// `crit` lists extensions that must be understood (RFC 7515 §4.1.11), and none is. `b64` is one
/// that changes what was signed (RFC 7797); a token that uses it without `crit` is wrong as well.
fn refuse_extensions(header: &Map<String, Value>) -> Result<(), TokenInvalidReason> {
    if header.contains_key("crit") || header.contains_key("b64") {
        return Err(malformed("the header asks for an extension"));
    }
    Ok(())
}

/// Reads `typ`: absent, `JWT` or `at+jwt`. Media types are case-insensitive, and `application/` may
/// be left out (RFC 7515 §4.1.9). Any other type, as `dpop+jwt`, `logout+jwt` or `secevent+jwt`, says
/// that this is another kind of token (RFC 8725 §3.11).
fn is_at_jwt(header: &Map<String, Value>) -> Result<bool, TokenInvalidReason> {
    let typ = match header.get("typ") {
        None => return Ok(false),
        Some(Value::String(typ)) => typ.to_ascii_lowercase(),
        Some(_) => return Err(malformed("the header's `typ` is not a string")),
    };
    match typ.strip_prefix("application/").unwrap_or(&typ) {
        "at+jwt" => Ok(true),
        "jwt" => Ok(false),
        _ => Err(TokenInvalidReason::NotAnAccessToken),
    }
}
