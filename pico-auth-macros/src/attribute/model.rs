//! What was written: rules, and the function they stand on.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, LitStr, Signature, Token, Visibility, token::Brace};

use crate::paths::Root;

/// Which attribute it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    RequiresRole,
    RequiresGroup,
    RequiresScope,
    RequiresAgentScope,
    Authenticated,
    OptionalAuthentication,
    AllowAnonymous,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] = [
        Self::RequiresRole,
        Self::RequiresGroup,
        Self::RequiresScope,
        Self::RequiresAgentScope,
        Self::Authenticated,
        Self::OptionalAuthentication,
        Self::AllowAnonymous,
    ];

    /// The attribute's name.
    pub(crate) const fn attribute(self) -> &'static str {
        match self {
            Self::RequiresRole => "requires_role",
            Self::RequiresGroup => "requires_group",
            Self::RequiresScope => "requires_scope",
            Self::RequiresAgentScope => "requires_agent_scope",
            Self::Authenticated => "authenticated",
            Self::OptionalAuthentication => "optional_authentication",
            Self::AllowAnonymous => "allow_anonymous",
        }
    }

    pub(crate) fn from_attribute(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.attribute() == name)
    }

    /// What its names are names of.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::RequiresRole => "role",
            Self::RequiresGroup => "group",
            Self::RequiresScope => "scope",
            Self::RequiresAgentScope => "agent scope",
            Self::Authenticated | Self::OptionalAuthentication | Self::AllowAnonymous => "rule",
        }
    }

    /// A name to show in messages.
    pub(crate) const fn example(self) -> &'static str {
        match self {
            Self::RequiresGroup => "staff",
            Self::RequiresScope | Self::RequiresAgentScope => "orders:read",
            _ => "admin",
        }
    }

    /// Whether it takes no names.
    pub(crate) const fn is_marker(self) -> bool {
        matches!(
            self,
            Self::Authenticated | Self::OptionalAuthentication | Self::AllowAnonymous
        )
    }

    /// Whether its names are scopes, of either token.
    pub(crate) const fn is_scope(self) -> bool {
        matches!(self, Self::RequiresScope | Self::RequiresAgentScope)
    }

    /// Whether it admits callers without a token.
    pub(crate) const fn is_open(self) -> bool {
        matches!(self, Self::OptionalAuthentication | Self::AllowAnonymous)
    }
}

/// How many of the names are needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Any,
    All,
}

impl Quantifier {
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        match word {
            "any" => Some(Self::Any),
            "all" => Some(Self::All),
            _ => None,
        }
    }
}

/// One rule attribute.
pub(crate) struct Rule {
    pub(crate) kind: Kind,
    /// The attribute in the source.
    pub(crate) span: Span,
    pub(crate) quantifier: Quantifier,
    /// Never empty where the arguments are right. Where they are not, the mistake is reported, and
    /// an empty list refuses everybody.
    pub(crate) names: Vec<LitStr>,
    pub(crate) root: Root,
}

impl Rule {
    /// Whether both say the same.
    pub(crate) fn repeats(&self, other: &Self) -> bool {
        let values =
            |rule: &Self| -> Vec<String> { rule.names.iter().map(LitStr::value).collect() };
        self.kind == other.kind
            && self.quantifier == other.quantifier
            && values(self) == values(other)
    }
}

/// The function under the attribute. Its body stays tokens: it may be half typed.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) defaultness: Option<Token![default]>,
    pub(crate) signature: Signature,
    pub(crate) brace: Brace,
    pub(crate) body: TokenStream,
}
