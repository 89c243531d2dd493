//! Strict reading of base64url and JSON: one text, one meaning.
//!
//! Two readers that disagree about the same bytes are how a token comes to mean one thing to the
//! issuer and another to us (RFC 7515 §10.12). So there is no padding, no stray character, no
//! trailing bit, and no object with two members of one name.

mod base64url;
mod json;

use serde_json::{Map, Value};

pub(crate) use self::base64url::base64url;
pub(crate) use self::json::{Json, Object};

/// Parses a JSON object without duplicate members at any depth, to keep. `None` for anything else.
pub(crate) fn json_object(bytes: &[u8]) -> Option<Map<String, Value>> {
    Object::parse(bytes).map(|object| object.to_map())
}
