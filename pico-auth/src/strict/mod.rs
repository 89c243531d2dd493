//! Strict reading of base64url and JSON: one text, one meaning.
//!
//! Two readers that disagree about the same bytes are how a token comes to mean one thing to the
//! issuer and another to us (RFC 7515 §10.12). So there is no padding, no stray character, no
//! trailing bit, and no object with two members of one name.

mod json;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

pub(crate) use self::json::{Json, Object};

/// Decodes unpadded base64url (RFC 7515 §2): no padding, no other characters, no trailing bits.
pub(crate) fn base64url(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Parses a JSON object without duplicate members at any depth, to keep. `None` for anything else.
pub(crate) fn json_object(bytes: &[u8]) -> Option<Map<String, Value>> {
    Object::parse(bytes).map(|object| object.to_map())
}
