//! Who takes names: an attribute, a leaf of `#[authorize(..)]`, or what a caller is given by `#[test(..)]`.
//! All read them alike, and say of mistakes what to write where they stand.

use crate::attribute::model::Kind;
use crate::names;

/// Who takes names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asker {
    pub(super) kind: Kind,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Attribute,
    Leaf,
    Grant,
}

impl Asker {
    pub(super) const fn attribute(kind: Kind) -> Self {
        let place = Place::Attribute;
        Self { kind, place }
    }

    pub(super) const fn leaf(kind: Kind) -> Self {
        let place = Place::Leaf;
        Self { kind, place }
    }

    /// `roles(..)` and its like of `#[test(..)]`, which require nothing.
    pub(super) const fn grant(kind: Kind) -> Self {
        let place = Place::Grant;
        Self { kind, place }
    }

    /// The leaf of `#[authorize(..)]` that begins with `word`.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        let kind = match word {
            "role" => Kind::RequiresRole,
            "group" => Kind::RequiresGroup,
            "scope" => Kind::RequiresScope,
            "agent_scope" => Kind::RequiresAgentScope,
            _ => return None,
        };
        Some(Self::leaf(kind))
    }

    /// Whether it stands inside of an attribute.
    pub(super) fn is_leaf(self) -> bool {
        self.place != Place::Attribute
    }

    /// What is wrong with a name.
    pub(super) fn mistake(self, name: &str) -> Option<String> {
        if self.place == Place::Grant {
            return names::mistake_of_granted(self.kind, name);
        }
        names::mistake(self.kind, name)
    }

    /// Its word: `requires_role`, `role`, `roles`.
    pub(super) const fn word(self) -> &'static str {
        match (self.place, self.kind) {
            (Place::Attribute, kind) => kind.attribute(),
            (Place::Leaf, Kind::RequiresAgentScope) => "agent_scope",
            (Place::Leaf, Kind::RequiresAuthentication) => "authentication",
            (Place::Leaf, kind) => kind.noun(),
            (Place::Grant, Kind::RequiresGroup) => "groups",
            (Place::Grant, kind) if kind.is_scope() => "scopes",
            (Place::Grant, _) => "roles",
        }
    }

    /// How it is called: `#[requires_role]`, `role(..)`, `roles(..)`.
    pub(super) fn called(self) -> String {
        let word = self.word();
        if self.is_leaf() {
            format!("`{word}(..)`")
        } else {
            format!("`#[{word}]`")
        }
    }

    /// It with these arguments: `#[requires_role("admin")]`, `role("admin")`.
    pub(super) fn with(self, arguments: &str) -> String {
        let word = self.word();
        if self.is_leaf() {
            format!("`{word}({arguments})`")
        } else {
            format!("`#[{word}({arguments})]`")
        }
    }
}
