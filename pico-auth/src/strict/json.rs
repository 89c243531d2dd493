//! JSON that borrows its texts from the document: what every token goes through, once.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A value whose objects, at every depth, name each member once.
pub(crate) enum Json<'a> {
    Null,
    Bool(bool),
    Number(Number),
    String(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// The members of an object, in the order of the document.
pub(crate) struct Object<'a> {
    members: Vec<(Cow<'a, str>, Json<'a>)>,
}

impl<'a> Json<'a> {
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Itself, and the values in it.
    fn value_count(&self) -> usize {
        match self {
            Self::Array(elements) => 1 + elements.iter().map(Self::value_count).sum::<usize>(),
            Self::Object(object) => 1 + object.value_count(),
            _ => 1,
        }
    }

    fn of(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::String(text.as_str().into()),
            Value::Array(elements) => Self::Array(elements.iter().map(Self::of).collect()),
            Value::Object(members) => Self::Object(Object::of(members)),
        }
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => Value::Number(number.clone()),
            Self::String(text) => Value::String(text.clone().into_owned()),
            Self::Array(elements) => Value::Array(elements.iter().map(Self::to_value).collect()),
            Self::Object(object) => Value::Object(object.to_map()),
        }
    }
}

impl<'a> Object<'a> {
    /// Parses a document. Depth is bounded by `serde_json` (128). `None` for anything else than an
    /// object without duplicate members at any depth.
    pub(crate) fn parse(document: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(document).ok()?;
        let mut parser = serde_json::Deserializer::from_str(text);
        // Room for the claims of most tokens. What is nested begins without.
        let value = JsonVisitor { room: FEW }.deserialize(&mut parser).ok()?;
        parser.end().ok()?;
        match value {
            Json::Object(object) => Some(object),
            _ => None,
        }
    }

    /// A view of an object that was parsed before.
    pub(crate) fn of(members: &'a Map<String, Value>) -> Self {
        let members = members.iter();
        Self {
            members: members
                .map(|(name, value)| (name.as_str().into(), Json::of(value)))
                .collect(),
        }
    }

    /// A member.
    pub(crate) fn get(&self, name: &str) -> Option<&Json<'a>> {
        let mut members = self.members.iter();
        members
            .find(|(member, _)| member == name)
            .map(|(_, value)| value)
    }

    /// A member that is there; `null` counts as absent.
    pub(crate) fn present(&self, name: &str) -> Option<&Json<'a>> {
        self.get(name).filter(|value| !matches!(value, Json::Null))
    }

    /// How many values are in it, at every depth.
    pub(crate) fn value_count(&self) -> usize {
        let values = self.members.iter().map(|(_, value)| value);
        values.map(Json::value_count).sum()
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Json<'a>)> {
        self.members.iter().map(|(name, value)| (&**name, value))
    }

    /// A copy to keep.
    pub(crate) fn to_map(&self) -> Map<String, Value> {
        let members = self.members.iter();
        members
            .map(|(name, value)| (name.clone().into_owned(), value.to_value()))
            .collect()
    }

    fn names_each_member_once(&self) -> bool {
        let names = self.members.iter().map(|(name, _)| &**name);
        if names.len() <= FEW {
            let mut rest = names;
            while let Some(name) = rest.next() {
                if rest.clone().any(|other| other == name) {
                    return false;
                }
            }
            return true;
        }
        // A header is parsed before anything is verified: its time must not grow with the square of its
        // members.
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        names.is_sorted_by(|one, next| one < next)
    }
}

/// How many names are compared each with each.
const FEW: usize = 16;

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        JsonVisitor { room: 0 }.deserialize(deserializer)
    }
}

struct JsonVisitor {
    /// For how many members.
    room: usize,
}

impl<'de> DeserializeSeed<'de> for JsonVisitor {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// How `serde_json` hands out numbers if any crate of the user's tree turns on its feature
/// `arbitrary_precision`: as an object with this one member. Unread, every `exp` would be refused.
const ARBITRARY_PRECISION: &str = "$serde_json::private::Number";

/// Whether it does so in this build; only then it keeps digits that fit into no other number. In all others
/// such an object stands in the text, and is one.
static NUMBERS_ARE_OBJECTS: LazyLock<bool> =
    LazyLock::new(|| serde_json::from_str::<Number>("1e999").is_ok());

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without duplicate members")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Json<'de>, E> {
        Number::from_f64(value)
            .map(Json::Number)
            .ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::String(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json<'de>, E> {
        Ok(Json::String(value.to_owned().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Json<'de>, A::Error> {
        let mut array = Vec::new();
        while let Some(element) = elements.next_element()? {
            array.push(element);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json<'de>, A::Error> {
        let mut object = Object {
            members: Vec::with_capacity(self.room),
        };
        while let Some(name) = members.next_key_seed(Name)? {
            if object.members.is_empty() && name == ARBITRARY_PRECISION && *NUMBERS_ARE_OBJECTS {
                let digits: String = members.next_value()?;
                let number = serde_json::from_str(&digits).map_err(de::Error::custom)?;
                return Ok(Json::Number(number));
            }
            object.members.push((name, members.next_value()?));
        }
        if object.names_each_member_once() {
            Ok(Json::Object(object))
        } else {
            Err(de::Error::custom("a member is there twice"))
        }
    }
}

/// A member's name; borrowed, where it has no escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(name.into())
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(name.to_owned().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parses(document: &str) -> bool {
        Object::parse(document.as_bytes()).is_some()
    }

    #[test]
    fn a_member_that_is_there_twice_is_refused_at_every_depth() {
        for document in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"b":2,"\u0061":3}"#,
            r#"{"x":{"a":1,"a":2}}"#,
            r#"{"x":[1,{"y":{"a":1,"b":1,"a":2}}]}"#,
        ] {
            assert!(!parses(document), "{document}");
        }
        assert!(parses(r#"{"a":{"a":[{"a":1},{"a":1}]},"b":1}"#));
    }

    #[test]
    fn a_member_that_is_there_twice_is_found_among_many() {
        let members = |names: &[usize]| {
            let members = names.iter().map(|name| format!(r#""m{name}":0"#));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        };
        for count in [FEW - 1, FEW, FEW + 1, 1000] {
            let mut names: Vec<_> = (0..count).collect();
            assert!(parses(&members(&names)), "{count}");
            for again in [0, count / 2, count - 1] {
                names.push(again);
                assert!(!parses(&members(&names)), "{count} and {again} again");
                names.pop();
            }
        }
    }

    #[test]
    fn a_document_and_its_copy_say_the_same() {
        let document = r#"{"n":null,"t":true,"i":-1,"u":18446744073709551615,"f":1.5,"s":"a\"é","a":[1,"x"],"o":{"k":"v"}}"#;
        let object = Object::parse(document.as_bytes()).unwrap();
        let map = object.to_map();
        let expected: Value = serde_json::from_str(document).unwrap();
        assert_eq!(Value::Object(map.clone()), expected);
        assert_eq!(Value::Object(Object::of(&map).to_map()), expected);
        assert!(object.get("n").is_some() && object.present("n").is_none());
        assert_eq!(object.get("s").and_then(Json::as_str), Some("a\"é"));
    }

    /// What `serde_json` says to its readers between the lines is nothing that a token can say.
    #[test]
    fn an_object_that_looks_like_a_number_of_serde_json_is_an_object() {
        // Where it hands out numbers this way, nobody can tell them apart.
        if *NUMBERS_ARE_OBJECTS {
            return;
        }
        let document = br#"{"exp":{"$serde_json::private::Number":"4102444800"}}"#;
        let object = Object::parse(document).unwrap();
        assert!(matches!(object.get("exp"), Some(Json::Object(_))));
    }

    #[test]
    fn values_are_counted_at_every_depth() {
        for (document, values) in [
            ("{}", 0),
            (r#"{"a":1,"b":"x","c":null}"#, 3),
            (r#"{"a":[],"b":[true,{"c":[1.5]}],"d":{}}"#, 7),
        ] {
            let object = Object::parse(document.as_bytes()).unwrap();
            assert_eq!(object.value_count(), values, "{document}");
        }
    }

    #[test]
    fn only_an_object_of_valid_utf_8_is_one() {
        for document in ["", "1", "[]", "\"a\"", "{", "{}x", "{\"a\":1,}"] {
            assert!(!parses(document), "{document}");
        }
        assert!(Object::parse(b"{\"a\":\"\xff\"}").is_none());
    }
}
