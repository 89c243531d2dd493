//! An enum of names as it was written.

use proc_macro2::{Ident, Span};
use syn::Visibility;

use crate::attribute;
use crate::paths::Root;

/// What the names are names of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Role,
    Group,
    Scope,
}

impl Kind {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 3] = [Self::Role, Self::Group, Self::Scope];

    /// The derive macro.
    pub(crate) const fn derive(self) -> &'static str {
        match self {
            Self::Role => "Role",
            Self::Group => "Group",
            Self::Scope => "Scope",
        }
    }

    /// What a name is called, which is also the helper attribute.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Group => "group",
            Self::Scope => "scope",
        }
    }

    /// The attribute whose names they are, for the checks that both share.
    pub(super) const fn attribute(self) -> attribute::Kind {
        match self {
            Self::Role => attribute::Kind::RequiresRole,
            Self::Group => attribute::Kind::RequiresGroup,
            Self::Scope => attribute::Kind::RequiresScope,
        }
    }
}

/// The enum.
pub(super) struct Names {
    pub(super) visibility: Visibility,
    pub(super) ident: Ident,
    pub(super) variants: Vec<Variant>,
    pub(super) root: Root,
    /// Whether every variant can be built: none has fields.
    pub(super) plain: bool,
}

/// One name.
pub(super) struct Variant {
    pub(super) ident: Ident,
    pub(super) name: String,
    /// What the name is written as: the literal of `rename`, or the variant.
    pub(super) place: Span,
    pub(super) implies: Vec<Ident>,
}
