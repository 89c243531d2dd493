//! The small parts: names, near misses, types as a person writes them.

use super::*;
use crate::diagnostics::{closest, readable};
use crate::names::mistake;

#[test]
fn names_are_taken_as_they_are() {
    for name in [
        "admin",
        "Admin",
        "größe",
        "cn=admins,dc=example",
        "two words",
        "a:*:c",
    ] {
        assert_eq!(mistake(Kind::RequiresRole, name), None, "{name}");
    }
    for scope in [
        "a",
        "a:b:c",
        "a:*",
        "*",
        "https://example.org/read",
        "a.b-c_d~!#[]^",
    ] {
        assert_eq!(mistake(Kind::RequiresScope, scope), None, "{scope}");
    }
}

#[test]
fn names_that_cannot_be_meant_are_refused() {
    for name in ["", " ", "\u{a0}", " admin", "admin\n", "ad\0min"] {
        assert!(mistake(Kind::RequiresGroup, name).is_some(), "{name:?}");
    }
    for scope in [
        "a b", "a\\b", "a\"b", "é", "\u{7f}", "a:*:b", "*:a", "a*", "a:*b", "**",
    ] {
        assert!(
            mistake(Kind::RequiresAgentScope, scope).is_some(),
            "{scope:?}"
        );
    }
}

#[test]
fn near_misses() {
    assert_eq!(closest("krate", ["crate"]), Some("crate"));
    assert_eq!(closest("any_off", ["any_of", "all_of"]), Some("any_of"));
    assert_eq!(closest("role", ["crate"]), None);
    assert_eq!(closest("not", ["any", "all"]), None);
}

#[test]
fn types_are_shown_as_they_are_written() {
    for ty in [
        "Vec<u8>",
        "&str",
        "Result<(), a::E<'_>>",
        "(u8, [u8; 3])",
        "a && (&b, c)",
    ] {
        let tokens: TokenStream = ty.parse().unwrap();
        assert_eq!(readable(tokens), ty);
    }
}

#[test]
fn every_attribute_is_found_by_its_name() {
    for kind in Kind::ALL {
        assert_eq!(Kind::from_attribute(kind.attribute()), Some(kind));
    }
}
