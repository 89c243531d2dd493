//! An access map as a JSON document.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{AccessEntry, AccessMap};

/// The form of the document. It changes only with this number.
const VERSION: u32 = 1;

/// Which roles imply which others.
type Implied = BTreeMap<Box<str>, BTreeSet<Box<str>>>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    access_map: u32,
    #[serde(
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "each_once",
        default
    )]
    implied_roles: Implied,
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    known_roles: BTreeSet<Box<str>>,
    routes: Vec<AccessEntry>,
}

/// A map in which no name stands twice: readers differ in which of the two counts.
fn each_once<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Implied, D::Error> {
    struct EachOnce;

    impl<'de> Visitor<'de> for EachOnce {
        type Value = Implied;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("roles, each with those that it implies")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Implied, A::Error> {
            let mut roles = Implied::new();
            while let Some((role, implied)) = map.next_entry()? {
                if roles.contains_key::<Box<str>>(&role) {
                    let twice = format!("the role `{role}` implies others twice");
                    return Err(de::Error::custom(twice));
                }
                roles.insert(role, implied);
            }
            Ok(roles)
        }
    }

    deserializer.deserialize_map(EachOnce)
}

/// What tells the form, whatever else there is.
#[derive(Deserialize)]
struct Form {
    access_map: u32,
}

fn check_version(version: u32) -> Result<(), AccessMapError> {
    if version == VERSION {
        return Ok(());
    }
    Err(AccessMapError::new(format!(
        "the access map has the form {version}, and this is pico-auth with the form {VERSION}: write it anew"
    )))
}

impl From<AccessMap> for Document {
    fn from(map: AccessMap) -> Self {
        Self {
            access_map: VERSION,
            implied_roles: map.implies,
            known_roles: map.known_roles,
            routes: map.entries,
        }
    }
}

impl TryFrom<Document> for AccessMap {
    type Error = AccessMapError;

    fn try_from(document: Document) -> Result<Self, AccessMapError> {
        check_version(document.access_map)?;
        let mut map = Self::new(document.routes);
        map.implies = document.implied_roles;
        map.known_roles = document.known_roles;
        Ok(map)
    }
}

impl AccessMap {
    /// The map as JSON, one line for each name, with a line break at the end: to be kept in a repository.
    pub fn to_json(&self) -> String {
        // Strings, lists and maps with names of strings: nothing in it that JSON could not say.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    /// Reads a map that [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    ///
    /// [`AccessMapError`] for anything else.
    pub fn from_json(json: &str) -> Result<Self, AccessMapError> {
        let no_map = |error| AccessMapError::new(format!("this is no access map: {error}"));
        // Its form comes first: what else it has may be new.
        let Form { access_map } = serde_json::from_str(json).map_err(no_map)?;
        check_version(access_map)?;
        serde_json::from_str(json).map_err(no_map)
    }
}

/// A document is no access map.
#[derive(Debug, Clone)]
pub struct AccessMapError {
    problem: Arc<str>,
}

impl AccessMapError {
    fn new(problem: String) -> Self {
        Self {
            problem: problem.into(),
        }
    }
}

impl fmt::Display for AccessMapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}

impl Error for AccessMapError {}
