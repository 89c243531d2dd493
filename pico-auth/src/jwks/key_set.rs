//! A set of keys: parsed from a JWKS document (RFC 7517 §5), asked for one key.

use std::sync::Arc;

use serde_json::Value;

use super::jwk::{self, Skip};
use super::{KeyLookup, KeyQuery, VerificationKey};
use crate::strict::json_object;

/// The usable keys of one document.
#[derive(Debug, Clone, Default)]
pub(super) struct KeySet {
    keys: Vec<Arc<VerificationKey>>,
}

/// The most keys of one set. Each costs time to parse, and a line in the log if it is bad.
const MAX_KEYS: usize = 1024;

impl KeySet {
    /// Parses a document. Each key stands on its own: one that cannot be used is skipped and logged.
    pub(super) fn parse(document: &[u8]) -> Result<Self, &'static str> {
        let document =
            json_object(document).ok_or("not a JSON object, or one with duplicate members")?;
        let Some(Value::Array(jwks)) = document.get("keys") else {
            return Err("no array `keys`");
        };
        if jwks.len() > MAX_KEYS {
            return Err("more keys than any issuer needs");
        }
        Ok(jwks.iter().filter_map(usable).collect())
    }

    /// Adds the keys of another set.
    pub(super) fn append(&mut self, other: Self) {
        self.keys.extend(other.keys);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The same set, with the keys that `known` already has taken from there: who keeps something
    /// for as long as a key lives can compare handles.
    #[cfg(feature = "http-client")]
    pub(super) fn reusing(mut self, known: &Self) -> Self {
        for key in &mut self.keys {
            if let Some(same) = known.keys.iter().find(|known| known.is_same(key)) {
                *key = Arc::clone(same);
            }
        }
        self
    }

    /// The one key that `query` asks for.
    pub(super) fn find(&self, query: KeyQuery<'_>) -> KeyLookup {
        let mut named = self
            .keys
            .iter()
            .filter(|key| query.kid.is_none() || key.kid() == query.kid)
            .peekable();
        let is_named = query.kid.is_some() && named.peek().is_some();
        let mut fitting = named.filter(|key| key.permits(query.algorithm));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => KeyLookup::Found(Arc::clone(key)),
            // Two keys would do: a token cannot be verified by trial.
            (Some(_), Some(_)) => KeyLookup::Ambiguous,
            (None, _) if is_named => KeyLookup::AlgorithmMismatch,
            (None, _) => KeyLookup::Unknown,
        }
    }
}

impl FromIterator<VerificationKey> for KeySet {
    fn from_iter<T: IntoIterator<Item = VerificationKey>>(keys: T) -> Self {
        Self {
            keys: keys.into_iter().map(Arc::new).collect(),
        }
    }
}

fn usable(jwk: &Value) -> Option<VerificationKey> {
    let kid = || {
        let kid = jwk.get("kid").and_then(Value::as_str).unwrap_or("(none)");
        kid.chars().take(64).collect::<String>()
    };
    match jwk::parse(jwk) {
        Ok(key) => return Some(key),
        Err(Skip::NotForUs(why)) => {
            tracing::debug!(kid = ?kid(), why, "a key of the JWKS is not used");
        }
        Err(Skip::Bad(why)) => {
            tracing::warn!(kid = ?kid(), why, "a bad key of the JWKS is skipped");
        }
    }
    None
}
