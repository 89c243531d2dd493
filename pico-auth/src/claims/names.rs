//! The names that a token grants: roles, groups or scopes.

use std::ops::Deref;

use super::scope_matches;

/// Names of one kind, as they were granted.
#[derive(Clone, Default)]
pub(crate) struct Names {
    list: Box<[Box<str>]>,
    marks: u64,
}

impl Names {
    /// Whether exactly this name is among them.
    #[inline]
    pub(crate) fn has(&self, name: &str) -> bool {
        self.marks & mark(name) != 0 && self.list.iter().any(|granted| **granted == *name)
    }

    /// Whether one of them, as a scope, covers `scope`.
    #[inline]
    pub(crate) fn cover(&self, scope: &str) -> bool {
        self.marks & (mark(scope) | WILDCARD) != 0
            && self
                .list
                .iter()
                .any(|granted| scope_matches(granted, scope))
    }
}

impl FromIterator<Box<str>> for Names {
    fn from_iter<I: IntoIterator<Item = Box<str>>>(names: I) -> Self {
        names.into_iter().collect::<Vec<_>>().into()
    }
}

impl From<Vec<Box<str>>> for Names {
    fn from(names: Vec<Box<str>>) -> Self {
        Self {
            marks: names.iter().fold(0, |marks, name| {
                marks | mark(name) | if name.ends_with('*') { WILDCARD } else { 0 }
            }),
            list: names.into(),
        }
    }
}

impl From<Names> for Vec<Box<str>> {
    fn from(names: Names) -> Self {
        names.list.into()
    }
}

impl Deref for Names {
    type Target = [Box<str>];

    fn deref(&self) -> &Self::Target {
        &self.list
    }
}

/// That one of the names may be a wildcard. Marks of names are the other bits.
const WILDCARD: u64 = 1 << 63;

/// One of 63 bits for a name, by its length and its ends. Most rules name what most callers do not have:
/// where no granted name has the mark of a required one, there is nothing to compare.
#[inline]
fn mark(name: &str) -> u64 {
    let name = name.as_bytes();
    let end = |byte: Option<&u8>| byte.copied().map_or(0, usize::from);
    let sum = name.len() + 3 * end(name.first()) + 7 * end(name.last());
    1 << (sum % 63)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 14] = [
        "", "a", "admin", "admin ", "Admin", "nimda", "äö", "a:*", "*", "a:b", "a", "a:b:*", "b*",
        "::*",
    ];

    fn names(names: &[&str]) -> Names {
        names.iter().map(|name| Box::from(*name)).collect()
    }

    #[test]
    fn marks_never_change_an_answer() {
        for one in NAMES {
            for other in NAMES {
                let granted = names(&[one, other]);
                for required in NAMES.into_iter().chain(["a:b:c", "z", "admins", "::a"]) {
                    assert_eq!(granted.has(required), required == one || required == other);
                    let covered = scope_matches(one, required) || scope_matches(other, required);
                    assert_eq!(granted.cover(required), covered, "{one} {other} {required}");
                }
            }
        }
    }

    #[test]
    fn nothing_is_among_no_names() {
        for required in NAMES {
            assert!(!Names::default().has(required));
            assert!(!Names::default().cover(required));
        }
    }
}
