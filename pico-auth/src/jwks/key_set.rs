//! A set of keys: parsed from a JWKS document (RFC 7517 §5), asked for one key.

use std::sync::Arc;

use serde_json::Value;

use super::jwk::{self, Skip};
use super::{KeyLookup, KeyQuery, VerificationKey};
use crate::error::MAX_ID;
use crate::strict::json_object;

/// The usable keys of one document.
#[derive(Debug, Clone, Default)]
pub(super) struct KeySet {
    /// In the order of their ids, so that finding one does not take longer with each key.
    keys: Vec<Arc<VerificationKey>>,
    /// What there is to say about the others.
    remarks: Vec<Remark>,
}

/// Why a key is not used, or not as its issuer may think.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Remark {
    kid: String,
    why: &'static str,
    /// Something is wrong with the key.
    is_bad: bool,
}

/// The most keys of one set. Each costs time to parse, and a line in the log if it is bad.
const MAX_KEYS: usize = 1024;

impl KeySet {
    /// Parses a document. Each key stands on its own: one that cannot be used is skipped, with a
    /// remark for [`report`](Self::report).
    pub(super) fn parse(document: &[u8]) -> Result<Self, &'static str> {
        let document =
            json_object(document).ok_or("not a JSON object, or one with duplicate members")?;
        let Some(Value::Array(jwks)) = document.get("keys") else {
            return Err("no array `keys`");
        };
        if jwks.len() > MAX_KEYS {
            return Err("more keys than any issuer needs");
        }
        let mut set = Self::default();
        for jwk in jwks {
            match jwk::parse(jwk) {
                Ok(key) => set.add(Arc::new(key)),
                Err(Skip::NotForUs(why)) => set.remark(kid_of(jwk), why, false),
                Err(Skip::Bad(why)) => set.remark(kid_of(jwk), why, true),
            }
        }
        Ok(set)
    }

    /// Adds a key, unless it is there already. Of two different keys that share an id and an
    /// algorithm, none is ever tried: see [`find`](Self::find).
    fn add(&mut self, key: Arc<VerificationKey>) {
        let kid = || shortened(key.kid());
        if self.has(&key) {
            return self.remark(kid(), "it is there twice", true);
        }
        let rivals = |known: &Arc<VerificationKey>| key.algorithms().any(|one| known.permits(one));
        if key.kid().is_some() && self.named(key.kid()).iter().any(rivals) {
            let why = "another key has the same id and algorithm: neither is used for it";
            self.remark(kid(), why, true);
        }
        let place = self.keys.partition_point(|known| known.kid() <= key.kid());
        self.keys.insert(place, key);
    }

    fn has(&self, key: &VerificationKey) -> bool {
        let mut namesakes = self.named(key.kid()).iter();
        namesakes.any(|known| known.is_same(key))
    }

    /// The keys of this id, or of none.
    fn named(&self, kid: Option<&str>) -> &[Arc<VerificationKey>] {
        let start = self.keys.partition_point(|key| key.kid() < kid);
        let end = self.keys.partition_point(|key| key.kid() <= kid);
        self.keys.get(start..end).unwrap_or_default()
    }

    fn remark(&mut self, kid: String, why: &'static str, is_bad: bool) {
        self.remarks.push(Remark { kid, why, is_bad });
    }

    /// Logs each remark that `known`, the set before, did not give cause for: once per key and
    /// change, not at each fetch.
    pub(super) fn report(&self, known: Option<&Self>) {
        let known = known.map_or(&[][..], |known| &known.remarks);
        for remark in self.remarks.iter().filter(|one| !known.contains(one)) {
            let Remark { kid, why, is_bad } = remark;
            if *is_bad {
                tracing::warn!(jwt.kid = ?kid, auth.cause = why, "a bad key of the JWKS is skipped");
            } else {
                tracing::debug!(jwt.kid = ?kid, auth.cause = why, "a key of the JWKS is not used");
            }
        }
    }

    /// Adds the keys of another set. That some are in both is no mistake: so it is while keys are rotated.
    pub(super) fn append(&mut self, other: Self) {
        for key in other.keys {
            if !self.has(&key) {
                self.add(key);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The same set, with the keys that `known` already has taken from there: who keeps something
    /// for as long as a key lives can compare handles. With it, whether the keys have changed.
    #[cfg(feature = "http-client")]
    pub(super) fn reusing(mut self, known: &Self) -> (Self, bool) {
        let mut changed = self.keys.len() != known.keys.len();
        for key in &mut self.keys {
            match known
                .named(key.kid())
                .iter()
                .find(|known| known.is_same(key))
            {
                Some(same) => *key = Arc::clone(same),
                None => changed = true,
            }
        }
        (self, changed)
    }

    /// The one key that `query` asks for.
    pub(super) fn find(&self, query: KeyQuery<'_>) -> KeyLookup {
        let candidates = match query.kid {
            Some(_) => self.named(query.kid),
            None => &self.keys,
        };
        let is_named = query.kid.is_some() && !candidates.is_empty();
        let mut fitting = candidates.iter().filter(|key| key.permits(query.algorithm));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => KeyLookup::Found(Arc::clone(key)),
            // Two keys would do: a token cannot be verified by trial.
            (Some(_), Some(_)) => KeyLookup::Ambiguous,
            (None, _) if is_named => KeyLookup::AlgorithmMismatch,
            (None, _) => KeyLookup::Unknown,
        }
    }
}

impl From<VerificationKey> for KeySet {
    fn from(key: VerificationKey) -> Self {
        Self {
            keys: vec![Arc::new(key)],
            remarks: Vec::new(),
        }
    }
}

/// The id of a JWK, for logs.
fn kid_of(jwk: &Value) -> String {
    shortened(jwk.get("kid").and_then(Value::as_str))
}

fn shortened(kid: Option<&str>) -> String {
    kid.unwrap_or("(none)").chars().take(MAX_ID).collect()
}
