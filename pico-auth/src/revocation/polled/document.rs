//! The list as it is published, `{"items":[{"jti":"…"}]}`, read wholly or not at all.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::revocation::digest::Digest;

/// The ids of a list: 16 bytes each, sorted.
pub(super) struct DeniedIds(Box<[Digest]>);

impl DeniedIds {
    /// Reads a whole document. Members beside `items` and `jti` are not looked at.
    pub(super) fn parse(document: &[u8]) -> Result<Self, &'static str> {
        // What serde_json would say quotes the document.
        let Items(mut ids) = serde_json::from_slice(document)
            .map_err(|_| "it is not `{\"items\":[{\"jti\":\"…\"}]}`")?;
        ids.sort_unstable();
        ids.dedup();
        Ok(Self(ids.into()))
    }

    pub(super) fn contains(&self, id: Digest) -> bool {
        self.0.binary_search(&id).is_ok()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Written by hand: what serde derives would also read an array as an object.
struct Items(Vec<Digest>);

impl<'de> Deserialize<'de> for Items {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Document;
        impl<'de> Visitor<'de> for Document {
            type Value = Items;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with `items`")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Items, A::Error> {
                only_member(members, "items").map(|Ids(ids)| Items(ids))
            }
        }
        deserializer.deserialize_map(Document)
    }
}

struct Ids(Vec<Digest>);

impl<'de> Deserialize<'de> for Ids {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Array;
        impl<'de> Visitor<'de> for Array {
            type Value = Ids;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of items")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Ids, A::Error> {
                let mut ids = Vec::new();
                while let Some(Item(id)) = items.next_element()? {
                    ids.push(id);
                }
                Ok(Ids(ids))
            }
        }
        deserializer.deserialize_seq(Array)
    }
}

struct Item(Digest);

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Item;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with `jti`")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Item, A::Error> {
                only_member(members, "jti").map(|Id(id)| Item(id))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

struct Id(Digest);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id")
            }

            fn visit_str<E: de::Error>(self, id: &str) -> Result<Id, E> {
                if id.is_empty() {
                    return Err(E::custom("an empty id"));
                }
                Ok(Id(Digest::of(id)))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// The value of the member `wanted`, which must be there once. The names of others are not looked at.
fn only_member<'de, A, M>(mut members: A, wanted: &'static str) -> Result<M, A::Error>
where
    A: MapAccess<'de>,
    M: Deserialize<'de>,
{
    let mut found = None;
    while let Some(name) = members.next_key::<Cow<'de, str>>()? {
        if name != wanted {
            members.next_value::<IgnoredAny>()?;
        } else if found.is_none() {
            found = Some(members.next_value()?);
        } else {
            return Err(de::Error::duplicate_field(wanted));
        }
    }
    found.ok_or_else(|| de::Error::missing_field(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(document: &str) -> Option<DeniedIds> {
        DeniedIds::parse(document.as_bytes()).ok()
    }

    #[test]
    fn a_list_holds_what_it_names_and_nothing_else() {
        for document in [
            r#"{"items":[{"jti":"a"},{"jti":"b"}]}"#,
            r#"{"items":[{"jti":"b"},{"jti":"a"},{"jti":"a"}]}"#,
            r#" {"n":2,"items":[{"reason":["x"],"jti":"\u0061","by":null},{"jti":"b"}],"m":{}} "#,
        ] {
            let ids = parsed(document).unwrap();
            assert_eq!(ids.len(), 2, "{document}");
            assert!(ids.contains(Digest::of("a")) && ids.contains(Digest::of("b")));
            assert!(!ids.contains(Digest::of("c")) && !ids.contains(Digest::of("")));
        }
        assert_eq!(parsed(r#"{"items":[]}"#).unwrap().len(), 0);
    }

    /// Each of them, half read, would be a list with holes.
    #[test]
    fn a_wrong_shape_is_never_partly_read() {
        for document in [
            "",
            "null",
            "[]",
            "{}",
            r#"[{"jti":"a"}]"#,
            r#"[[{"jti":"a"}]]"#,
            r#"{"items":null}"#,
            r#"{"items":{}}"#,
            r#"{"items":"a"}"#,
            r#"{"items":["a"]}"#,
            r#"{"items":[["a"]]}"#,
            r#"{"items":[null]}"#,
            r#"{"items":[{}]}"#,
            r#"{"items":[{"jti":"a"},{}]}"#,
            r#"{"items":[{"jti":"a"},{"jti":1}]}"#,
            r#"{"items":[{"jti":null}]}"#,
            r#"{"items":[{"jti":""}]}"#,
            r#"{"items":[{"JTI":"a"}]}"#,
            r#"{"items":[{"jti":"a","jti":"b"}]}"#,
            r#"{"items":[{"jti":"a"}],"items":[]}"#,
            r#"{"items":[{"jti":"a"},]}"#,
            r#"{"items":[{"jti":"a"}"#,
            r#"{"items":[{"jti":"a"}]} {"items":[]}"#,
            "{\"items\":[{\"jti\":\"\u{0}\"}]}",
            "<html>{\"items\":[]}</html>",
        ] {
            assert!(parsed(document).is_none(), "{document}");
        }
        let not_utf8 = b"{\"items\":[{\"jti\":\"\xff\"}]}";
        assert!(DeniedIds::parse(not_utf8).is_err());
        let half = format!("{{\"items\":[],\"x\":{}", "[".repeat(9999));
        assert!(parsed(&half).is_none());
    }

    #[test]
    fn nesting_in_members_that_are_not_looked_at_costs_no_stack() {
        let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
        let deep =
            format!("{{\"x\":{open}{close},\"items\":[{{\"y\":{open}{close},\"jti\":\"a\"}}]}}");
        assert_eq!(parsed(&deep).unwrap().len(), 1);
    }
}
