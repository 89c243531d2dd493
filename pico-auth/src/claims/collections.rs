//! What one field of a claims type can be: lists and maps.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

use serde_json::Value;

use super::{ClaimError, ClaimValue};

/// A [`ClaimValue`] that is a list: only such a field can have `forms(..)` or several paths.
#[diagnostic::on_unimplemented(
    message = "`forms(..)`, several paths and `scopes` need a list, and `{Self}` is none",
    label = "not a list",
    note = "write `Vec<..>`, `BTreeSet<..>`, `HashSet<..>`, or one of them in `Option<..>`"
)]
pub trait ClaimList: ClaimValue {}

fn elements<T: ClaimValue, L: FromIterator<T>>(value: &Value) -> Result<L, ClaimError> {
    let elements = value.as_array().ok_or_else(ClaimError::mismatch)?;
    elements.iter().map(T::from_value).collect()
}

impl<T: ClaimValue> ClaimValue for Vec<T> {
    const READ_ONCE: bool = T::READ_ONCE;
    const GRANTS: bool = T::GRANTS;

    fn from_value(value: &Value) -> Result<Self, ClaimError> {
        elements(value)
    }
}

impl<T: ClaimValue + Ord> ClaimValue for BTreeSet<T> {
    const READ_ONCE: bool = T::READ_ONCE;
    const GRANTS: bool = T::GRANTS;

    fn from_value(value: &Value) -> Result<Self, ClaimError> {
        elements(value)
    }
}

impl<T: ClaimValue + Eq + Hash, S: BuildHasher + Default> ClaimValue for HashSet<T, S> {
    const READ_ONCE: bool = T::READ_ONCE;
    const GRANTS: bool = T::GRANTS;

    fn from_value(value: &Value) -> Result<Self, ClaimError> {
        elements(value)
    }
}

impl<T: ClaimValue> ClaimList for Vec<T> {}
impl<T: ClaimValue + Ord> ClaimList for BTreeSet<T> {}
impl<T: ClaimValue + Eq + Hash, S: BuildHasher + Default> ClaimList for HashSet<T, S> {}
impl<L: ClaimList> ClaimList for Option<L> {}

/// The names of members can be these.
trait MemberName: for<'n> From<&'n str> {}
impl MemberName for String {}
impl MemberName for Box<str> {}
impl MemberName for Arc<str> {}

fn members<K: MemberName, T: ClaimValue, M: FromIterator<(K, T)>>(
    value: &Value,
) -> Result<M, ClaimError> {
    let members = value.as_object().ok_or_else(ClaimError::mismatch)?;
    let read = |(name, value): (&String, &Value)| Ok((name.as_str().into(), T::from_value(value)?));
    members.iter().map(read).collect()
}

impl<K: MemberName + Ord, T: ClaimValue> ClaimValue for BTreeMap<K, T> {
    const READ_ONCE: bool = T::READ_ONCE;
    const GRANTS: bool = T::GRANTS;

    fn from_value(value: &Value) -> Result<Self, ClaimError> {
        members(value)
    }
}

impl<K: MemberName + Eq + Hash, T: ClaimValue, S: BuildHasher + Default> ClaimValue
    for HashMap<K, T, S>
{
    const READ_ONCE: bool = T::READ_ONCE;
    const GRANTS: bool = T::GRANTS;

    fn from_value(value: &Value) -> Result<Self, ClaimError> {
        members(value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read<T: ClaimValue>(value: &Value) -> Option<T> {
        T::from_value(value).ok()
    }

    #[test]
    fn a_list_is_an_array_and_every_element_counts() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(read::<Vec<String>>(&json!(["a", "b"])), names(&["a", "b"]));
        assert_eq!(read::<Vec<String>>(&json!([])), names(&[]));
        for value in [
            json!("admin"),
            json!({ "0": "a" }),
            json!(["a", 1]),
            json!(["a", null]),
            json!([["a"]]),
        ] {
            assert_eq!(read::<Vec<String>>(&value), None, "{value}");
            assert_eq!(read::<BTreeSet<String>>(&value), None, "{value}");
            assert_eq!(read::<HashSet<String>>(&value), None, "{value}");
        }
    }

    #[test]
    fn a_map_is_an_object() {
        let map: BTreeMap<String, u8> = read(&json!({ "a.b": 1 })).unwrap();
        assert_eq!(map, BTreeMap::from([("a.b".to_owned(), 1)]));
        assert_eq!(
            read::<HashMap<Box<str>, u8>>(&json!({})),
            Some(HashMap::new())
        );
        for value in [json!([]), json!("a"), json!({ "a": "1" })] {
            assert_eq!(read::<BTreeMap<String, u8>>(&value), None, "{value}");
            assert_eq!(read::<HashMap<String, u8>>(&value), None, "{value}");
        }
    }
}
