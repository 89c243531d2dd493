//! All claims of a token, parsed when somebody asks for them.

use std::sync::OnceLock;

use super::RawClaims;
use crate::strict::json_object;

/// The claims as they were signed. Most requests ask only for what is read of every token.
pub(crate) struct Document {
    text: Box<[u8]>,
    parsed: OnceLock<RawClaims>,
}

impl Document {
    /// Of a text that was parsed before.
    pub(crate) fn new(text: &[u8]) -> Self {
        Self {
            text: text.into(),
            parsed: OnceLock::new(),
        }
    }

    pub(crate) fn parsed(&self) -> &RawClaims {
        // It was parsed before, so it parses; if it ever did not, no claims grant nothing.
        self.parsed
            .get_or_init(|| json_object(&self.text).unwrap_or_default())
    }
}

impl From<RawClaims> for Document {
    fn from(claims: RawClaims) -> Self {
        Self {
            text: Box::default(),
            parsed: claims.into(),
        }
    }
}
