//! Who takes names: an attribute, or a leaf of `#[authorize(..)]`. Both read them alike, and say of
//! mistakes what to write where they stand.

use crate::attribute::model::Kind;

/// Who takes names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asker {
    pub(super) kind: Kind,
    leaf: bool,
}

impl Asker {
    pub(super) const fn attribute(kind: Kind) -> Self {
        Self { kind, leaf: false }
    }

    pub(super) const fn leaf(kind: Kind) -> Self {
        Self { kind, leaf: true }
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

    pub(super) const fn is_leaf(self) -> bool {
        self.leaf
    }

    /// Its word: `requires_role`, `role`.
    pub(super) const fn word(self) -> &'static str {
        match (self.leaf, self.kind) {
            (true, Kind::RequiresAgentScope) => "agent_scope",
            (true, kind) => kind.noun(),
            (false, kind) => kind.attribute(),
        }
    }

    /// How it is called: `#[requires_role]`, `role(..)`.
    pub(super) fn called(self) -> String {
        let word = self.word();
        if self.leaf {
            format!("`{word}(..)`")
        } else {
            format!("`#[{word}]`")
        }
    }

    /// It with these arguments: `#[requires_role("admin")]`, `role("admin")`.
    pub(super) fn with(self, arguments: &str) -> String {
        let word = self.word();
        if self.leaf {
            format!("`{word}({arguments})`")
        } else {
            format!("`#[{word}({arguments})]`")
        }
    }
}
