//! Who a test runs as.

use proc_macro2::TokenStream;
use syn::{LitStr, Path};

use crate::attribute::{Kind, Name};
use crate::paths::Root;

/// The caller of a test.
#[derive(Default)]
pub(super) struct Caller {
    /// None only where the arguments are not right.
    pub(super) subject: Option<LitStr>,
    pub(super) roles: Option<Vec<Name>>,
    pub(super) groups: Option<Vec<Name>>,
    pub(super) scopes: Option<Vec<Name>>,
    pub(super) role_hierarchy: Option<Path>,
    pub(super) agent: Option<Agent>,
    pub(super) root: Root,
}

/// Who acts for the caller.
#[derive(Default)]
pub(super) struct Agent {
    /// None only where the arguments are not right.
    pub(super) subject: Option<LitStr>,
    pub(super) scopes: Option<Vec<Name>>,
}

/// What the names of one word are names of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Grant {
    Roles,
    Groups,
    Scopes,
    AgentScopes,
}

impl Grant {
    pub(super) const fn kind(self) -> Kind {
        match self {
            Self::Roles => Kind::RequiresRole,
            Self::Groups => Kind::RequiresGroup,
            Self::Scopes => Kind::RequiresScope,
            Self::AgentScopes => Kind::RequiresAgentScope,
        }
    }

    /// The names as an expression: an array.
    pub(super) fn array(self, names: Option<&[Name]>, private: &TokenStream) -> TokenStream {
        let names = names.into_iter().flatten();
        let names = names.map(|name| crate::names::value(self.kind(), private, name));
        quote::quote!([#(#names),*])
    }
}
