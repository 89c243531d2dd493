//! What was written: rules, and the function they stand on.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Attribute, Generics, LitStr, Path, Signature, Token, Visibility, token::Brace};

use crate::diagnostics::readable;
use crate::paths::Root;

/// Which attribute it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    RequiresRole,
    RequiresGroup,
    RequiresScope,
    RequiresAgentScope,
    RequiresAuthentication,
    Authorize,
    Authenticated,
    OptionalAuthentication,
    AllowAnonymous,
}

impl Kind {
    pub(crate) const ALL: [Self; 9] = [
        Self::RequiresRole,
        Self::RequiresGroup,
        Self::RequiresScope,
        Self::RequiresAgentScope,
        Self::RequiresAuthentication,
        Self::Authorize,
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
            Self::RequiresAuthentication => "requires_authentication",
            Self::Authorize => "authorize",
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
            Self::RequiresAuthentication
            | Self::Authorize
            | Self::Authenticated
            | Self::OptionalAuthentication
            | Self::AllowAnonymous => "rule",
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

/// Where an attribute was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Function,
    /// On the `impl` block of the function.
    Block,
    /// On an `impl Trait for ..`, whose functions keep the signatures of the trait.
    TraitBlock,
}

impl Origin {
    pub(crate) fn is_block(self) -> bool {
        self != Self::Function
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

/// A name as the user writes it.
#[derive(Clone)]
pub(crate) enum Name {
    Literal(LitStr),
    /// A variant of an enum that derives its names, as far as a macro can tell.
    Path(Path),
}

impl Name {
    /// What the name is, as far as the macro knows; also what two equal names share.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Literal(literal) => format!("{:?}", literal.value()),
            Self::Path(path) => readable(path),
        }
    }
}

impl ToTokens for Name {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Literal(literal) => literal.to_tokens(tokens),
            Self::Path(path) => path.to_tokens(tokens),
        }
    }
}

/// Names of one kind.
#[derive(Clone)]
pub(crate) struct Names {
    pub(crate) kind: Kind,
    pub(crate) quantifier: Quantifier,
    /// Never empty where the arguments are right. Where they are not, the mistake is reported, and
    /// an empty list refuses everybody.
    pub(crate) list: Vec<Name>,
}

/// How strongly, and how long ago, a caller must have authenticated. Where the arguments are not right, it says
/// nothing, and refuses everybody.
#[derive(Clone, Default)]
pub(crate) struct Strength {
    /// One of these, if there are any.
    pub(crate) acr_values: Vec<LitStr>,
    pub(crate) max_age_seconds: Option<u64>,
}

/// What a caller must have: the tree of a rule.
#[derive(Clone)]
pub(crate) enum Requirement {
    Names(Names),
    /// Empty only where the arguments are not right; then it refuses everybody.
    Any(Vec<Requirement>),
    All(Vec<Requirement>),
    Not(Box<Requirement>),
    Authentication(Strength),
    Policy(Path),
    When(Condition),
}

/// `when(..)`: an expression of the user, which stays tokens.
#[derive(Clone)]
pub(crate) struct Condition {
    /// The word `when`.
    pub(crate) word: Span,
    pub(crate) expression: TokenStream,
}

impl Requirement {
    /// Visits every leaf, in the order they are written.
    pub(crate) fn leaves<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        match self {
            Self::Any(parts) | Self::All(parts) => {
                for part in parts {
                    part.leaves(visit);
                }
            }
            Self::Not(part) => part.leaves(visit),
            Self::Names(_) | Self::Authentication(_) | Self::Policy(_) | Self::When(_) => {
                visit(self);
            }
        }
    }

    fn text(&self) -> String {
        let inner = |parts: &[Self]| parts.iter().map(Self::text).collect::<Vec<_>>().join(", ");
        match self {
            Self::Names(Names {
                kind,
                quantifier,
                list,
            }) => {
                let names: Vec<String> = list.iter().map(Name::text).collect();
                format!("{}({quantifier:?}: {})", kind.noun(), names.join(", "))
            }
            Self::Any(parts) => format!("any({})", inner(parts)),
            Self::All(parts) => format!("all({})", inner(parts)),
            Self::Not(part) => format!("not({})", part.text()),
            Self::Authentication(strength) => {
                let values = strength.acr_values.iter().map(LitStr::value);
                let values: Vec<String> = values.collect();
                let seconds = strength.max_age_seconds;
                format!("authentication({values:?}, {seconds:?})")
            }
            Self::Policy(path) => format!("policy = {}", readable(path)),
            Self::When(condition) => format!("when({})", condition.expression),
        }
    }
}

/// One rule attribute.
#[derive(Clone)]
pub(crate) struct Rule {
    pub(crate) kind: Kind,
    pub(crate) origin: Origin,
    /// The attribute in the source.
    pub(crate) span: Span,
    /// All of them must hold. Empty for markers, and where only `after` is given.
    pub(crate) requirements: Vec<Requirement>,
    /// `after = ..`: what decides on the result.
    pub(crate) after: Option<TokenStream>,
    /// Why everybody is admitted.
    pub(crate) reason: Option<LitStr>,
    pub(crate) root: Root,
}

impl Rule {
    /// Whether both say the same.
    pub(crate) fn repeats(&self, other: &Self) -> bool {
        let text = |rule: &Self| {
            let after = rule.after.as_ref().map(ToString::to_string);
            let requirements: Vec<String> =
                rule.requirements.iter().map(Requirement::text).collect();
            (requirements, after)
        };
        self.kind == other.kind && text(self) == text(other)
    }

    /// Visits every leaf of the rule.
    pub(crate) fn leaves<'a>(&'a self, visit: &mut dyn FnMut(&'a Requirement)) {
        self.requirements
            .iter()
            .for_each(|requirement| requirement.leaves(visit));
    }
}

/// The conditions of all rules, in the order of their indices.
pub(crate) fn conditions(rules: &[Rule]) -> Vec<&Condition> {
    let mut conditions = Vec::new();
    for rule in rules {
        rule.leaves(&mut |leaf| {
            if let Requirement::When(condition) = leaf {
                conditions.push(condition);
            }
        });
    }
    conditions
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

/// The `impl` block under the attribute.
pub(crate) struct Block {
    pub(crate) attributes: Vec<Attribute>,
    /// From `impl` to the brace.
    pub(crate) header: TokenStream,
    pub(crate) generics: Generics,
    pub(crate) is_of_trait: bool,
    /// The braces, and what is in them.
    pub(crate) brace: Span,
    pub(crate) inner_attributes: Vec<Attribute>,
    pub(crate) members: Vec<Member>,
}

/// What stands in a block.
pub(crate) enum Member {
    Function(Box<Function>),
    /// A constant or a type, and the attributes above it.
    Other(Vec<Attribute>, TokenStream),
}
