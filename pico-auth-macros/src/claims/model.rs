//! What was written: a struct, and where each of its fields stands in the token.

use proc_macro2::{Ident, Span};
use syn::{DeriveInput, Path, Type};

use super::path::ClaimPath;
use crate::paths::Root;

pub(super) struct Container<'a> {
    pub(super) input: &'a DeriveInput,
    pub(super) fields: Vec<Field>,
    /// `#[claims(validate = ..)]`
    pub(super) validate: Option<Path>,
    pub(super) root: Root,
}

/// What a field decides about the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Subject,
    Roles,
    Groups,
    Scopes,
}

impl Marker {
    pub(super) const ALL: [Self; 4] = [Self::Subject, Self::Roles, Self::Groups, Self::Scopes];

    /// The word in the attribute.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Roles => "roles",
            Self::Groups => "groups",
            Self::Scopes => "scopes",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|marker| marker.word() == word)
    }

    /// The claim that standards have for it: RFC 7519 §4.1.2, RFC 9068 §2.2.3.
    pub(super) const fn claim(self) -> &'static str {
        match self {
            Self::Subject => "sub",
            Self::Roles => "roles",
            Self::Groups => "groups",
            Self::Scopes => "scope",
        }
    }

    /// Whether a field of this name can only mean the standard claim.
    pub(super) fn is_obvious_for(self, field: &str) -> bool {
        self == Self::Subject || field == self.word() || field == self.claim()
    }
}

/// The JSON forms of a list.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Forms {
    pub(super) array: bool,
    pub(super) string: bool,
    pub(super) space_separated: bool,
}

/// What an absent claim means.
pub(super) enum Absent {
    /// `default`
    Default,
    /// `default = path`
    Function(Path),
}

/// A word of the attribute and where it stands.
pub(super) struct At<T> {
    pub(super) span: Span,
    pub(super) value: T,
}

pub(super) struct Field {
    pub(super) name: Ident,
    pub(super) ty: Type,
    pub(super) markers: Vec<At<Marker>>,
    /// `path`, and `rename` as a path of one segment.
    pub(super) paths: Vec<At<ClaimPath>>,
    pub(super) renames: Vec<Span>,
    pub(super) forms: Option<At<Forms>>,
    pub(super) absent: Option<Absent>,
    pub(super) flatten: Option<Span>,
    pub(super) deserialize: Option<Span>,
    pub(super) validate: Option<Path>,
}

impl Field {
    pub(super) fn marker(&self) -> Option<Marker> {
        self.markers.first().map(|marker| marker.value)
    }
}
